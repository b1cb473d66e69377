import type { Clock } from '@wardmesh/core';

/** Counts events in windows of fixed length. */
export class WindowMeter {
  readonly #clock: Clock;
  readonly #windowMs: number;
  #start: number;
  #count = 0;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#start = clock.monotonic();
  }

  /** Counts one more, and says how many this window has seen. */
  add(): number {
    const now = this.#clock.monotonic();
    if (now - this.#start >= this.#windowMs) {
      this.#start = now;
      this.#count = 0;
    }
    return ++this.#count;
  }
}
