import type { UsageSnapshot } from '../decide/usage.ts';
import { isCounted, type Reservation } from './reservation.ts';
import type { UsageTransaction } from './usage-store.ts';
import { dayOf, hourEnd, hourStart } from './windows.ts';

/**
 * What the limits see at `now`. Entries that seem to be of the future (the clock was set back) count too, and so do open
 * reservations of earlier days: what may still be submitted is spent.
 * @param without id of a reservation that is decided again and must not count against itself.
 */
export function snapshotAt(
  transaction: UsageTransaction,
  now: number,
  dailyResetUtcHour: number,
  without: string | null = null,
): UsageSnapshot {
  const day = dayOf(now, dailyResetUtcHour);
  const hour = hourStart(now);
  const entries = transaction.since(Math.min(day.start, hour + 1));
  const volume = { autonomous: 0n, delayed: 0n, cosign: 0n };
  const destinations = new Set<string>();
  let hourCount = 0;
  let dayCount = 0;
  let oldest: number | null = null;
  for (const entry of entries) {
    if (!isCounted(entry) || entry.id === without) continue;
    if (entry.at > hour) {
      hourCount += entry.transactions;
      if (oldest === null || entry.at < oldest) oldest = entry.at;
    }
    if (entry.at < day.start && entry.state !== 'reserved') continue;
    dayCount += entry.transactions;
    volume[TIER_NAMES[entry.tier]] += entry.spend + entry.fee;
    for (const address of entry.destinations) destinations.add(address);
  }
  return {
    hourCount,
    dayCount,
    dayVolume: volume,
    dayDestinations: destinations,
    isKnown: (address) => transaction.isKnown(address),
    lastSpendOver: (threshold) => transaction.lastSpendOver(threshold),
    hourResetsAt: oldest === null ? null : hourEnd(oldest),
    dayResetsAt: day.end,
  };
}

const TIER_NAMES = { 1: 'autonomous', 2: 'delayed', 3: 'cosign' } as const satisfies Record<
  Reservation['tier'],
  string
>;
