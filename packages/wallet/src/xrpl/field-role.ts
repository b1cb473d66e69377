import type { JsonObject } from '@wardmesh/core';
import type { Direction } from './movement.ts';

/**
 * What a field means for money. `plain` moves none. A direction says that the field holds an amount that moves that way.
 * `nft:` the field names an NFT that moves. `reference:` the field names a ledger object whose value moves.
 * `terms` is a number of an unnamed asset that takes nothing by itself. `batch` holds inner transactions.
 */
export type FieldRole =
  | 'plain'
  | 'terms'
  | 'batch'
  | Direction
  | `nft:${'out' | 'in' | 'limit'}`
  | `reference:${'out' | 'in' | 'limit'}`;

export type FieldRoleOf = FieldRole | ((tx: JsonObject) => FieldRole);

/** Flags by which a transaction's money means something else. */
export const TF_SELL_NFTOKEN = 0x00000001;
export const TF_PARTIAL_PAYMENT = 0x00020000;
export const TF_INNER_BATCH = 0x40000000;
export const TF_LP_TOKEN = 0x00010000;
export const TF_LIMIT_LP_TOKEN = 0x00400000;

export function flagsOf(tx: JsonObject): number {
  return typeof tx.Flags === 'number' ? tx.Flags : 0;
}

export function hasFlag(tx: JsonObject, flag: number): boolean {
  // Bits above 2^31 make JavaScript's `&` negative; only whether it is zero matters.
  return (flagsOf(tx) & flag) !== 0;
}
