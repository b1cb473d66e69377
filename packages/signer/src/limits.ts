/** Bounds of this package, each with its reason. */

const MEBIBYTE = 1_048_576;

/** Bytes of a frame's head: two big-endian uint32, the lengths of its JSON and of its attachments. */
export const FRAME_HEAD = 8;
/** JSON of one frame, bytes: a policy and its history, or a batch of approvals, with room. */
export const MAX_FRAME_JSON = 4 * MEBIBYTE;
/** Attachments of one frame, bytes: passwords, a secret and a backup file take under 10,000. */
export const MAX_FRAME_ATTACHMENTS = MEBIBYTE;
/** Attachments of one frame: `wallet.restore` and `wallet.secure` need three. */
export const MAX_ATTACHMENTS = 8;
/** Requests that one side of a connection answers at a time. */
export const MAX_IN_FLIGHT = 64;
/** Bytes that wait for a peer that does not read, before it is dropped. */
export const MAX_UNSENT = 16 * MEBIBYTE;
/** A frame begun must be whole after this, ms: nobody holds memory by sending slowly. */
export const FRAME_DEADLINE = 30_000;
/** Connections of one socket: the gateway's wallet server and a few commands at a time. */
export const MAX_CONNECTIONS = 32;
/** Longest an answer is waited for, ms: a rotation waits for the ledger, which closes every few seconds. */
export const ANSWER_DEADLINE = 300_000;
/** Longest an answer of the ledger's client is waited for, ms. */
export const LEDGER_DEADLINE = 60_000;
/** Longest name of a method. */
export const MAX_METHOD_LENGTH = 64;
/** Longest path of a Unix socket, bytes, without its terminator (unix(7)). */
export const MAX_SOCKET_PATH = 107;

/** OpenSSL's secure heap, bytes, a power of two: Argon2id works in it, 64 MiB a password, one password at a time. */
export const SECURE_HEAP_BYTES = 128 * MEBIBYTE;
/** Smallest allocation of the secure heap, bytes, a power of two. */
export const SECURE_HEAP_MIN = 16;

/** How often expired sessions are wiped, ms. */
export const SWEEP_INTERVAL = 30_000;
/** Longest a file of approvers may be, bytes. */
export const MAX_APPROVERS_BYTES = 65_536;
/** Age at which a key is due for rotation, ms: a quarter (CM-KMS-2). */
export const ROTATION_PERIOD = 90 * 24 * 3_600_000;
/** Share of a key's signatures after which it is due whatever its age. */
export const ROTATION_SIGNATURES_SHARE = 0.9;

/** Memory of the process, bytes: Argon2id takes 64 MiB a password, the rest is Node's. */
export const PROCESS_MEMORY = 768 * MEBIBYTE;
/** Memory that one operation may add, bytes. */
export const OPERATION_MEMORY = 256 * MEBIBYTE;
/** Largest file it may write, bytes: the database and a segment of its log. */
export const MAX_FILE_BYTES = 1_024 * MEBIBYTE;
/** From spawn to the ready line, ms. */
export const READY_DEADLINE = 30_000;
/** First wait before a restart and longest, ms; doubled by each crash. */
export const RESTART_FIRST = 250;
export const RESTART_MOST = 30_000;
/** Crashes within the window that trip the breaker, and the window, ms. */
export const BREAKER_CRASHES = 5;
export const BREAKER_WINDOW = 60_000;
/** Longest a stop waits for requests in flight, ms. */
export const STOP_GRACE = 2_000;
/** How often it is looked whether they are done, ms. */
export const STOP_POLL = 10;
/** Longest line of the process's own output that is passed on, UTF-16 units. */
export const MAX_OUTPUT_LINE = 2_048;

/** Ledgers that a transaction of the operator's own (SetRegularKey, AccountSet) may wait: about four minutes. */
export const OPERATOR_LEDGERS = 60;
/** Most that a transaction of the operator's own may burn as its fee, drops: 1 XRP. Facts come from outside. */
export const MAX_OWN_FEE = 1_000_000n;
/** Pause between two questions for the outcome of a transaction, ms, and the longest time they go on. */
export const OUTCOME_PAUSE = 1_000;
export const OUTCOME_DEADLINE = 240_000;

/** Providers of keys in one home, and the largest file that names them, bytes: eight of the largest that are read. */
export const MAX_PROVIDERS = 8;
export const MAX_PROVIDERS_BYTES = 262_144;
/** Largest file with the credentials of a key service, bytes: four texts of at most 4,096. */
export const MAX_CREDENTIALS_BYTES = 32_768;
/** Longest one signature of a provider is waited for, ms: longer than a token (15 s) or a key service (3 tries of 5 s) takes. */
export const PROVIDER_SIGN_DEADLINE = 20_000;
/** A wallet in a provider locks itself like one of the vault: idle time and whole time, ms (AUTH-003). */
export const PROVIDER_IDLE = 30 * 60_000;
export const PROVIDER_TOTAL = 8 * 3_600_000;
/** Signatures of one key of a provider before it must be rotated, as in the vault. */
export const MAX_KEY_SIGNATURES = 2 ** 32 - 1;
