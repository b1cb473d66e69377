/**
 * A token bucket in whole numbers: a call costs `window` units, a millisecond brings `requests` units, the bucket holds
 * `requests + burst` calls. No floating point, so nothing is gained or lost by rounding over any number of calls.
 */
export class TokenBucket {
  readonly #requests: number;
  readonly #window: number;
  readonly #capacity: number;
  #units: number;
  #updated: number;

  /** A full bucket. @param window milliseconds @param time milliseconds */
  constructor(requests: number, burst: number, window: number, time: number) {
    this.#requests = requests;
    this.#window = window;
    this.#capacity = (requests + burst) * window;
    this.#units = this.#capacity;
    this.#updated = time;
  }

  /** Adds what has come since the last call. `time` never goes back. */
  advance(time: number): void {
    const toFull = this.fullAt() - this.#updated;
    const elapsed = time - this.#updated;
    this.#units = elapsed >= toFull ? this.#capacity : this.#units + elapsed * this.#requests;
    this.#updated = time;
  }

  /** Calls that could be taken now. */
  get tokens(): number {
    return Math.floor(this.#units / this.#window);
  }

  /** Takes one call; the caller has seen `tokens` above zero. */
  take(): void {
    this.#units -= this.#window;
  }

  /** When one call can be taken. */
  nextAt(): number {
    return this.#updated + Math.ceil(Math.max(0, this.#window - this.#units) / this.#requests);
  }

  /** When the bucket is full if nothing is taken. */
  fullAt(): number {
    return this.#updated + Math.ceil((this.#capacity - this.#units) / this.#requests);
  }
}
