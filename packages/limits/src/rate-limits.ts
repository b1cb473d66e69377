import type { Clock } from '@wardmesh/core';
import { FULL_TABLE_RETRY, MAX_RATE_KEYS } from './limits.ts';
import { SlidingWindow } from './sliding-window.ts';
import { assertRateTier, RATE_TIERS, type RateTier, type RateTierName } from './tiers.ts';
import { TokenBucket } from './token-bucket.ts';

export interface RateDecision {
  readonly allowed: boolean;
  /** Most calls any one window admits: requests + burst. */
  readonly limit: number;
  /** Calls that would be admitted now, after this one. */
  readonly remaining: number;
  /** When `remaining` is back at `limit` if nothing more comes, ms since the epoch. */
  readonly resetAt: number;
  /** Whole seconds until one call would be admitted, at least 1; only where this one was not. */
  readonly retryAfter?: number;
}

/** What the gateway asks. A shared store (Redis, PostgreSQL) answers with a promise, {@link RateLimits} at once. */
export interface RateLimitStore {
  consume(key: string, tier: RateTierName, now: number): RateDecision | Promise<RateDecision>;
}

export interface RateLimitsOptions {
  /** Replaces whole tiers. */
  readonly tiers?: Partial<Record<RateTierName, RateTier>>;
  /** Keys remembered over all tiers; default {@link MAX_RATE_KEYS}. */
  readonly maxKeys?: number;
  /** Where given, elapsed time is its monotonic time and `now` only dates the answer: no clock change has any effect. */
  readonly clock?: Pick<Clock, 'monotonic'>;
}

interface Entry {
  readonly bucket: TokenBucket;
  readonly window: SlidingWindow;
}

class Tier {
  readonly requests: number;
  readonly burst: number;
  readonly window: number;
  readonly limit: number;
  readonly entries = new Map<string, Entry>();

  constructor(tier: RateTier) {
    this.requests = tier.requests;
    this.burst = tier.burst;
    this.window = tier.window * 1_000;
    this.limit = tier.requests + tier.burst;
  }
}

/**
 * Sliding window with token bucket (XR-RATE-1). A call is admitted where both agree:
 *   window: fewer than requests + burst calls were admitted in the last `window` (so in *every* window, no boundary doubling);
 *   bucket: of requests + burst tokens, refilled at requests per window, one is there (so the rate over time is `requests`).
 * Without a monotonic clock a `now` that goes back counts as no time passed, and time goes on from there: nothing opens,
 * nothing locks. One that leaps forward looks like a rest, which admits one fresh window at most.
 */
export class RateLimits implements RateLimitStore {
  readonly #tiers: Readonly<Record<RateTierName, Tier>>;
  readonly #maxKeys: number;
  readonly #clock: Pick<Clock, 'monotonic'> | undefined;
  #keys = 0;
  #time = 0;
  #lastNow: number | undefined;
  #lastSweep = Number.NEGATIVE_INFINITY;

  /** @throws CodedError LIMITS_CONFIGURATION_INVALID */
  constructor(options: RateLimitsOptions = {}) {
    const make = (name: RateTierName) => {
      const tier = options.tiers?.[name] ?? RATE_TIERS[name];
      assertRateTier(name, tier);
      return new Tier(tier);
    };
    this.#tiers = { standard: make('standard'), strict: make('strict'), critical: make('critical') };
    this.#maxKeys = options.maxKeys ?? MAX_RATE_KEYS;
    this.#clock = options.clock;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#keys;
  }

  /** Counts one call of `key`. @param now ms since the epoch */
  consume(key: string, tier: RateTierName, now: number): RateDecision {
    const time = this.#advance(now);
    const rules = this.#tiers[tier];
    let entry = rules.entries.get(key);
    if (entry === undefined) {
      if (!this.#makeRoom(rules, time)) return refuseUnknown(rules, now);
      entry = {
        bucket: new TokenBucket(rules.requests, rules.burst, rules.window, time),
        window: new SlidingWindow(rules.window, rules.limit),
      };
      rules.entries.set(key, entry);
      this.#keys++;
    } else {
      entry.bucket.advance(time);
      entry.window.advance(time);
    }
    const { bucket, window } = entry;
    const allowed = bucket.tokens > 0 && window.count < rules.limit;
    if (allowed) {
      bucket.take();
      window.admit(time);
    }
    const remaining = Math.min(bucket.tokens, rules.limit - window.count);
    const resetAt = now + Math.max(bucket.fullAt(), window.newestLeaves() ?? time) - time;
    if (allowed) return { allowed, limit: rules.limit, remaining, resetAt };
    const free = window.count < rules.limit ? time : window.oldestLeaves()!;
    const wait = Math.max(bucket.nextAt(), free) - time;
    return {
      allowed,
      limit: rules.limit,
      remaining: Math.max(0, remaining),
      resetAt,
      retryAfter: Math.max(1, Math.ceil(wait / 1_000)),
    };
  }

  /** What is left of each tier for `key`, counting nothing. @param now ms since the epoch */
  left(key: string, now: number): readonly { tier: RateTierName; limit: number; remaining: number; window: number }[] {
    const time = this.#advance(now);
    return (Object.entries(this.#tiers) as [RateTierName, Tier][]).map(([tier, rules]) => {
      const entry = rules.entries.get(key);
      entry?.bucket.advance(time);
      entry?.window.advance(time);
      const free = entry === undefined ? rules.limit : Math.min(entry.bucket.tokens, rules.limit - entry.window.count);
      return { tier, limit: rules.limit, remaining: Math.max(0, free), window: rules.window / 1_000 };
    });
  }

  /** The limiter's own time, ms, whole, never going back. */
  #advance(now: number): number {
    if (this.#clock !== undefined) {
      this.#time = Math.max(this.#time, Math.floor(this.#clock.monotonic()));
    } else {
      const whole = Math.floor(now);
      if (this.#lastNow !== undefined && whole > this.#lastNow) this.#time += whole - this.#lastNow;
      this.#lastNow = whole;
    }
    return this.#time;
  }

  /** Forgets idle keys a few at a time; whether one more key may be remembered. */
  #makeRoom(rules: Tier, time: number): boolean {
    // Two looked at for each one added: the table cannot outgrow the live keys for long, and no call pays for a sweep.
    let looks = 2;
    for (const [key, entry] of rules.entries) {
      if (looks-- === 0) break;
      rules.entries.delete(key);
      if (isIdle(entry, time)) this.#keys--;
      else rules.entries.set(key, entry);
    }
    if (this.#keys < this.#maxKeys) return true;
    if (time - this.#lastSweep >= FULL_TABLE_RETRY) {
      this.#lastSweep = time;
      for (const tier of Object.values(this.#tiers)) {
        for (const [key, entry] of tier.entries) {
          if (!isIdle(entry, time)) continue;
          tier.entries.delete(key);
          this.#keys--;
        }
      }
    }
    return this.#keys < this.#maxKeys;
  }
}

/** An idle key decides like one never seen, so it can be forgotten. */
function isIdle(entry: Entry, time: number): boolean {
  return entry.bucket.fullAt() <= time && (entry.window.newestLeaves() ?? time) <= time;
}

/** The table is full of keys in use: whoever is not in it is refused (fails closed). */
function refuseUnknown(rules: Tier, now: number): RateDecision {
  return {
    allowed: false,
    limit: rules.limit,
    remaining: 0,
    resetAt: now + FULL_TABLE_RETRY,
    retryAfter: Math.ceil(FULL_TABLE_RETRY / 1_000),
  };
}
