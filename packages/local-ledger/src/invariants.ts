import type { AccountRoot } from './entry.ts';
import { accountsOf } from './entry.ts';
import type { State } from './view.ts';

export interface Totals {
  readonly state: State;
  /** XRP in existence, drops. */
  readonly totalDrops: bigint;
}

/**
 * What must hold after every ledger: XRP is neither made nor lost but for the fees burnt, no balance is negative,
 * sequences never go back, and owner counts equal what is owned.
 * @throws Error naming the invariant that broke: a fault of this ledger, never of a transaction.
 */
export function assertInvariants(before: Totals | undefined, after: Totals, fees: bigint): void {
  if (before !== undefined && before.totalDrops - fees !== after.totalDrops) throw broken('fees are all that is burnt');
  const held = sumDrops(after.state);
  if (held !== after.totalDrops) throw broken(`XRP is conserved: ${held} held, ${after.totalDrops} exist`);
  const owned = countOwned(after.state);
  for (const entry of after.state.values()) {
    if (entry.LedgerEntryType !== 'AccountRoot') continue;
    if (entry.Balance < 0n) throw broken(`${entry.Account} has a negative balance`);
    if (entry.OwnerCount !== (owned.get(entry.Account) ?? 0)) throw broken(`${entry.Account} has a wrong owner count`);
    const earlier = before?.state.get(entry.index) as AccountRoot | undefined;
    if (earlier !== undefined && entry.Sequence < earlier.Sequence)
      throw broken(`${entry.Account} went back in sequence`);
  }
}

function broken(invariant: string): Error {
  return new Error(`ledger invariant broken: ${invariant}`);
}

function sumDrops(state: State): bigint {
  let sum = 0n;
  for (const entry of state.values()) {
    if (entry.LedgerEntryType === 'AccountRoot') sum += entry.Balance;
    if (entry.LedgerEntryType === 'Escrow') sum += positive(entry.Amount, entry.index);
    if (entry.LedgerEntryType === 'PayChannel') sum += positive(entry.Amount - entry.Balance, entry.index);
  }
  return sum;
}

function positive(drops: bigint, index: string): bigint {
  if (drops < 0n) throw broken(`${index} holds less than nothing`);
  return drops;
}

/** Objects each account pays a reserve for. */
function countOwned(state: State): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (account: string): unknown => counts.set(account, (counts.get(account) ?? 0) + 1);
  for (const entry of state.values()) {
    if (entry.LedgerEntryType === 'AccountRoot') continue;
    if (entry.LedgerEntryType === 'RippleState') {
      if ((entry.Flags & 0x0001_0000) !== 0) add(entry.LowLimit.issuer);
      if ((entry.Flags & 0x0002_0000) !== 0) add(entry.HighLimit.issuer);
    } else add(accountsOf(entry)[0]!);
  }
  return counts;
}
