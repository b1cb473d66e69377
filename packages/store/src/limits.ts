/** Bounds of this package, each with its reason. */

/** Largest file read whole, bytes: configuration, keys and pins are far smaller. */
export const MAX_FILE_BYTES = 64 * 1_048_576;
/** Longest name in a log folder, bytes; one path component of ext4 holds 255. */
export const MAX_LOG_NAME = 255;
/** Log files kept open for append. */
export const MAX_OPEN_LOGS = 16;
/** Largest value of one row, bytes: an approval carries up to one request body. */
export const MAX_ROW_BYTES = 4 * 1_048_576;
/** Longest id and look-up value of a row, bytes. */
export const MAX_ID_BYTES = 1_024;
/** How long a statement waits for another process's transaction, ms. */
export const BUSY_TIMEOUT = 5_000;
/** Pause between two tries while another process writes, ms; grows to ten times that. */
export const BUSY_PAUSE = 2;
/** Row versions one process remembers to notice a rollback while it runs. */
export const MAX_SEEN_VERSIONS = 100_000;
/** Nonces of single use kept at once; beyond it new ones are refused until some expire. */
export const MAX_NONCES = 1_000_000;
/** Prepared statements kept; the repositories use fewer. */
export const MAX_STATEMENTS = 128;
/** Rows of the authorisation server: sessions, codes, tokens, clients. Beyond it nothing new begins until some expire. */
export const MAX_OAUTH_ROWS = 100_000;
/** Staged changes that share one transaction of the ledger: bounds how long one commit holds the thread. */
export const MAX_LEDGER_BATCH = 512;
