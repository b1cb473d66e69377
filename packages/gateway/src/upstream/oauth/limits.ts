/** Bounds of signing in to the authorisation servers of upstreams, which are strangers. Times in ms. */

/** Largest metadata document or answer, bytes. */
export const MAX_ANSWER_BYTES = 64 * 1_024;
/** Time for one request: a call may be waiting for it. */
export const REQUEST_MS = 10_000;
/** A token is renewed this long before it ends, so that none ends on its way. */
export const RENEW_BEFORE_MS = 30_000;
/** Life of a token whose server does not tell (RFC 6749 §5.1: it should). */
export const DEFAULT_TOKEN_MS = 300_000;
/** Longest token, code or URL that is kept, characters. */
export const MAX_TEXT = 8_192;
/** Time between the start of a sign-in and the answer of the browser. */
export const LOGIN_MS = 600_000;
/** Sign-ins begun and not finished. */
export const MAX_LOGINS = 16;
