/** Bounds of this package, each with its reason. */

/** Keys one limiter remembers over all tiers. A key costs under 1 KiB in the standard tier; beyond it, new keys are refused. */
export const MAX_RATE_KEYS = 50_000;
/** Most calls a configured tier may admit in one window; keeps token arithmetic within 2^53. */
export const MAX_TIER_CALLS = 1_000_000;
/** Longest window, milliseconds: one day. */
export const MAX_TIER_WINDOW = 86_400_000;
/** Most entries in one key's window; a tier that admits more counts in coarser grains of time. */
export const MAX_WINDOW_ENTRIES = 4_096;
/** Wait told to a caller who meets a full key table, milliseconds. */
export const FULL_TABLE_RETRY = 1_000;

/** Identities the lockout remembers. Failures leave after 15 minutes, so a spray of names heals itself. */
export const MAX_LOCKOUT_IDS = 100_000;
/** Longest lock, milliseconds: 24 hours. The doubling stops here so that an attack cannot lock a person out for good. */
export const MAX_LOCK = 86_400_000;
/** Quiet time after the last failure or lock that forgets the doubling, milliseconds: 7 days. */
export const LOCK_QUIET_PERIOD = 7 * 86_400_000;
/** Wait told to a caller whose lockout state could not be saved, milliseconds. */
export const UNSAVED_RETRY = 5_000;

/** Operations in flight per principal (XR-EXEC-3; seed §Resource Limits). */
export const MAX_CONCURRENT = 10;
/** Operations that wait per principal; beyond it they are refused at once. */
export const MAX_QUEUED = 32;
/** Longest wait in the queue, milliseconds. Under the 30 s of one operation, so that a client is told before it gives up. */
export const QUEUE_TIMEOUT = 10_000;
