import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { type PasswordOptions, password } from '../wallet/passwords.ts';
import { sending } from '../wallet/sending.ts';
import { withSigner } from '../wallet/signer.ts';
import { walletLines } from '../wallet/wallet-lines.ts';

interface Options extends WalletOptions, PasswordOptions {
  readonly yes?: boolean;
  readonly withoutBackup?: boolean;
}

export async function walletDelete(context: Context, options: Options, name = ''): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    if (found.status === 'active') {
      throw usage(`${found.name} is in use`, `Archive it first: ward wallet archive ${JSON.stringify(found.name)}`);
    }
    if (options.yes !== true) {
      note(context, walletLines(found).join('\n'));
      const what = options.withoutBackup === true ? 'without asking for a backup' : 'and its keys';
      if (!(await confirm(context, `Delete ${found.name} ${what}? Nothing brings it back but a backup.`))) {
        note(context, 'not deleted');
        return EXIT.failed;
      }
    }
    using secret = await password(context, options, found.name);
    const params = { ...refOf(found), withoutBackup: options.withoutBackup === true };
    await sending([secret], (parts) => signer.request('wallet.delete', params, parts));
    print(context, { deleted: refOf(found) }, `deleted ${found.name} (${found.address})`);
    return EXIT.ok;
  });
}
