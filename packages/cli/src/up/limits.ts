/** Bounds of what `ward up` keeps running. Times in milliseconds. */

/** Pause after the first crash; doubles with each one in the window. */
export const RESTART_FIRST_MS = 500;
export const RESTART_CAP_MS = 30_000;
/** So many crashes in the window open the breaker. */
export const MAX_CRASHES = 5;
export const CRASH_WINDOW_MS = 60_000;
/** Rest of a process whose breaker is open; then it is tried as at first. */
export const BREAKER_REST_MS = 300_000;
/** Time for the local ledger to serve: Node on a busy machine, and a state file of weeks. */
export const LEDGER_START_MS = 20_000;
/** Time to end by itself before it is killed. */
export const LEDGER_STOP_MS = 5_000;
/** Longest line a child says that is kept, characters. */
export const MAX_LINE = 4_096;
/** Time for the signer to answer the console: it may be busy with a password, and a page must not wait for minutes. */
export const SIGNER_ANSWER_MS = 30_000;
