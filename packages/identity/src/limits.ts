/** Bounds of this package, each with its reason. Times are ms unless the name says seconds. */

/** How long a person has to sign a challenge: five minutes, as wallets with a device in a drawer need. */
export const CHALLENGE_LIFETIME = 300_000;
/** How far another replica's clock may be ahead of ours. */
export const CLOCK_SKEW = 60_000;
/** Longest sign-in message, characters. */
export const MAX_MESSAGE_LENGTH = 4_096;
/** Longest statement and request id within it. */
export const MAX_STATEMENT_LENGTH = 512;
export const MAX_REQUEST_ID_LENGTH = 128;
/** Most resources a message may list. */
export const MAX_RESOURCES = 16;
/** Longest signature text; a contract wallet's may hold many owners' signatures. */
export const MAX_SIGNATURE_LENGTH = 16_384;
/** Random bytes of a nonce (128 bits) and of the seal beside them. */
export const NONCE_BYTES = 16;
export const SEAL_BYTES = 16;
/** No failed authentication is answered sooner, whatever failed (XR-ERR-2). */
export const FAILURE_TIME = 250;
/** How long all contract wallets together have to answer. */
export const CONTRACT_TIMEOUT = 2_000;
/** Questions to contract wallets at once: whoever may ask for a challenge may make us ask. */
export const MAX_CONTRACT_QUESTIONS = 16;
/** {@link FAILURE_TIME} where a contract wallet may have been asked: hang and refusal must look alike. */
export const CONTRACT_FAILURE_TIME = 2_500;

/** Longest token or proof that is looked at, characters. Ours are under 1,200. */
export const MAX_TOKEN_LENGTH = 8_192;
/** Longest life of an access token, seconds; a longer one was not issued by us. */
export const MAX_TOKEN_SECONDS = 3_600;
/** Clock difference tolerated in tokens, seconds. */
export const TOKEN_SKEW_SECONDS = 5;
/** Checked tokens kept, and imported proof keys kept. */
export const MAX_CHECKED_TOKENS = 10_000;
export const MAX_PROOF_KEYS = 1_000;
/** Keys one set may hold: the signing key and those that retire. */
export const MAX_KEYS = 16;
/** How old, and how far ahead of our clock, a DPoP proof may be, seconds (RFC 9449 §11.1). */
export const DPOP_AGE_SECONDS = 60;
export const DPOP_AHEAD_SECONDS = 5;
/** Longest `jti` of a token or proof, characters. */
export const MAX_JTI_LENGTH = 128;

/** How fresh a sign-in must be to change what a person is. */
export const FRESH_SIGN_IN = 300_000;
/** Wallets and passkeys of one person. */
export const MAX_WALLETS = 16;
export const MAX_PASSKEYS = 16;
/** How long a passkey ceremony may take. */
export const PASSKEY_LIFETIME = 300_000;
/** Largest passkey answer that is looked at, characters of each base64url member. */
export const MAX_PASSKEY_FIELD = 16_384;

/** Grants of a role log, revoked ones too; a home with more has a program that grants, and each is verified at start. */
export const MAX_GRANTS = 10_000;
/** Longest scope of a grant, characters. */
export const MAX_SCOPE_LENGTH = 256;
/** How old a role change may be when it is handed in: signed now, not kept in a drawer. */
export const MAX_ROLE_EVENT_AGE = 600_000;
/** Longest life of a grant that expires; longer is meant to last, and says so by not expiring. */
export const MAX_GRANT_LIFETIME = 10 * 366 * 86_400_000;
