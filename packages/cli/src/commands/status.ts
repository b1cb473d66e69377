import { isJsonObject, type Json } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import type { ServerStatus } from '../control-types.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { print } from '../output/print.ts';
import { facts, table } from '../output/table.ts';
import { when } from '../output/time.ts';
import { processState } from '../process-lines.ts';
import { signerSummary, walletsLine } from '../signer-summary.ts';

export async function status(context: Context): Promise<ExitCode> {
  const now = await controlOf(context).status();
  const processes = now.processes ?? [];
  const runsSigner = processes.some(({ name, state }) => name === 'signer' && state === 'running');
  // Of a signer that is too busy to answer, the process is still told.
  const signer = runsSigner ? await signerSummary(homePaths(context.home)).catch(() => undefined) : undefined;
  print(context, signer === undefined ? now : { ...now, signer }, [
    ...facts([
      ['gateway', `${now.version}, process ${now.pid}, since ${when(now.startedAt)}`],
      ['address', now.url],
      ['pin', now.pin ?? 'none: plain HTTP on this machine'],
      ['policy', now.policyVersion],
      ...(now.policyProblem
        ? ([['', `REFUSED, so the one above stays in force: ${now.policyProblem.message}; ward policy check`]] as const)
        : []),
      ['log', `${now.audit.size} entries of ${now.audit.origin}, ${now.audit.healthy ? 'healthy' : 'NOT HEALTHY'}`],
      ...processes.map((process) => [process.name, processState(process)] as const),
      ...(signer === undefined ? [] : [['wallets', walletsLine(signer)] as const]),
      ...recoveryLines(now.recovery).map((line) => ['found', line] as const),
    ]),
    '',
    ...serverTable(now.servers),
  ]);
  return EXIT.ok;
}

/** What the last start found and mended, where it found anything. */
function recoveryLines(recovery: Json | undefined): string[] {
  if (!isJsonObject(recovery)) return [];
  const { closedIntents, droppedBytes, damagedAnchorBytes, removedSegments } = recovery;
  const closed = Array.isArray(closedIntents) ? closedIntents.length : 0;
  const torn = Number(droppedBytes ?? 0) + Number(damagedAnchorBytes ?? 0);
  const removed = Array.isArray(removedSegments) ? removedSegments.length : 0;
  return [
    ...(closed > 0 ? [`${closed} interrupted calls, closed as unknown at the start`] : []),
    ...(torn > 0 ? [`${torn} bytes of an unfinished write, dropped at the start`] : []),
    ...(removed > 0 ? [`${removed} unfinished segments, removed at the start`] : []),
  ];
}

export function serverTable(servers: readonly ServerStatus[]): string[] {
  if (servers.length === 0) return ['no servers; add one with ward servers add'];
  return table(
    ['server', 'state', 'sandbox', 'tools', 'review'],
    servers.map((server) => [
      server.id,
      server.lastError === undefined ? server.state : `${server.state}: ${server.lastError}`,
      shortened(server.sandbox),
      String(server.tools),
      reviewOf(server),
    ]),
  );
}

/** A profile's hash is for receipts; the table tells contained from not. */
function shortened(sandbox: string): string {
  return sandbox.startsWith('sha256:') ? `contained ${sandbox.slice(7, 15)}` : sandbox;
}

function reviewOf(server: ServerStatus): string {
  if (!server.reviewed) return `needed: ward servers pin ${server.id}`;
  return server.quarantined === 0 ? 'done' : `${server.quarantined} held back: ward servers diff ${server.id}`;
}
