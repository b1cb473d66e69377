import type { Reservation } from './reservation.ts';

/** A wallet's reservations within one transaction of the store. Everything it reads is current and everything it writes is kept, or nothing is. */
export interface UsageTransaction {
  /** The reservation of that id, in any state. */
  find(id: string): Reservation | undefined;
  /** Every reservation that counts and was made at `time` or later, and every open (`reserved`) one of any age. */
  since(time: number): readonly Reservation[];
  /** Every counting reservation whose `sequences` hold one of these. */
  using(sequences: readonly string[]): readonly Reservation[];
  /** Inserts or replaces by id. */
  save(reservation: Reservation): void;
  /** Whether a committed reservation of any day had this destination. */
  isKnown(address: string): boolean;
  learn(address: string): void;
  /** When the newest counting reservation of at least `threshold` drops was made; null where there is none. */
  lastSpendOver(threshold: bigint): number | null;
  /** The latest time this wallet has seen, Unix milliseconds; 0 at first. */
  clockMark(): number;
  markClock(time: number): void;
}

/**
 * Where usage is kept. `atomically` runs `work` as one serialisable transaction of the wallet: no other call's reads or
 * writes of this wallet fall within it, and when the promise resolves the writes are durable. If `work` throws, nothing
 * is written and the error is passed on. `work` is synchronous, so that nothing can come between its reads and writes.
 */
export interface UsageStore {
  atomically<T>(wallet: string, work: (transaction: UsageTransaction) => T): Promise<T>;
}
