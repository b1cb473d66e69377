import type { Clock, Random } from '@wardmesh/core';
import { type UpstreamError, unavailable, upstreamError } from '../errors.ts';
import { BACKOFF_FIRST_MS, BACKOFF_LARGEST_MS, BACKOFF_PATIENCE_MS } from '../limits.ts';

export interface BreakerOptions {
  /** Crashes within `windowMs` that open the breaker. */
  readonly maxCrashes: number;
  readonly windowMs: number;
  /** How long it stays open; then one start is tried. */
  readonly cooldownMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { maxCrashes: 5, windowMs: 60_000, cooldownMs: 60_000 };

/**
 * Decides when a crashed server may start again: pauses double from {@link BACKOFF_FIRST_MS} to
 * {@link BACKOFF_LARGEST_MS} (with jitter, so that a fleet does not restart in step), and a crash loop opens the breaker.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  #crashes: number[] = [];
  #notBefore = 0;
  #openUntil: number | undefined;

  constructor(options: BreakerOptions, clock: Clock, random: Random) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds to wait before a start. @throws UpstreamError where it is too long to wait for. */
  admit(): number {
    const now = this.#clock.monotonic();
    if (this.#openUntil !== undefined) {
      if (now < this.#openUntil) throw this.#openError(this.#openUntil - now);
      // Half open: one crash more opens it again at once.
      this.#openUntil = undefined;
      this.#crashes = this.#crashes.slice(1 - this.#options.maxCrashes).map(() => now);
      if (this.#options.maxCrashes === 1) this.#crashes = [];
    }
    const wait = Math.max(0, this.#notBefore - now);
    if (wait > BACKOFF_PATIENCE_MS) {
      throw unavailable('the server crashed and is not started again yet', { retryAfter: Math.ceil(wait / 1_000) });
    }
    return wait;
  }

  /** @returns seconds the breaker stays open where this crash opened it. */
  crashed(): number | undefined {
    const now = this.#clock.monotonic();
    this.#crashes = this.#crashes.filter((at) => now - at < this.#options.windowMs);
    this.#crashes.push(now);
    const exponent = Math.min(this.#crashes.length - 1, 20);
    const pause = Math.min(BACKOFF_FIRST_MS * 2 ** exponent, BACKOFF_LARGEST_MS);
    this.#notBefore = now + pause * (0.5 + this.#random.bytes(1)[0]! / 512);
    if (this.#crashes.length < this.#options.maxCrashes) return undefined;
    this.#openUntil = now + this.#options.cooldownMs;
    return Math.ceil(this.#options.cooldownMs / 1_000);
  }

  get state(): 'closed' | 'backing-off' | 'open' {
    const now = this.#clock.monotonic();
    if (this.#openUntil !== undefined && now < this.#openUntil) return 'open';
    return this.#crashes.length > 0 && now < this.#notBefore ? 'backing-off' : 'closed';
  }

  /** Whether crashes are remembered that still matter. */
  get isQuiet(): boolean {
    const now = this.#clock.monotonic();
    return this.state === 'closed' && this.#crashes.every((at) => now - at >= this.#options.windowMs);
  }

  #openError(remaining: number): UpstreamError {
    return upstreamError('UPSTREAM_BREAKER_OPEN', 'the server crashed too often', {
      retryAfter: Math.ceil(remaining / 1_000),
    });
  }
}
