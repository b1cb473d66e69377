import type { JsonObject } from '@wardmesh/core';
import { type FieldRoleOf, hasFlag, TF_SELL_NFTOKEN } from '../field-role.ts';
import type { Direction, Extent } from '../movement.ts';

/** 1 autonomous, 2 delayed with veto, 3 co-sign, 4 prohibited. */
export type Tier = 1 | 2 | 3 | 4;

export type Category =
  | 'payments'
  | 'dex'
  | 'escrow'
  | 'channels'
  | 'checks'
  | 'trust'
  | 'account'
  | 'nft'
  | 'amm'
  | 'mpt'
  | 'vault'
  | 'lending'
  | 'bridge'
  | 'identity'
  | 'oracle'
  | 'batch'
  | 'issuer'
  | 'maintenance';

export interface TransactionTypeFacts {
  readonly category: Category;
  /** Tier where neither policy nor money asks for a higher one (ADR-009; unlisted types are "strict", tier 2). */
  readonly tier: Tier;
  /** Changes who controls the account or ends it: no rule lowers its tier. */
  readonly governance?: true;
  /** Burns an owner reserve instead of the base fee (AccountDelete, AMMCreate, VaultCreate…). */
  readonly reserveFee?: true;
  /** Every field of the type beside the common ones. A field that is not here makes the transaction prohibited. */
  readonly fields: Readonly<Record<string, FieldRoleOf>>;
  /** Field that names who gets what goes out, where it is not `Destination`. */
  readonly counterparty?: string;
  /** Movements that no field holds a number for. */
  readonly unbounded?: (tx: JsonObject) => readonly UnboundedMovement[];
}

export interface UnboundedMovement {
  readonly direction: Direction;
  readonly field: string;
  readonly extent: Extract<Extent, 'balance' | 'computed' | 'hidden'>;
}

/** Most fields move nothing. */
export const P = 'plain';
/** What may go to someone else goes out; what comes back to the wallet comes in. */
export const toOthers = (tx: JsonObject): 'out' | 'in' =>
  tx.Destination === undefined || tx.Destination === tx.Account ? 'in' : 'out';
export const isSell = (tx: JsonObject): boolean => hasFlag(tx, TF_SELL_NFTOKEN);
export const isZero = (amount: unknown): boolean =>
  amount === '0' || (typeof amount === 'object' && amount !== null && 'value' in amount && amount.value === '0');
export const has = (tx: JsonObject, field: string): boolean => tx[field] !== undefined;
