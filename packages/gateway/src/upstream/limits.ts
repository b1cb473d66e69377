import { MAX_RESPONSE_BYTES } from '@wardmesh/core';

/** Bounds of everything an upstream can make us hold or do. An upstream is never trusted to be polite. */

/** Longest line of a stdio server, bytes: one answer and its JSON-RPC frame. */
export const MAX_LINE_BYTES = MAX_RESPONSE_BYTES;
/** Requests in flight on one child or one HTTP attachment. The pipeline's own limits are far below it. */
export const MAX_IN_FLIGHT = 1_024;
/** Bytes waiting for a child that does not read. Four of the largest requests. */
export const MAX_STDIN_BACKLOG = 4 * 1_048_576;
/** Broken messages (garbage, unknown ids, foreign tokens) in {@link VIOLATION_WINDOW_MS} before the upstream is ended. */
export const MAX_VIOLATIONS = 64;
export const VIOLATION_WINDOW_MS = 60_000;
/** Notifications handed on in a second; more are dropped and counted. */
export const MAX_NOTIFICATIONS_PER_SECOND = 1_000;
/** Messages that are no answers in a second: above it the upstream is ended. Ten times what is handed on. */
export const FLOOD_PER_SECOND = 10_000;
/** `list_changed` and `resources/updated` that repeat within this time become one. */
export const COALESCE_MS = 100;
/** Different notifications waiting to be coalesced. */
export const MAX_COALESCED = 256;
/** Server-to-client requests waiting for their answer, per child or attachment. */
export const MAX_SERVER_REQUESTS = 64;
/** Ids of cancelled requests whose late answer is not a fault. */
export const MAX_CANCELLED_IDS = 1_024;
/** How long a cancelled server may take to answer before its time-out is enforced by ending it. */
export const CANCEL_GRACE_MS = 100;
/** How long the end of a child is waited for before its requests are failed all the same. */
export const KILL_WAIT_MS = 5_000;
/** How long output of an exited child is drained. */
export const DRAIN_MS = 100;
/** Children of one upstream. At 56 MB each (an empty Node process) this is the machine's limit, not ours. */
export const MAX_CHILDREN = 256;
/** Children of one upstream for one principal, who could else start all of them by declaring ever other capabilities. */
export const MAX_CHILDREN_PER_PRINCIPAL = 8;
/** How long a child that no client is attached to is kept at most. */
export const LONELY_REAP_MS = 30_000;
/** First and largest pause before a crashed child is started again; doubles in between. */
export const BACKOFF_FIRST_MS = 100;
export const BACKOFF_LARGEST_MS = 30_000;
/** A start that has to wait longer than this for the back-off is refused with `retryAfter` instead. */
export const BACKOFF_PATIENCE_MS = 2_000;
/** A silent answer to `server/discover` on stdio means session era after this time (2026-07-28 §stdio). */
export const PROBE_TIMEOUT_MS = 3_000;
/** Characters of one line of a child's stderr that reach the log, and lines a second. */
export const MAX_STDERR_LINE = 2_048;
export const MAX_STDERR_LINES_PER_SECOND = 50;
/** Lines of stderr kept for the report of a crash. */
export const STDERR_RING = 40;
/** How long it is remembered that a server lacks an era. */
export const ERA_MEMORY_MS = 600_000;
/** Rounds of `input_required` answered for one session-era request. */
export const MAX_INPUT_ROUNDS = 8;
/** Entries in one `inputRequests`. */
export const MAX_INPUT_REQUESTS = 16;
/** Characters of an opaque `requestState`. */
export const MAX_REQUEST_STATE = 65_536;
/** Resources one attachment may subscribe to. */
export const MAX_SUBSCRIPTIONS = 1_024;
/** Pages and entries read of one list for discovery. */
export const MAX_PAGES = 64;
export const MAX_LISTED = 4_096;
/** Bytes of one SSE event's fields; the data of an event is one message. */
export const MAX_SSE_LINE = MAX_RESPONSE_BYTES;
/** Bytes of a whole SSE answer, notifications included, of anything but a subscription stream. */
export const MAX_STREAM_BYTES = 4 * MAX_RESPONSE_BYTES;
/** How long an SSE answer's stream may stay open after the answer. */
export const STREAM_END_MS = 1_000;
/** Characters of an `Mcp-Session-Id` and of an SSE event id. */
export const MAX_SESSION_ID = 1_024;
/** Bytes of an HTTP error body that are read for its JSON-RPC error. */
export const MAX_ERROR_BODY = 65_536;
/** Connections for calls to one HTTP upstream, and for streams that stay open: these must never starve those. */
export const MAX_CONNECTIONS = 256;
export const MAX_STREAMS = 1_024;
/** Attempts to resume a broken SSE stream, and the longest pause a server may ask for with `retry:`. */
export const MAX_RESUMES = 5;
/** The shortest pause, whatever the server asks for: `retry: 0` must not spin. */
export const MIN_RETRY_MS = 50;
export const MAX_RETRY_MS = 30_000;
export const DEFAULT_RETRY_MS = 1_000;
/** TCP and TLS handshake. */
export const CONNECT_TIMEOUT_MS = 10_000;
