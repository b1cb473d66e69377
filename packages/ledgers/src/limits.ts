/** Bounds of this package, each with its reason. */

/** A connection must stand within this time, ms (XRPL_CONNECTION_TIMEOUT of the original). */
export const CONNECT_TIMEOUT_MS = 10_000;
/** An answer must come within this time, ms (XRPL_REQUEST_TIMEOUT of the original). */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Rounds over all endpoints before giving up (XRPL_MAX_RECONNECT_ATTEMPTS of the original). */
export const MAX_TRIES = 3;
/** First pause between rounds, ms; doubles each time. */
export const BACKOFF_FIRST_MS = 1_000;
/** Longest pause between rounds, ms. */
export const BACKOFF_CAP_MS = 30_000;
/** Most endpoints of one network. */
export const MAX_ENDPOINTS = 16;
/** Most requests that wait for an answer on one connection: rippled would drop a client that floods it. */
export const MAX_PENDING_REQUESTS = 256;
/** Pause between looks for a validation, ms: a third of a ledger's time. */
export const POLL_MS = 1_000;
/** How long a submission is waited for unless told, ms (tx_submit: 30 s). */
export const WAIT_MS = 30_000;
/** Most rows of one page. */
export const MAX_PAGE = 400;
/** Network ids up to this one must not stand in a transaction; larger ones must (rippled: preflight0). */
export const LAST_LEGACY_NETWORK_ID = 1_024;
/** Unix time of the Ripple epoch, seconds. */
export const RIPPLE_EPOCH = 946_684_800;
/** Listeners of one subscription are told of at most so many accounts. */
export const MAX_SUBSCRIBED_ACCOUNTS = 100;
