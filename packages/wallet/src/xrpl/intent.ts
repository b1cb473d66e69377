import type { JsonObject } from '@wardmesh/core';
import type { Address } from './address.ts';
import type { Memo } from './memos.ts';
import type { Movement } from './movement.ts';
import type { TransactionType } from './transaction-types.ts';

/** What makes a transaction the only one of its kind: an account sequence, or a ticket (which keeps Sequence 0). */
export type SequenceUse =
  | { readonly kind: 'sequence'; readonly value: number }
  | { readonly kind: 'ticket'; readonly value: number };

/** What a transaction would do, read from its own bytes. Made by {@link parseUnsigned} only. */
export interface Intent {
  readonly type: TransactionType;
  readonly account: Address;
  /** Null where the field is absent, as it must be on networks with an id of 1,024 or less. */
  readonly networkId: number | null;
  /** Drops; 0 in an inner transaction of a Batch. */
  readonly fee: bigint;
  readonly sequence: SequenceUse;
  readonly lastLedgerSequence: number | null;
  readonly flags: number;
  readonly sourceTag: number | null;
  /** Who the transaction names in `Destination`; null where it names nobody. Tag 0 is a tag. */
  readonly destination: { readonly address: Address; readonly tag: number | null } | null;
  readonly memos: readonly Memo[];
  /** Every movement of this transaction, the fee included; those of inner transactions are theirs. */
  readonly movements: readonly Movement[];
  /** Every other account that the transaction names anywhere: destinations, issuers, owners, signers, path steps. */
  readonly parties: readonly Address[];
  /** Inner transactions of a Batch; empty otherwise. */
  readonly inner: readonly Intent[];
  /** Fields that the table of its type does not know. A transaction with any is prohibited. */
  readonly unknownFields: readonly string[];
  /** Common fields that we refuse, with why. */
  readonly refusedFields: readonly string[];
  /** SigningPubKey as given, upper-case hex; empty where absent or empty (multisign). */
  readonly signingPublicKey: string;
  /** The decoded transaction. */
  readonly transaction: JsonObject;
  /** The exact bytes, upper-case hex. */
  readonly blob: string;
  /** SHA-256 of the bytes, `sha256:<hex>`: what an approval or a reservation is bound to. */
  readonly digest: `sha256:${string}`;
}
