import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { signingPlace } from '../wallet/key-place.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options extends WalletOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** One command, no password: whoever runs it is in a hurry, and it only takes power away (CM-KMS-2). */
export async function walletRevoke(context: Context, options: Options, name = ''): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const question = `Revoke every key of ${found.name} (${found.address} on ${found.network}), for good?`;
    if (options.yes !== true && !(await confirm(context, question))) {
      note(context, 'not revoked');
      return EXIT.failed;
    }
    const { result } = await signer.request('wallet.revoke', { ...refOf(found), reason: options.reason });
    print(context, result.wallet, [
      `revoked ${found.name}: locked, archived, and nothing signs with its keys again`,
      signingPlace(found) === 'vault'
        ? 'On the ledger its keys are still good: move the money with the master key of the backup.'
        : 'On the ledger its key is still the only good one: end its use at its provider too. Only a signer list moves the money now.',
    ]);
    return EXIT.ok;
  });
}
