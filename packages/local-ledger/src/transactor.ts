import { BASE_FEE, RESERVE_BASE, RESERVE_INCREMENT } from './limits.ts';
import type { ResultName } from './result.ts';
import type { Tx, TxAmount } from './transaction.ts';
import type { View } from './view.ts';

/** What a transaction sees while it is applied. The fee and the sequence are already taken in `view`. */
export interface ApplyContext {
  readonly tx: Tx;
  readonly view: View;
  readonly hash: string;
  /** Index of the ledger being built. */
  readonly ledgerIndex: number;
  /** Close time of the ledger before, Ripple seconds: the time that expirations are measured against. */
  readonly parentCloseTime: number;
  /** The account's drops before the fee was taken. */
  readonly priorBalance: bigint;
  /** Notes what a payment really delivered. */
  deliver(amount: TxAmount): void;
}

/** One transaction type (rippled: a Transactor). `preflight` looks at the transaction alone, `apply` changes the view. */
export interface Transactor {
  /** Flags this type knows beside the universal ones. */
  readonly flags?: number;
  /** Base cost in drops, before signatures; the ordinary one where absent. */
  fee?(tx: Tx): bigint;
  preflight(tx: Tx): ResultName;
  apply(context: ApplyContext): ResultName;
}

/** Drops an account must keep. */
export function reserve(ownerCount: number): bigint {
  return RESERVE_BASE + RESERVE_INCREMENT * BigInt(ownerCount);
}

/** Least fee of a transaction, drops: the type's cost and one base fee for each signature of a multisignature. */
export function requiredFee(tx: Tx, transactor: Transactor): bigint {
  return (transactor.fee?.(tx) ?? BASE_FEE) + BASE_FEE * BigInt(tx.Signers?.length ?? 0);
}

/** The sequence or ticket that identifies what a transaction makes. */
export function sequenceOf(tx: Tx): number {
  return tx.TicketSequence ?? tx.Sequence;
}

/** Positive drops of a native amount, or undefined for anything else. */
export function positiveDrops(amount: TxAmount | undefined): bigint | undefined {
  if (typeof amount !== 'string') return undefined;
  const drops = BigInt(amount);
  return drops > 0n ? drops : undefined;
}
