import { join, resolve } from 'node:path';
import type { JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { print } from '../output/print.ts';

export async function auditBackup(context: Context, _options: object, folder = ''): Promise<ExitCode> {
  const to = resolve(context.cwd, folder);
  const report = await onlineOrHome<JsonObject>(
    context,
    (control) => control.backup(to),
    async ({ audit, keys, nodeId }) => {
      const { FolderLogStorage } = await import('@wardmesh/store');
      const own = join(to, nodeId);
      return { folder: own, ...(await audit.backup(await FolderLogStorage.open(own), keys.backup)) };
    },
  );
  print(context, report, [
    `copied ${String(report.entries)} entries in ${String(report.files)} files to ${String(report.folder)}`,
    'It is sealed under a key of the home: keep keys/master.key somewhere else too.',
  ]);
  return EXIT.ok;
}
