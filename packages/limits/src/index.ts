export { Concurrency, type ConcurrencyOptions, type Release } from './concurrency.ts';
export type { LimitsErrorCode } from './error.ts';
export { headers } from './headers.ts';
export { MAX_CONCURRENT, MAX_LOCK, MAX_LOCKOUT_IDS, MAX_QUEUED, MAX_RATE_KEYS, QUEUE_TIMEOUT } from './limits.ts';
export { LOCKOUT_RULES, Lockout, type LockoutDecision, type LockoutRules } from './lockout.ts';
export type { LockoutState, LockoutStore } from './lockout-store.ts';
export { type RateDecision, type RateLimitStore, RateLimits, type RateLimitsOptions } from './rate-limits.ts';
export { assertRateTier, RATE_TIERS, type RateTier, type RateTierName } from './tiers.ts';
