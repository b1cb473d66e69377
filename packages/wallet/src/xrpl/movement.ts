import type { Amount } from '../amount/amount.ts';

/** Which way value moves, as seen by the wallet. `limit` bounds what later may move and takes nothing by itself; `lock` leaves the spendable balance. */
export type Direction = 'out' | 'in' | 'limit' | 'lock';

export type MovementKind = 'xrp' | 'issued' | 'mpt' | 'nft' | 'unknown';

/**
 * How much moves. `exact`: `amount` says it. `item`: one NFT, named by `item`. The others have no number in the
 * transaction: `balance` is all the account holds, `referenced` stands in a ledger object named by `item`, `computed` is
 * worked out by the ledger without a bound, `hidden` is encrypted.
 */
export type Extent = 'exact' | 'item' | 'balance' | 'referenced' | 'computed' | 'hidden';

/** One movement of value that a transaction makes or allows. */
export interface Movement {
  readonly kind: MovementKind;
  readonly direction: Direction;
  /** The field that says it, as the ledger names it. */
  readonly field: string;
  readonly extent: Extent;
  /** Set where `extent` is `exact`, and only there. */
  readonly amount: Amount | null;
  /** NFTokenID, offer, check or channel id; null where there is none. */
  readonly item: string | null;
  /** Who gets or gives it; null where the transaction does not say. */
  readonly counterparty: string | null;
}
