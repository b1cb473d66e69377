import { randomFraction, systemRandom } from '@wardmesh/core';
import { RETRY_FIRST_MS, RETRY_MOST_MS } from '../limits.ts';

/** Pauses between attempts: doubling, with half of each at random so that many bridges do not knock together. */
export class Backoff {
  #next = RETRY_FIRST_MS;

  /** Waits; returns early, and without an error, when the signal comes. */
  async pause(signal: AbortSignal): Promise<void> {
    const milliseconds = this.#next / 2 + randomFraction(systemRandom) * (this.#next / 2);
    this.#next = Math.min(this.#next * 2, RETRY_MOST_MS);
    await sleep(milliseconds, signal);
  }

  reset(): void {
    this.#next = RETRY_FIRST_MS;
  }
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
