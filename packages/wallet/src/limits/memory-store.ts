import { isCounted, type Reservation } from './reservation.ts';
import type { UsageStore, UsageTransaction } from './usage-store.ts';

interface WalletUsage {
  entries: Map<string, Reservation>;
  known: Set<string>;
  mark: number;
}

/** A store that forgets with its process: for tests and dry runs. */
export class MemoryUsageStore implements UsageStore {
  readonly #wallets = new Map<string, WalletUsage>();

  async atomically<T>(wallet: string, work: (transaction: UsageTransaction) => T): Promise<T> {
    const current = this.#wallets.get(wallet) ?? { entries: new Map(), known: new Set(), mark: 0 };
    const writes: Reservation[] = [];
    const learned: string[] = [];
    let mark = current.mark;
    const view = (): Reservation[] => {
      if (writes.length === 0) return [...current.entries.values()];
      return [...new Map([...current.entries, ...writes.map((entry) => [entry.id, entry] as const)]).values()];
    };
    const result = work({
      find: (id) => writes.findLast((entry) => entry.id === id) ?? current.entries.get(id),
      since: (time) => view().filter((entry) => entry.state === 'reserved' || (isCounted(entry) && entry.at >= time)),
      using: (sequences) =>
        view().filter((entry) => isCounted(entry) && entry.sequences.some((sequence) => sequences.includes(sequence))),
      save: (reservation) => writes.push(reservation),
      isKnown: (address) => learned.includes(address) || current.known.has(address),
      learn: (address) => learned.push(address),
      lastSpendOver: (threshold) =>
        view().reduce<number | null>(
          (last, entry) => (isCounted(entry) && entry.spend >= threshold ? Math.max(last ?? 0, entry.at) : last),
          null,
        ),
      clockMark: () => mark,
      markClock: (time) => {
        mark = time;
      },
    });
    // Only now, when `work` has not thrown. It ran without a pause, so nothing came between.
    for (const entry of writes) current.entries.set(entry.id, entry);
    for (const address of learned) current.known.add(address);
    current.mark = mark;
    this.#wallets.set(wallet, current);
    return result;
  }
}
