/** Bounds of this package, each with its reason. */

/** Bytes of a private key of either curve: an Ed25519 seed (RFC 8032 §5.1.5) or a secp256k1 scalar (SEC 1 §3.2.1). */
export const PRIVATE_KEY_BYTES = 32;
/** Bytes of an XRPL public key: 0xED and 32 bytes, or a compressed point. */
export const PUBLIC_KEY_BYTES = 33;
/** Bytes of an XRPL AccountID. */
export const ACCOUNT_ID_BYTES = 20;
/** Bytes of the entropy in a family seed. */
export const FAMILY_SEED_BYTES = 16;
/** Random bytes in the id of a wallet and of a key: they never collide and cannot be guessed. */
export const ID_BYTES = 16;

/** Longest secret that is read, bytes: 24 words of 8 letters, with room for untidy spaces. */
export const MAX_SECRET_BYTES = 512;
/** Longest BIP-39 passphrase, UTF-8 bytes. */
export const MAX_PASSPHRASE_BYTES = 256;
/** PBKDF2-HMAC-SHA-512 rounds from words to seed (BIP-39 §From mnemonic to seed). */
export const BIP39_ROUNDS = 2_048;
/** Largest account, or address index, of a derivation path: hardened indices begin at 2^31 (BIP-32). */
export const MAX_PATH_INDEX = 2 ** 31 - 1;

/** Password, bytes (AUTH-004: 12 to 128). */
export const MIN_PASSWORD_BYTES = 12;
export const MAX_PASSWORD_BYTES = 128;

/** Keys in one wallet: a master, a regular, and those that a rotation has in hand. */
export const MAX_KEYS = 16;
/** Largest wallet or backup file, bytes; one with 16 keys has under 3,000. */
export const MAX_WALLET_FILE_BYTES = 8_192;
/** Largest index, bytes: 100 wallets of 16 keys. */
export const MAX_INDEX_BYTES = 1_048_576;
/** Wallets of one network. */
export const MAX_WALLETS = 100;
/** Longest name of a wallet, UTF-16 units. */
export const MAX_NAME_LENGTH = 64;

/** Unlocked wallet: idle time and whole time until it locks itself, milliseconds (AUTH-003: 30 min, 8 h). */
export const SESSION_IDLE = 30 * 60_000;
export const SESSION_TOTAL = 8 * 3_600_000;

/** Seals counted for one data key before a change of the wallet takes a new one; a change reserves a block of 4,096. */
export const DATA_KEY_SEALS = 65_536;

/** Longest message that is signed, bytes: twice the largest transaction that the wallet takes (10^6 hex digits). */
export const MAX_MESSAGE_BYTES = 1_000_000;
/** Signatures of one key that are made durable at once: a restart skips at most so many. */
export const SIGNATURE_BLOCK = 1_024;
/** Signatures of one key before it must be rotated, unless set lower. */
export const MAX_SIGNATURES = 2 ** 32 - 1;

/** Time between two rotations of a wallet, milliseconds; a forced one may come sooner, five times a day. */
export const ROTATION_COOLDOWN = 24 * 3_600_000;
export const MAX_FORCED_ROTATIONS = 5;
/** Largest journal of a rotation, bytes. */
export const MAX_JOURNAL_BYTES = 65_536;
