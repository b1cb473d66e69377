import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { parseNetwork } from '../wallet/networks.ts';
import { withSigner } from '../wallet/signer.ts';
import { walletTable } from '../wallet/wallet-lines.ts';

export async function walletList(context: Context, options: { readonly network?: string }): Promise<ExitCode> {
  const network = options.network === undefined ? null : parseNetwork(options.network);
  return withSigner(context, async (signer) => {
    const { wallets } = (await signer.request('wallets.list', { network })).result;
    print(context, wallets, wallets.length === 0 ? 'no wallets: ward wallet create makes one' : walletTable(wallets));
    return EXIT.ok;
  });
}
