/** What a wallet has spent and reserved, as of one moment. Reserved counts as spent. */
export interface UsageSnapshot {
  /** Transactions in the last 60 minutes. */
  readonly hourCount: number;
  readonly dayCount: number;
  /** Drops of this day by the tier they were decided in. */
  readonly dayVolume: { readonly autonomous: bigint; readonly delayed: bigint; readonly cosign: bigint };
  /** Destinations of this day. */
  readonly dayDestinations: ReadonlySet<string>;
  /** Whether a payment to this address was committed before, on any day. */
  readonly isKnown: (address: string) => boolean;
  /** Unix milliseconds of the last spend; of the last one of `threshold` drops or more. */
  readonly lastSpendOver: (threshold: bigint) => number | null;
  /** When the oldest of the last hour's transactions leaves it; null where there is none. */
  readonly hourResetsAt: number | null;
  /** When the next day begins. */
  readonly dayResetsAt: number;
}

/** Nothing spent yet. */
export function emptyUsage(dayResetsAt: number): UsageSnapshot {
  return {
    hourCount: 0,
    dayCount: 0,
    dayVolume: { autonomous: 0n, delayed: 0n, cosign: 0n },
    dayDestinations: new Set(),
    isKnown: () => false,
    lastSpendOver: () => null,
    hourResetsAt: null,
    dayResetsAt,
  };
}
