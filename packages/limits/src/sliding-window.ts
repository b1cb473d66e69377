import { MAX_WINDOW_ENTRIES } from './limits.ts';

/**
 * What was admitted in the last window, as a ring of (stamp, count). Up to {@link MAX_WINDOW_ENTRIES} calls a window the
 * stamps are exact to the millisecond; above, a stamp is rounded up to the end of its grain, so a call leaves late and
 * never early: the bound holds, and at most 1/4096 of a window is lost.
 */
export class SlidingWindow {
  /** Calls admitted within the window, as of the last `advance`. */
  count = 0;
  readonly #window: number;
  readonly #grain: number;
  readonly #most: number;
  #stamps: Float64Array;
  #counts: Uint32Array;
  #head = 0;
  #length = 0;

  /** @param window milliseconds @param limit most calls the caller admits in one window */
  constructor(window: number, limit: number) {
    this.#window = window;
    this.#grain = limit <= MAX_WINDOW_ENTRIES ? 1 : Math.ceil(window / MAX_WINDOW_ENTRIES);
    this.#most = Math.min(limit, Math.ceil(window / this.#grain) + 2);
    const first = Math.min(8, this.#most);
    this.#stamps = new Float64Array(first);
    this.#counts = new Uint32Array(first);
  }

  /** Forgets what is a window old or older at `time`. */
  advance(time: number): void {
    while (this.#length > 0 && this.#stamps[this.#head]! + this.#window <= time) {
      this.count -= this.#counts[this.#head]!;
      this.#head = (this.#head + 1) % this.#stamps.length;
      this.#length--;
    }
  }

  /** Counts one call. `time` is at or after every earlier one. */
  admit(time: number): void {
    const stamp = Math.ceil(time / this.#grain) * this.#grain;
    this.count++;
    if (this.#length > 0) {
      const newest = (this.#head + this.#length - 1) % this.#stamps.length;
      if (this.#stamps[newest] === stamp) {
        this.#counts[newest]!++;
        return;
      }
    }
    if (this.#length === this.#stamps.length) this.#grow();
    const slot = (this.#head + this.#length) % this.#stamps.length;
    this.#stamps[slot] = stamp;
    this.#counts[slot] = 1;
    this.#length++;
  }

  /** When the oldest call leaves the window; undefined where there is none. */
  oldestLeaves(): number | undefined {
    return this.#length === 0 ? undefined : this.#stamps[this.#head]! + this.#window;
  }

  /** When the newest call leaves the window; undefined where there is none. */
  newestLeaves(): number | undefined {
    if (this.#length === 0) return undefined;
    return this.#stamps[(this.#head + this.#length - 1) % this.#stamps.length]! + this.#window;
  }

  #grow(): void {
    const size = Math.min(this.#most, this.#stamps.length * 2);
    const stamps = new Float64Array(size);
    const counts = new Uint32Array(size);
    for (let i = 0; i < this.#length; i++) {
      const from = (this.#head + i) % this.#stamps.length;
      stamps[i] = this.#stamps[from]!;
      counts[i] = this.#counts[from]!;
    }
    this.#stamps = stamps;
    this.#counts = counts;
    this.#head = 0;
  }
}
