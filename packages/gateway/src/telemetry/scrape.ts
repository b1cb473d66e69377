import type { Clock } from '@wardmesh/core';
import type { Registry } from 'prom-client';
import { SCRAPE_SHARED_MS } from './limits.ts';

export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

/** Answers scrapes: those that come close to one another share one reading of the state. */
export class Scraper {
  readonly #registry: Registry;
  readonly #collect: () => Promise<void>;
  readonly #clock: Clock;
  #latest: Promise<Scrape> | undefined;
  #readAt = 0;

  constructor(registry: Registry, collect: () => Promise<void>, clock: Clock) {
    this.#registry = registry;
    this.#collect = collect;
    this.#clock = clock;
  }

  read(): Promise<Scrape> {
    const now = this.#clock.monotonic();
    if (this.#latest === undefined || now - this.#readAt >= SCRAPE_SHARED_MS) {
      this.#readAt = now;
      this.#latest = this.#read();
      // A failure is told to those who asked, and kept for nobody.
      this.#latest.catch(() => {
        this.#latest = undefined;
      });
    }
    return this.#latest;
  }

  async #read(): Promise<Scrape> {
    await this.#collect();
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
