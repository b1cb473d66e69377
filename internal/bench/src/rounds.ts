import type { LoadResult } from './raw-load.ts';

/** One row: a target at a number of clients, medians over the rounds. */
export interface Row {
  readonly target: string;
  readonly clients: number;
  readonly callsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly firstError?: string;
}

/** The value in the middle; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export function toRow(target: string, clients: number, results: readonly LoadResult[]): Row {
  const of = (pick: (result: LoadResult) => number): number => median(results.map(pick));
  const firstError = results.find((result) => result.firstError !== undefined)?.firstError;
  return {
    target,
    clients,
    callsPerSecond: of((result) => result.callsPerSecond),
    p50: of((result) => result.p50),
    p99: of((result) => result.p99),
    errors: results.reduce((sum, { errors }) => sum + errors, 0),
    ...(firstError === undefined ? {} : { firstError }),
  };
}

/** Calls per second of `target` over those of `base`, at the same number of clients. */
export function ratio(rows: readonly Row[], target: string, base: string, clients: number): number | undefined {
  const of = (name: string): number | undefined =>
    rows.find((row) => row.target === name && row.clients === clients)?.callsPerSecond;
  const [a, b] = [of(target), of(base)];
  return a === undefined || !b ? undefined : a / b;
}
