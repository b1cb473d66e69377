import type { AuditEntry } from '@wardmesh/verify';
import type { AuditEvent } from '../chain/event.ts';
import { tampered } from '../error.ts';
import { segmentName } from '../storage/names.ts';
import type { AuditLog } from './log.ts';
import type { RecoveryReport } from './options.ts';

/** Intents that are closed together, in one commit. */
const CLOSED_AT_ONCE = 256;

/** Closes each intent that the last run left open as `unknown` (WM-RCP-2): it may have happened, and it is not lost. */
export async function closeIntents(log: AuditLog): Promise<RecoveryReport['closedIntents']> {
  const open = log.openIntents;
  const closed: { intent: string; outcome: string }[] = [];
  for (let i = 0; i < open.length; i += CLOSED_AT_ONCE) {
    closed.push(...(await Promise.all(open.slice(i, i + CLOSED_AT_ONCE).map((intent) => closeIntent(log, intent)))));
  }
  return closed;
}

async function closeIntent(log: AuditLog, intent: string): Promise<{ intent: string; outcome: string }> {
  const entry = await log.get(intent);
  if (entry === undefined) throw tampered('an open intent is not in the log', { file: segmentName(1) });
  const outcome = await log.append(unknownOutcome(entry));
  return { intent, outcome: outcome.id };
}

function unknownOutcome(intent: AuditEntry): AuditEvent {
  const { toolName, correlationId, actor, operation, receipt } = intent;
  return {
    eventType: 'tool.outcome',
    toolName,
    correlationId,
    actor,
    operation: {
      name: operation.name,
      parameters: operation.parameters,
      result: 'unknown',
      errorCode: 'AUDIT_INTERRUPTED',
    },
    receipt: { ...receipt!, effect: { status: 'unknown' }, intent: intent.id },
  };
}
