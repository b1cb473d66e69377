/** Bounds of this package, each with its reason. */

/** Requests one principal may have open; more would flood the person who decides. */
export const MAX_PENDING_PER_PRINCIPAL = 20;
/** Signers a request may ask for. */
export const MAX_QUORUM = 16;
/** Signatures one request keeps: some beyond the quorum, so that one revoked key need not void it. */
export const MAX_SIGNATURES = 32;
/** Shortest and longest life of a request, ms: one second, seven days. */
export const MIN_LIFETIME = 1_000;
export const MAX_LIFETIME = 7 * 86_400_000;
/** Life of a request whose caller names none, ms: fifteen minutes. */
export const DEFAULT_LIFETIME = 900_000;
/** Largest canonical binding, bytes; one request body and its frame. */
export const MAX_BINDING_BYTES = 1_048_576 + 16_384;
/** Longest reason of a denial, UTF-16 units. */
export const MAX_DENY_REASON = 1_024;
/** Rules named in `reason`, and the length of each. */
export const MAX_REASONS = 64;
export const MAX_REASON_LENGTH = 512;
/** How far behind its request the clock may stand before it is held to have been set back, ms. */
export const CLOCK_TOLERANCE = 60_000;
/** Tries of a change that meets concurrent changes. */
export const MAX_TRIES = 16;
/** Clients waiting for decisions at once. */
export const MAX_WAITERS = 10_000;
/** How often a waiter asks the store, ms: another process (the command line) may have decided. */
export const POLL_INTERVAL = 500;
