/** Bounds of this package, each with its reason. */

/** All XRP there will ever be, drops: 10^11 XRP. No amount in drops is larger. */
export const MAX_DROPS = 100_000_000_000_000_000n;
/** Drops in one XRP. */
export const DROPS_PER_XRP = 1_000_000n;
/** Largest MPT amount, units (XLS-33: 63 bits). */
export const MAX_MPT_UNITS = 9_223_372_036_854_775_807n;
/** Longest decimal we read, characters: the codec writes 10^96 with 97 digits, and 96 decimal places. */
export const MAX_DECIMAL_CHARS = 200;
/** Largest exponent of a decimal we read; XRPL's issued amounts stay within -96…80, its Number type within ±32,768. */
export const MAX_DECIMAL_EXPONENT = 200;

/** Largest unsigned transaction, bytes. A Batch of eight with full path sets takes 24 KiB; the codec slows with the square of the size. */
export const MAX_BLOB_BYTES = 32_768;
/** Smallest transaction that could carry a type, an account, a fee and a sequence, bytes. */
export const MIN_BLOB_BYTES = 10;
/** Most inner transactions of a Batch (XLS-56 §2.2). */
export const MAX_BATCH_TRANSACTIONS = 8;
/** Most memos we read. The ledger bounds them by size alone. */
export const MAX_MEMOS = 16;
/** Memos of one transaction together, bytes (VAL-006 and the ledger: 1 KB). */
export const MAX_MEMO_BYTES = 1_024;

/** Addresses that are remembered as checked. */
export const KNOWN_ADDRESSES = 4_096;

/** Furthest LastLedgerSequence ahead of the ledger, ledgers: 7 days at 4 s, the longest a co-sign request may stay open. */
export const MAX_LEDGERS_AHEAD = 151_200;

/** Largest policy text, UTF-16 units. */
export const MAX_POLICY_CHARS = 1_048_576;
export const MAX_ALLOWED_ADDRESSES = 1_000;
export const MAX_BLOCKED_ADDRESSES = 10_000;
export const MAX_BLOCKED_ISSUERS = 1_000;
export const MAX_TRUSTED_TAGS = 1_000;
export const MAX_EXCHANGES = 100;
export const MAX_RATES = 1_000;
/** Most rules of a policy. Each is tried for every transaction. */
export const MAX_RULES = 256;
/** Deepest nesting of and/or/not in one rule. */
export const MAX_CONDITION_DEPTH = 16;
/** Most conditions in one policy. */
export const MAX_CONDITIONS = 4_096;

/** Versions that one change of a policy may skip without an approval. Each part ends at 10^9, and then nothing changes any more. */
export const MAX_VERSION_STEP = 100;

export const MAX_PATTERNS = 100;
/** Longest pattern, UTF-16 units (policies/schema.json). */
export const MAX_PATTERN_CHARS = 256;
/** Largest compiled pattern, instructions: bounds what repetition counts can multiply to. */
export const MAX_PATTERN_PROGRAM = 2_048;
/** Longest text a pattern is run over, code points. */
export const MAX_PATTERN_TEXT = 4_096;

/** Most reservations a wallet may hold open at once. */
export const MAX_OPEN_RESERVATIONS = 1_000;
/** Most signers of a signer list (XLS-27: 32). */
export const MAX_SIGNERS = 32;
/** Longest preimage we make or read, bytes: what rippled takes (PreimageSha256, maxPreimageLength). */
export const MAX_PREIMAGE_BYTES = 128;
