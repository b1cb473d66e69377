/** Bounds of the authorisation server, each with its reason. Times in seconds where OAuth counts in seconds. */

/** An access token's life, s: what is stolen is of use this long at most, revoked or not. */
export const ACCESS_TOKEN_S = 600;
/** An authorization code's, s: it is redeemed at once or never. */
export const CODE_S = 60;
/** A device code's, s: time to walk to a browser and sign in. */
export const DEVICE_CODE_S = 600;
/** Time to sign in and consent on the page, s. */
export const INTERACTION_S = 600;
/** How long a browser that signed in need not sign again, s; consent is asked each time all the same. */
export const SESSION_S = 3_600;
/** A refresh token that is not used for so long is void, s. */
export const REFRESH_TOKEN_S = 7 * 86_400;
/** What one consent allows ends with this, however often it is refreshed, s. */
export const GRANT_S = 30 * 86_400;
/** A registered client that nobody consented to for so long is forgotten, s. */
export const CLIENT_S = 90 * 86_400;
/** Clients registered at once. */
export const MAX_REGISTERED_CLIENTS = 1_000;

/** Life of a signing key, ms; and how long it still verifies after that: longer than any token it signed lives. */
export const KEY_LIFE_MS = 30 * 86_400_000;
export const KEY_GRACE_MS = 2 * ACCESS_TOKEN_S * 1_000;
/** Keys at once: the signing one and those on their way out. */
export const MAX_SIGNING_KEYS = 8;

/** Largest body of a request, bytes. */
export const MAX_BODY_BYTES = 32_768;
/** Longest query of an authorization request, characters. */
export const MAX_QUERY = 8_192;
/** Redirect URIs of one client, and the longest of them, characters. */
export const MAX_REDIRECT_URIS = 10;
export const MAX_URI = 1_024;
/** Longest name of a client as people see it, characters. */
export const MAX_CLIENT_NAME = 64;

/** A client's metadata document: bytes (draft-ietf-oauth-client-id-metadata-document §6.6 asks for 5 kB), and its keys'. */
export const MAX_DOCUMENT_BYTES = 5 * 1_024;
export const MAX_JWKS_BYTES = 64 * 1_024;
/** Time for one such document, ms: someone waits at the page. */
export const DOCUMENT_TIMEOUT_MS = 2_500;
/** How long it is kept at least and at most, s. */
export const DOCUMENT_CACHE_S = { min: 300, max: 86_400 } as const;

/** Access tokens whose signature need not be checked again. */
export const MAX_VERIFIED_TOKENS = 4_096;
/** Longest access token that is looked at, characters. */
export const MAX_TOKEN = 4_096;
/** How old a DPoP proof may be, and how far ahead of our clock, s (RFC 9449 §11.1). */
export const DPOP_PAST_S = 60;
export const DPOP_FUTURE_S = 5;
/** Longest proof and `jti`, characters. */
export const MAX_PROOF = 4_096;
export const MAX_JTI = 256;
/** Proofs remembered against replay; past it new ones are refused until some expire. */
export const MAX_PROOFS = 100_000;

/** Requests of one network to the authorisation server. */
export const OAUTH_RATES = {
  /** Reading metadata, pages, tokens. */
  standard: { requests: 300, window: 60, burst: 60 },
  /** Signing in. */
  strict: { requests: 30, window: 60, burst: 10 },
  /** What makes us keep or fetch something for a stranger: registrations, metadata documents. */
  critical: { requests: 20, window: 60, burst: 10 },
} as const;
