import type { AuditEventType } from '../entry/event-types.ts';
import type { AuditActor, AuditOperation, ContentHash, ReceiptBody } from '../entry/types.ts';

/**
 * A receipt as a stranger holds it: one entry of the log, laid out as the design shows it, and the proof that the log
 * holds it. The members `agent` … `intent` stand together or, for events that are no action, not at all.
 */
export interface Receipt extends Partial<Omit<ReceiptBody, 'v'>> {
  readonly v: 1;
  readonly id: string;
  readonly time: string;
  readonly correlationId: string;
  readonly event: {
    readonly type: AuditEventType;
    readonly toolName: string;
    readonly actor: AuditActor;
    readonly operation: AuditOperation;
  };
  /** The operator's chain. Its HMAC needs the operator's key; the leaf covers these members, so they cannot change. */
  readonly chain: { readonly sequence: number; readonly previousHash: string; readonly hash: string };
  readonly log: {
    readonly origin: string;
    /** Leaf index: `sequence` − 1. */
    readonly index: number;
    readonly leafHash: ContentHash;
    /** RFC 9162 inclusion proof, from the leaf up. */
    readonly proof: readonly ContentHash[];
    /** C2SP signed checkpoint. */
    readonly checkpoint: string;
    /** The log's vkey for convenience; proves nothing unless known from elsewhere. */
    readonly key?: string;
  };
}
