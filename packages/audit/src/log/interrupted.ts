import type { AuditEvent } from '../chain/event.ts';
import { tampered } from '../error.ts';
import { segmentName } from '../storage/names.ts';
import type { AuditLog } from './log.ts';
import type { RecoveryReport } from './options.ts';

/** Closes each intent that the last run left open as `unknown` (WM-RCP-2): it may have happened, and it is not lost. */
export async function closeIntents(log: AuditLog): Promise<RecoveryReport['closedIntents']> {
  const closed: { intent: string; outcome: string }[] = [];
  for (const intent of log.openIntents) {
    const entry = await log.get(intent);
    if (entry === undefined) throw tampered('an open intent is not in the log', { file: segmentName(1) });
    const outcome = await log.append({
      eventType: 'tool.outcome',
      toolName: entry.toolName,
      correlationId: entry.correlationId,
      actor: entry.actor,
      operation: {
        name: entry.operation.name,
        parameters: entry.operation.parameters,
        result: 'unknown',
        errorCode: 'AUDIT_INTERRUPTED',
      },
      receipt: { ...entry.receipt!, effect: { status: 'unknown' }, intent },
    } satisfies AuditEvent);
    closed.push({ intent, outcome: outcome.id });
  }
  return closed;
}
