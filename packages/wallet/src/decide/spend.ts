import { type Amount, assetKey, isZeroAmount } from '../amount/amount.ts';
import { ceilDecimal, type Decimal, decimal, multiplyDecimals } from '../amount/decimal.ts';
import type { Intent } from '../xrpl/intent.ts';
import type { Movement } from '../xrpl/movement.ts';
import type { UsageSnapshot } from './usage.ts';

/** What an intent takes out of the wallet, in drops, without the fee. */
export interface Spend {
  /** All that can be counted, inner transactions included. */
  readonly drops: bigint;
  /** Spending in assets that have no rate. */
  readonly unrated: readonly Movement[];
  /** Spending without a number: NFTs, offers named by id, amounts that the ledger works out. */
  readonly uncounted: readonly Movement[];
  readonly hidden: readonly Movement[];
  readonly wholeBalance: readonly Movement[];
}

/** The transactions that move money: the inner ones of a Batch, else the transaction itself. */
export function leavesOf(intent: Intent): readonly Intent[] {
  return intent.type === 'Batch' ? intent.inner : [intent];
}

export function spendOf(intent: Intent, rates: ReadonlyMap<string, Decimal>): Spend {
  let drops = 0n;
  const unrated: Movement[] = [];
  const uncounted: Movement[] = [];
  const hidden: Movement[] = [];
  const wholeBalance: Movement[] = [];
  for (const leaf of leavesOf(intent)) {
    for (const movement of leaf.movements) {
      if (movement.field === 'Fee' || (movement.direction !== 'out' && movement.direction !== 'lock')) continue;
      if (movement.amount !== null) {
        const value = inDrops(movement.amount, rates);
        if (value === null) unrated.push(movement);
        else drops += value;
      } else if (movement.extent === 'hidden') hidden.push(movement);
      else if (movement.extent === 'balance') wholeBalance.push(movement);
      else uncounted.push(movement);
    }
  }
  return { drops, unrated, uncounted, hidden, wholeBalance };
}

/** Rounded up; null for an asset without a rate. Nothing of an asset is worth nothing, whatever its rate. */
function inDrops(amount: Amount, rates: ReadonlyMap<string, Decimal>): bigint | null {
  if (amount.kind === 'xrp') return amount.drops;
  if (isZeroAmount(amount)) return 0n;
  const rate = rates.get(assetKey(amount));
  if (rate === undefined) return null;
  return ceilDecimal(multiplyDecimals(amount.kind === 'mpt' ? decimal(amount.units) : amount.value, rate));
}

/** Whether the drops say all of what is spent. */
export function isCountable(spend: Spend): boolean {
  return spend.unrated.length + spend.uncounted.length + spend.hidden.length + spend.wholeBalance.length === 0;
}

/** Accounts that get something from the wallet, or are named as its destination. */
export function recipientsOf(intent: Intent): ReadonlySet<string> {
  const found = new Set<string>();
  for (const leaf of leavesOf(intent)) {
    if (leaf.destination !== null) found.add(leaf.destination.address);
    for (const { direction, counterparty } of leaf.movements) {
      if ((direction === 'out' || direction === 'lock') && counterparty !== null) found.add(counterparty);
    }
  }
  found.delete(intent.account);
  return found;
}

/** How many recipients this day has not seen yet. */
export function newToday(recipients: ReadonlySet<string>, usage: Pick<UsageSnapshot, 'dayDestinations'>): number {
  let count = 0;
  for (const address of recipients) if (!usage.dayDestinations.has(address)) count++;
  return count;
}
