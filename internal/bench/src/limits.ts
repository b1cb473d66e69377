/** Concurrent clients measured. */
export const CLIENTS = [1, 16, 64] as const;
/** Interleaved rounds, and seconds of each measurement in a round. */
export const ROUNDS = 4;
export const SECONDS = 2;
/** The same for `--quick`. */
export const QUICK_ROUNDS = 1;
export const QUICK_SECONDS = 1;
/** Calls before the clock starts are not counted, seconds. */
export const WARM_UP_SECONDS = 0.5;
/** A call without answer is an error after this time, ms. */
export const CALL_TIMEOUT_MS = 15_000;
/** Where the system under test runs, and where the load and the upstream run. */
export const CPU_UNDER_TEST = 1;
export const CPU_LOAD = 0;
/** A peer must listen within this time, ms. */
export const READY_MS = 30_000;
/** Attempts to overspend a wallet; the most that is asked of it is a million. */
export const ATTEMPTS = 100_000;
export const QUICK_ATTEMPTS = 20_000;
