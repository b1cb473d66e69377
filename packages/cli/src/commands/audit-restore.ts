import { resolve } from 'node:path';
import { isCoded } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { assertHome } from '../home-paths.ts';
import { logOf } from '../offline.ts';
import { print } from '../output/print.ts';

/** The log folder must be empty: what is there, damaged or not, is evidence and for a person to move away. */
export async function auditRestore(context: Context, _options: object, folder = ''): Promise<ExitCode> {
  assertHome(context.home);
  const { FolderLogStorage, lockHome } = await import('@wardmesh/store');
  const { restoreBackup } = await import('@wardmesh/audit');
  const lock = await lockHome(context.home).catch((error: unknown) => {
    if (!isCoded(error, 'STORE_HOME_IN_USE')) throw error;
    throw cliError('GATEWAY_RUNNING', 'a gateway runs on this home', {
      hint: 'Stop it first: a log is restored at rest.',
    });
  });
  try {
    const { storage, keys, origin, backupKey } = await logOf(context);
    const source = await FolderLogStorage.open(resolve(context.cwd, folder));
    const report = await restoreBackup({ source, target: storage, key: backupKey, keys, origin });
    print(context, report, `restored and verified ${report.entries} entries`);
    return EXIT.ok;
  } finally {
    await lock.release();
  }
}
