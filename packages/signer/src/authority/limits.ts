/** Bounds of the authority, each with its reason. */

const HOUR = 3_600_000;

/** How long an acknowledgement of the mainnet holds, ms (network-config). */
export const MAINNET_ACKNOWLEDGED_FOR = 24 * HOUR;
/** Ledgers until a transaction expires that names no end (ADR-013): about 80 s. */
export const LEDGERS_AHEAD = 20;
/** Shortest time between two ledgers of a public network, ms: XRPL closes one in 3 to 4 s. Bounds what an asker may claim. */
export const LEAST_LEDGER_TIME = 2_000;
/** Ledgers by which an asker's view may run ahead of that bound. */
export const LEDGER_SLACK = 10;
/** Signing attempts of one transaction: each earlier one was released, as no signature came of it. */
export const MAX_ATTEMPTS = 1_000;
/** Tries to find a free Sequence where other requests take the same. */
export const MAX_SEQUENCE_TRIES = 8;
/** How long closed reservations are kept, ms: over the seven days that a LastLedgerSequence may lie ahead, and a day's limits. */
export const USAGE_KEPT_FOR = 15 * 24 * HOUR;
/** How long requests are kept, ms: the longest lives seven days, and people look back for some weeks. */
export const REQUESTS_KEPT_FOR = 30 * 24 * HOUR;
/** Reservations removed by one sweep: it holds the thread. */
export const PRUNE_BATCH = 1_000;

/** Requests that one wallet may have open, and make in an hour: more would flood the people who decide. */
export const MAX_PENDING_PER_WALLET = 10;
export const MAX_REQUESTS_PER_HOUR = 20;
/** Signatures that do not verify, per request, before it takes no more. */
export const MAX_INVALID_SIGNATURES = 5;
/** How long a tier-2 request may be released after its delay, ms. */
export const RELEASE_WINDOW = 24 * HOUR;
/** How long an approval of a policy change is good for, ms (policy_set). */
export const POLICY_APPROVAL_LIFETIME = 24 * HOUR;
/** How long a change of the approvers waits for them, ms. */
export const APPROVERS_LIFETIME = 24 * HOUR;
/** Keys that may approve: far more than a quorum asks for. */
export const MAX_APPROVERS = 64;
/** How long a wish of an agent waits for a person, ms. */
export const WISH_LIFETIME = 24 * HOUR;
/** Longest life of any request, ms: the bound of the approvals package. */
export const MAX_REQUEST_LIFETIME = 7 * 24 * HOUR;
/** Most people a request over a hash can ask for: the bound of the approvals package. */
export const MAX_PEOPLE = 16;
/** Entries of a wallet's policy history that are kept; the log has them all. */
export const MAX_POLICY_HISTORY = 200;
/** All of that history together, UTF-16 units of JSON: it stands in one row and in one answer. */
export const MAX_HISTORY_CHARS = 524_288;
/** Longest value in it that is kept in full, UTF-16 units of JSON; of a longer one its hash is. */
export const MAX_HISTORY_VALUE = 4_096;
/** What the open requests of one wallet may take in a list of them, bytes; and what one list may, UTF-16 units of JSON: a frame holds 4 MiB. */
export const MAX_OPEN_BYTES = 262_144;
export const MAX_LIST_CHARS = 3_145_728;
/** Longest words of an agent, UTF-16 units (wallet_sign). */
export const MAX_CONTEXT = 500;
/** Longest reason of a refusal that is kept, UTF-16 units. */
export const MAX_DENY_REASON = 500;
