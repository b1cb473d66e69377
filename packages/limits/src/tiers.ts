import { CodedError } from '@wardmesh/core';
import type { LimitsErrorCode } from './error.ts';
import { MAX_TIER_CALLS, MAX_TIER_WINDOW } from './limits.ts';

/** The tiers of the seed, §Rate Limiting Strategy: read, write and sensitive operations. */
export type RateTierName = 'standard' | 'strict' | 'critical';

export interface RateTier {
  /** Calls a window sustains. */
  readonly requests: number;
  /** Length of the window, whole seconds. */
  readonly window: number;
  /** Calls beyond `requests` that one window admits after a rest. */
  readonly burst: number;
}

/** XR-RATE-1. */
export const RATE_TIERS: Readonly<Record<RateTierName, RateTier>> = Object.freeze({
  standard: Object.freeze({ requests: 100, window: 60, burst: 10 }),
  strict: Object.freeze({ requests: 20, window: 60, burst: 2 }),
  critical: Object.freeze({ requests: 5, window: 300, burst: 0 }),
});

/** @throws CodedError LIMITS_CONFIGURATION_INVALID where a number is not a whole one in its range. */
export function assertRateTier(name: string, tier: RateTier): void {
  const inRange = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to;
  if (
    inRange(tier.requests, 1, MAX_TIER_CALLS) &&
    inRange(tier.burst, 0, MAX_TIER_CALLS) &&
    inRange(tier.window, 1, MAX_TIER_WINDOW / 1_000)
  ) {
    return;
  }
  throw new CodedError<LimitsErrorCode>('LIMITS_CONFIGURATION_INVALID', `the rate tier ${name} is out of range`, {
    hint: 'requests 1 to 1000000, window 1 to 86400 seconds, burst 0 to 1000000, all whole numbers',
  });
}
