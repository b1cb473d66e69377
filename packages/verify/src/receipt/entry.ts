import type { AuditEntry, ReceiptBody } from '../entry/types.ts';
import type { Receipt } from './types.ts';

const BODY = ['agent', 'node', 'tool', 'args', 'policy', 'approval', 'labels', 'sandbox', 'effect', 'intent'] as const;

/** The entry that a receipt shows, member for member: its canonical bytes are the leaf. */
export function entryOfReceipt(receipt: Receipt): AuditEntry {
  const body: Record<string, unknown> = {};
  for (const member of BODY) if (receipt[member] !== undefined) body[member] = receipt[member];
  return {
    id: receipt.id,
    sequence: receipt.chain.sequence,
    timestamp: receipt.time,
    eventType: receipt.event.type,
    toolName: receipt.event.toolName,
    correlationId: receipt.correlationId,
    actor: receipt.event.actor,
    operation: receipt.event.operation,
    ...(Object.keys(body).length > 0 && { receipt: { v: 1, ...body } as unknown as ReceiptBody }),
    previousHash: receipt.chain.previousHash,
    hash: receipt.chain.hash,
  };
}

/** The receipt of an entry; the inverse of {@link entryOfReceipt}. */
export function receiptOfEntry(entry: AuditEntry, log: Receipt['log']): Receipt {
  const { v: _, ...body } = entry.receipt ?? { v: 1 };
  return {
    v: 1,
    id: entry.id,
    time: entry.timestamp,
    correlationId: entry.correlationId,
    ...body,
    event: { type: entry.eventType, toolName: entry.toolName, actor: entry.actor, operation: entry.operation },
    chain: { sequence: entry.sequence, previousHash: entry.previousHash, hash: entry.hash },
    log,
  };
}
