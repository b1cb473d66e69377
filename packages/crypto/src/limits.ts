/** AES-256-GCM sizes in bytes (XR-CRY-1; NIST SP 800-38D §5.2.1.1, §8.2). */
export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** Salt of every password-derived key, bytes (XR-CRY-1: 256 bits). */
export const SALT_BYTES = 32;

/** Random 96-bit IVs under one key must stay below this many (NIST SP 800-38D §8.3; XR-CRY-2). */
export const MAX_SEALS_PER_KEY = 2 ** 32;

/** Uses of a key that are made durable at once: a restart skips at most so many (XR-CRY-2). */
export const KEY_USE_BLOCK = 4_096;

/** HKDF output, bytes: 255 blocks of SHA-256 (RFC 5869 §2.3). */
export const MAX_HKDF_BYTES = 255 * 32;

/** Longest label of a derived key, UTF-8 bytes. */
export const MAX_LABEL_BYTES = 256;

/** The password KDF we write with (XR-KDF-1; seed §Key Derivation; OWASP). Memory in KiB. */
export const ARGON2_MEMORY_KIB = 65_536;
export const ARGON2_PASSES = 3;
export const ARGON2_LANES = 4;

/** What we accept from a file: never weaker than what we write, never so much that reading is an attack (XR-KDF-3). */
export const ARGON2_MAX_MEMORY_KIB = 1_048_576;
export const ARGON2_MAX_PASSES = 16;
export const ARGON2_MAX_LANES = 16;

/** PBKDF2-SHA-256 in FIPS mode (XR-KDF-2). */
export const PBKDF2_ITERATIONS = 600_000;
export const PBKDF2_MAX_ITERATIONS = 10_000_000;

/** Longest salt read from a file, bytes. */
export const MAX_SALT_BYTES = 64;

/** Longest password, UTF-8 bytes: a longer one is a mistake or an attack on the KDF. */
export const MAX_PASSWORD_BYTES = 1_024;

/** Largest plaintext under one password, bytes. */
export const MAX_BLOB_BYTES = 16 * 1_048_576;
