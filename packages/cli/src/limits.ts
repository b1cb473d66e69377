/** Bounds of the command line. */

/** Longest the signer is asked how it is, milliseconds: a status that is looked at must not hang. */
export const SIGNER_STATUS_MS = 5_000;
/** Largest answer read from the control socket, bytes. A full catalogue with definitions takes about 2 MiB. */
export const MAX_CONTROL_BYTES = 33_554_432;
/** Time for an answer of the control socket to begin, milliseconds. Verification and backup stream and have none. */
export const CONTROL_TIMEOUT_MS = 30_000;
/** Largest input read from stdin or a file argument, bytes; more than a receipt or a request may have. */
export const MAX_INPUT_BYTES = 4_194_304;
/** Longest line the bridge takes from its client, bytes. The gateway refuses a request above 1 MiB itself. */
export const MAX_LINE_BYTES = 8_388_608;
/** Largest message the bridge takes from the gateway, bytes: above the gateway's own bound on answers. */
export const MAX_EVENT_BYTES = 16_777_216;
/** Time to connect to the gateway, milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** First and longest pause between two attempts to reach the gateway, milliseconds. */
export const RETRY_FIRST_MS = 100;
export const RETRY_MOST_MS = 5_000;
/** How long the bridge tries before it answers a request with an error, milliseconds: a restart fits into it. */
export const RETRY_FOR_MS = 20_000;
/** Most requests in flight through the bridge; the gateway allows an agent ten at once and queues few. */
export const MAX_IN_FLIGHT = 256;
/** Longest passphrase, UTF-16 units. */
export const MAX_PASSPHRASE = 1_024;
/** Longest password or wallet secret, bytes: 24 words of 8 letters, with room for untidy spaces. */
export const MAX_SECRET_BYTES = 512;
/** Largest backup file of a wallet that is read, bytes; one with 16 keys has under 8,192. */
export const MAX_BACKUP_BYTES = 65_536;
/** Time for a faucet to answer, milliseconds. */
export const FAUCET_TIMEOUT_MS = 30_000;
/** How long a new account is waited for on its ledger after it was funded, and the pause between two looks, milliseconds. */
export const FUNDING_WAIT_MS = 45_000;
export const FUNDING_POLL_MS = 1_000;
/** How long a person has to sign in, milliseconds: to find a wallet, and its password. */
export const LOGIN_WAIT_MS = 600_000;
/** Time for an answer of the API or the authorisation server, milliseconds. */
export const ANSWER_TIMEOUT_MS = 30_000;
/** Largest answer of either, bytes. */
export const MAX_OAUTH_BYTES = 8_388_608;
/** Pause between two questions for a device's token, seconds, whatever the server asks for. */
export const MIN_POLL_SECONDS = 1;
export const MAX_POLL_SECONDS = 60;
/** An access token with less time left is renewed first, milliseconds. */
export const REFRESH_BEFORE_MS = 30_000;
/** A lock on the sign-in that is older was left by a crash, milliseconds: a renewal takes no longer than its answer. */
export const LOGIN_LOCK_MS = 60_000;
