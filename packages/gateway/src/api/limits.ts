/** Bounds of the API. */

/** Largest body, bytes: a policy text of 1 MiB fits an agent's tool, not a form; people send far less. */
export const MAX_BODY_BYTES = 1_310_720;
/** Time for the whole of it to arrive, ms: a slow sender holds a socket no longer. */
export const BODY_TIMEOUT_MS = 15_000;
/** A session nobody uses ends (AUTH-003). */
export const SESSION_IDLE_MS = 30 * 60_000;
/** And every session ends. */
export const SESSION_TOTAL_MS = 8 * 3_600_000;
export const MAX_SESSIONS = 10_000;
export const MAX_SESSIONS_PER_PERSON = 16;
/** Requests of one session, or of one address before sign-in, in each window. */
export const REQUESTS_PER_WINDOW = 600;
export const SIGN_IN_PER_WINDOW = 30;
export const WINDOW_SECONDS = 60;
/** Open event streams of one session, of one person, and of all: no four people can hold every place. */
export const MAX_STREAMS_PER_SESSION = 4;
export const MAX_STREAMS_PER_PERSON = 16;
export const MAX_STREAMS = 256;
/** Between looks at the log for a stream. */
export const EVENT_POLL_MS = 250;
/** A comment keeps an idle stream open through proxies. */
export const EVENT_KEEPALIVE_MS = 15_000;
/** Entries a resumed stream is given at once; who is further behind reads the list. */
export const MAX_CATCH_UP = 1_000;
/** Entries sent in one piece; the next is made when it has left, so a slow reader holds no more than this. */
export const MAX_EVENTS_AT_ONCE = 100;
/** How long a stream's reader may take nothing of what is there before it counts as gone. */
export const MAX_STREAM_STALL_MS = 30_000;
/** Entries looked through for one search, so that a search never holds the log. */
export const MAX_SEARCHED = 20_000;
/** Entries looked through for one person in each window: ten searches to the bound. */
export const MAX_SEARCHED_PER_WINDOW = 200_000;
/** Searches of one person that run or wait, and people whose searches are counted. */
export const MAX_SEARCHES_PER_PERSON = 2;
export const MAX_SEARCHERS = 10_000;
