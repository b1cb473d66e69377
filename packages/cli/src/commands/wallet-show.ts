import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, type WalletOptions } from '../wallet/find.ts';
import { withSigner } from '../wallet/signer.ts';
import { walletLines } from '../wallet/wallet-lines.ts';

export async function walletShow(context: Context, options: WalletOptions, name = ''): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const wallet = await findWallet(signer, name, options);
    print(context, wallet, walletLines(wallet));
    return EXIT.ok;
  });
}
