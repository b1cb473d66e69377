import type { Generated } from 'kysely';

/** Every row of state: what must be found stands outside, everything else is sealed. All of it is authenticated. */
export interface SealedRow {
  /** UTF-8 bytes. Text columns would let one flipped bit abort the process inside the driver. */
  id: Uint8Array;
  /** The table's generation when the row was written; grows with every write of the table. */
  version: number;
  /** What the row is found by, beside its id. */
  lookup: Uint8Array | null;
  sealed: Uint8Array;
}

export const SEALED_TABLES = [
  'agents',
  'approvals',
  'documents',
  'lockouts',
  'nonces',
  'oauth',
  'parked',
  'pins',
  'transactions',
  'usage',
] as const;
export type SealedTableName = (typeof SEALED_TABLES)[number];

export interface Schema extends Record<SealedTableName, SealedRow> {
  /** One row a table: its generation, the number of its rows and the digest over them, sealed. */
  digests: { id: Uint8Array; sealed: Uint8Array };
  migrations: { version: number; applied_at: Generated<number> };
}
