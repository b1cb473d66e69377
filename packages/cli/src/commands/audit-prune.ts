import type { JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { print } from '../output/print.ts';
import { when } from '../output/time.ts';

export async function auditPrune(context: Context, options: { readonly dryRun?: boolean }): Promise<ExitCode> {
  const dryRun = options.dryRun === true;
  const report = await onlineOrHome<JsonObject>(
    context,
    (control) => control.prune(dryRun),
    async ({ audit, config }) => {
      const before = context.clock.now() - config.audit.retention;
      return dryRun ? { dryRun, before } : { before, ...(await audit.prune({ before })) };
    },
  );
  const border = `written before ${when(Number(report.before))}`;
  print(
    context,
    report,
    dryRun
      ? `would delete closed segments ${border}`
      : `deleted ${String(report.segments)} segments with ${String(report.entries)} entries ${border}`,
  );
  return EXIT.ok;
}
