/** Longest text in one member of a log line, characters: a collector cuts or refuses lines of more than some 64 KiB. */
export const MAX_LOG_TEXT = 4_096;
/** How deep a chain of causes is told. */
export const MAX_CAUSES = 4;
/** Members and items of one value in a log line; the rest is counted. */
export const MAX_LOG_ITEMS = 64;
/** Objects and lists in one log line, all together: bounds what a knotted value costs. */
export const MAX_LOG_VALUES = 512;
/** How deep a value in a log line is told. */
export const MAX_LOG_DEPTH = 6;

/** Longest `tracestate` that is handed on, characters, and its most members (W3C Trace Context §3.3.1.5, §3.3.1.1). */
export const MAX_TRACESTATE = 512;
export const MAX_TRACESTATE_MEMBERS = 32;
/** Spans that wait for the collector; more are dropped and counted. About 2 MiB. */
export const MAX_QUEUED_SPANS = 2_048;
/** Spans in one request to the collector. */
export const MAX_BATCH_SPANS = 256;
/** How often waiting spans are sent, ms. */
export const EXPORT_EVERY_MS = 2_000;
/** How long the collector may take, ms. */
export const EXPORT_TIMEOUT_MS = 5_000;
/** How long a stop waits for the last batch, ms. */
export const EXPORT_LAST_MS = 1_000;
/** Longest text of a span's attribute, characters. */
export const MAX_ATTRIBUTE = 256;

/** Scrapes within this time of one another share one answer, ms: a flood of them costs one. */
export const SCRAPE_SHARED_MS = 500;
