import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { withSigner } from '../wallet/signer.ts';

export async function walletArchive(context: Context, options: WalletOptions, name = ''): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const { result } = await signer.request('wallet.archive', refOf(found));
    print(context, result.wallet, `archived ${found.name}: it is locked and signs nothing until ward wallet unarchive`);
    return EXIT.ok;
  });
}
