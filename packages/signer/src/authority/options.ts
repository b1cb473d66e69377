import type { AuditEvent } from '@wardmesh/audit';
import type { Clock, Random } from '@wardmesh/core';
import type { Database } from '@wardmesh/store';
import type { AuditEntry } from '@wardmesh/verify';
import type { AuthorityKeys } from '../authority-ports.ts';

/** The signer's own log. `append` resolves when the entry is durable. @wardmesh/audit's AuditLog fits. */
export interface AuthorityLog {
  append(event: AuditEvent): Promise<Pick<AuditEntry, 'id'>>;
  /** Newest entries, in order. Compared with the state at start: one that the state does not know shows a rollback. */
  tail?(count: number): Promise<readonly AuditEntry[]>;
}

/** One who may approve: with an Ed25519 key of the operator's, or with a wallet. */
export interface Approver {
  /** Of a wallet: its account. */
  readonly keyId: string;
  readonly by: string;
  /** Ed25519, canonical base64 of 32 bytes. */
  readonly publicKey?: string;
  /** CAIP-10. */
  readonly account?: string;
}

export interface AuthorityOptions {
  readonly database: Database;
  readonly keys: AuthorityKeys;
  readonly log: AuthorityLog;
  /** Who may approve where nobody was sealed yet. */
  readonly approvers: readonly Approver[];
  readonly clock: Clock;
  readonly random: Random;
  /** Name of this node in receipts. */
  readonly node?: string;
  /** Told of failures that need a person, in one line without secrets. */
  readonly alert?: (message: string) => void;
}
