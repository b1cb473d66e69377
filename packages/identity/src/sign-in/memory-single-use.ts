import type { Clock } from '@wardmesh/core';
import type { SingleUse } from './ports.ts';

/** How often expired ids are looked for in a full table, ms: a flood must not make every call walk it. */
const SWEEP_INTERVAL = 1_000;

/** A {@link SingleUse} of this process alone: for tests, and for proofs that outlive no restart. */
export class MemorySingleUse implements SingleUse {
  readonly #used = new Map<string, number>();
  readonly #clock: Clock;
  readonly #capacity: number;
  #lastSweep = Number.NEGATIVE_INFINITY;

  /** @param capacity most ids remembered at once; beyond it nothing is believed. */
  constructor(clock: Clock, capacity = 100_000) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  async use(id: string, expires: number): Promise<boolean> {
    if (this.#used.size >= this.#capacity) this.#sweep();
    // Forgetting one that still counts would let it be replayed.
    if (this.#used.size >= this.#capacity) throw new Error('too many ids are remembered');
    if (this.#used.has(id)) return false;
    this.#used.set(id, expires);
    return true;
  }

  #sweep(): void {
    const elapsed = this.#clock.monotonic();
    if (elapsed - this.#lastSweep < SWEEP_INTERVAL) return;
    this.#lastSweep = elapsed;
    const now = this.#clock.now();
    for (const [id, until] of this.#used) if (until <= now) this.#used.delete(id);
  }
}
