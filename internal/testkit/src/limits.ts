/** A process must say that it is ready within this time, ms: a cold start with sandboxes on a loaded two-core machine. */
export const READY_MS = 60_000;

/** A process that was asked to stop is killed after this time, ms: longer than the gateway's own drain. */
export const STOP_MS = 15_000;

/** Output kept per process for error messages, characters. */
export const KEPT_OUTPUT = 16_384;

/** A raw client waits this long for an answer, ms, unless the attack is about waiting. */
export const ANSWER_MS = 15_000;

/** A raw client keeps at most this much of an answer, bytes: more than the gateway may ever send. */
export const ANSWER_BYTES = 32 * 1024 * 1024;
