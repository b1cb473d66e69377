import type { Tier } from '../xrpl/transaction-types.ts';

/** `reserved` until signed; `committed` for good; `released` counts no more. */
export type ReservationState = 'reserved' | 'committed' | 'released';

/** What one transaction takes of a wallet's limits. Plain data: amounts are bigint, the rest is JSON. */
export interface Reservation {
  /** Caller's id, unique per wallet: one per signing attempt of one transaction. */
  readonly id: string;
  readonly wallet: string;
  /** Digest of the exact bytes. */
  readonly digest: `sha256:${string}`;
  readonly state: ReservationState;
  /** Unix milliseconds by the store's own clock mark, which never goes back. */
  readonly at: number;
  /** Tier it was decided in. */
  readonly tier: Exclude<Tier, 4>;
  /** Drops without the fee, as far as they can be counted. */
  readonly spend: bigint;
  readonly fee: bigint;
  /** Ledger transactions: 1, or the inner ones of a Batch. */
  readonly transactions: number;
  readonly destinations: readonly string[];
  /** `sequence:7` or `ticket:13` of the account, and those of inner transactions. */
  readonly sequences: readonly string[];
  /** Last ledger that may include it. */
  readonly lastLedgerSequence: number;
  readonly policyHash: `sha256:${string}`;
}

/** Whether it counts against the limits. */
export function isCounted({ state }: Reservation): boolean {
  return state !== 'released';
}
