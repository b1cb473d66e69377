import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { parseNetwork } from '../wallet/networks.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options extends WalletOptions {
  readonly all?: boolean;
}

export async function walletLock(context: Context, options: Options, name?: string): Promise<ExitCode> {
  if ((name === undefined) === (options.all !== true)) throw usage('name a wallet, or pass --all');
  return withSigner(context, async (signer) => {
    if (name !== undefined) {
      const found = await findWallet(signer, name, options);
      await signer.request('wallet.lock', refOf(found));
      print(context, { locked: [refOf(found)] }, `locked ${found.name}`);
      return EXIT.ok;
    }
    const network = options.network === undefined ? null : parseNetwork(options.network);
    const { wallets } = (await signer.request('wallets.list', { network })).result;
    const networks = [...new Set(wallets.map((wallet) => wallet.network))];
    for (const each of networks) await signer.request('wallet.lock', { network: each, address: null });
    print(context, { locked: wallets.map(refOf) }, `locked all wallets${network === null ? '' : ` of ${network}`}`);
    return EXIT.ok;
  });
}
