import type { Clock } from '@wardmesh/core';
import { apiError } from './error.ts';
import { MAX_SEARCHED_PER_WINDOW, MAX_SEARCHERS, MAX_SEARCHES_PER_PERSON, WINDOW_SECONDS } from './limits.ts';

interface Searcher {
  /** Entries that may still be looked through; below zero where the last search took more than was left. */
  left: number;
  /** Monotonic ms. */
  at: number;
  running: number;
}

/** Searches of the log read and decipher much of it: one at a time, and so many entries of each person in a window. */
export class Searches {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #searchers = new Map<string, Searcher>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Runs a search that tells by `spend` how many entries it looked through. @throws CodedError RATE_LIMITED */
  async run<T>(person: string, search: (spend: (entries: number) => void) => Promise<T>): Promise<T> {
    const searcher = this.#searcherOf(person);
    if (searcher.running >= MAX_SEARCHES_PER_PERSON) throw tooMany(1);
    if (searcher.left <= 0) {
      throw tooMany(Math.ceil(((1 - searcher.left) / MAX_SEARCHED_PER_WINDOW) * WINDOW_SECONDS));
    }
    searcher.running += 1;
    const turn = this.#turn.then(() =>
      search((entries) => {
        searcher.left -= entries;
      }),
    );
    this.#turn = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      searcher.running -= 1;
    }
  }

  #searcherOf(person: string): Searcher {
    const at = this.#clock.monotonic();
    const known = this.#searchers.get(person);
    if (known !== undefined) {
      const refill = ((at - known.at) / (WINDOW_SECONDS * 1_000)) * MAX_SEARCHED_PER_WINDOW;
      known.left = Math.min(MAX_SEARCHED_PER_WINDOW, known.left + refill);
      known.at = at;
      return known;
    }
    for (const [id, { running, at: last }] of this.#searchers) {
      if (this.#searchers.size < MAX_SEARCHERS) break;
      // Whoever rested for a window has all of it again, and need not be remembered.
      if (running === 0 && at - last >= WINDOW_SECONDS * 1_000) this.#searchers.delete(id);
    }
    if (this.#searchers.size >= MAX_SEARCHERS) throw tooMany(WINDOW_SECONDS);
    const fresh: Searcher = { left: MAX_SEARCHED_PER_WINDOW, at, running: 0 };
    this.#searchers.set(person, fresh);
    return fresh;
  }
}

function tooMany(retryAfter: number) {
  return apiError('RATE_LIMITED', 'Too many searches of the log.', 'Search for less, or later.', retryAfter);
}
