/** Bounds of the client side. */

/** Time for a request's head and for its whole body, ms: a slow sender holds a socket no longer. */
export const HEADERS_TIMEOUT_MS = 10_000;
export const BODY_TIMEOUT_MS = 15_000;
/** What is read and thrown away of a body that was refused, so that the client sees the refusal: bytes, ms. */
export const MAX_DISCARDED_BYTES = 4 * 1_048_576;
export const MAX_DISCARD_MS = 2_000;
/** Idle keep-alive connections, ms. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Connections at once; past it new ones are refused by the kernel's queue. */
export const MAX_CONNECTIONS = 2_048;
/** Bytes of one request's header fields. */
export const MAX_HEADER_BYTES = 16_384;
/** Sessions of one principal; the one idle longest makes room. */
export const MAX_SESSIONS_PER_PRINCIPAL = 256;
/** Sessions in all. */
export const MAX_SESSIONS = 4_096;
/** A session without traffic ends, ms. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** Questions (sampling, elicitation, roots) that wait for a client at once in a session. */
export const MAX_PENDING_ASKS = 16;
/** A client's time to answer one, ms: people answer elicitations. */
export const ASK_TIMEOUT_MS = 5 * 60_000;
/** Events kept for a stream that may be resumed, and their bytes. */
export const MAX_REPLAY_EVENTS = 256;
export const MAX_REPLAY_BYTES = 1_048_576;
/** Bytes kept for all streams of a session; an event larger than this is sent and not kept. */
export const MAX_REPLAY_TOTAL = 4 * 1_048_576;
/** Streams of a session that may be resumed. */
export const MAX_REPLAY_STREAMS = 32;
/** Calls of stateless clients that wait for the answer to a question. */
export const MAX_HELD_CALLS = 256;
/** Largest notification of a server that is passed on, and all of one call together, bytes of JSON. */
export const MAX_NOTIFICATION_BYTES = 65_536;
export const MAX_CALL_NOTIFICATION_BYTES = 1_048_576;
/** Bytes waiting in a client's stream before the client counts as gone. */
export const MAX_STREAM_BACKLOG = 4 * 1_048_576;
/** A quiet stream gets a comment this often, ms, so that proxies keep it open. */
export const STREAM_KEEP_ALIVE_MS = 15_000;
/** `subscriptions/listen` and GET streams of one principal. */
export const MAX_STREAMS_PER_PRINCIPAL = 64;
/** Bytes of what a client says of itself (capabilities, name): each session keeps it. */
export const MAX_CLIENT_FACTS_BYTES = 16_384;
