import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { readBackup } from '../wallet/backup-file.ts';
import { checkName, freeName } from '../wallet/name.ts';
import { networkOrHome } from '../wallet/networks.ts';
import {
  assertApart,
  assertDescriptors,
  type BackupPasswordOptions,
  backupPassword,
  firstPassword,
  type PasswordOptions,
} from '../wallet/passwords.ts';
import { policyText } from '../wallet/policy-text.ts';
import { sending } from '../wallet/sending.ts';
import { withSigner } from '../wallet/signer.ts';
import { walletLines } from '../wallet/wallet-lines.ts';

interface Options extends PasswordOptions, BackupPasswordOptions {
  readonly network?: string;
  readonly name?: string;
  readonly policy?: string;
  readonly address: string;
}

export async function walletRestore(context: Context, options: Options, file = ''): Promise<ExitCode> {
  assertDescriptors(options);
  const { address } = options;
  const network = await networkOrHome(context, options.network);
  using sealed = await readBackup(resolve(context.cwd, file));
  // Awaited, or the backup would be wiped before it is sent.
  return await withSigner(context, async (signer) => {
    const name = options.name ?? (await freeName(signer, network));
    checkName(name);
    const policy = options.policy === undefined ? null : await policyText(context, options.policy, network);
    using ofBackup = await backupPassword(context, options, false);
    using next = await firstPassword(context, options, name);
    assertApart(next, ofBackup);
    const params = { network, name, confirmedAddress: address, policy };
    const { result } = await sending([sealed, ofBackup, next], (parts) =>
      signer.request('wallet.restore', params, parts),
    );
    print(context, result.wallet, walletLines(result.wallet));
    return EXIT.ok;
  });
}
