import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { assertFree, backupPath, usualPath } from '../wallet/backup-file.ts';
import { findWallet, type WalletOptions } from '../wallet/find.ts';
import { saveBackup } from '../wallet/onboard.ts';
import {
  assertApart,
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  type PasswordOptions,
  password,
} from '../wallet/passwords.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options extends WalletOptions, PasswordOptions, BackupPasswordOptions {
  readonly backupFile?: string;
}

export async function walletBackup(context: Context, options: Options, name = ''): Promise<ExitCode> {
  assertDescriptors(options);
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const path = backupPath(context, options.backupFile) ?? usualPath(context, found);
    await assertFree(path);
    using secret = await password(context, options, found.name);
    using apart = await backupPassword(context, options, true);
    assertApart(secret, apart);
    const { checksum } = await saveBackup(signer, found, { password: secret, backupPassword: apart }, path);
    print(context, { file: path, checksum }, [
      `sealed backup in ${path}`,
      `checksum ${checksum}; it was opened again and holds every key`,
      'Keep it and its password apart, and both away from this machine.',
    ]);
    return EXIT.ok;
  });
}
