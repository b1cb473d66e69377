/** Bounds of this package, each with its reason. */

/** Keys of one wallet in a provider, as in a wallet's file: one that signs and those that a rotation has in hand. */
export const MAX_KEYS = 16;
/** Largest sealed register, bytes; one with 16 keys has under 8,000. */
export const MAX_REGISTER_BYTES = 32_768;
/** Longest message that is signed, bytes; the keystore's own bound. */
export const MAX_MESSAGE_BYTES = 1_000_000;
/** Longest message that AWS KMS signs whole, bytes (API reference, Sign: MessageType RAW). */
export const MAX_KMS_RAW_BYTES = 4_096;
/** Longest reference of a key at its provider: an ARN has at most 2,048 characters. */
export const MAX_REFERENCE_LENGTH = 2_048;

/** Time for one signature or key generation inside a token, ms: smart cards make a key in several seconds. */
export const TOKEN_TIMEOUT = 15_000;
/** Bytes that a signature of a token may have: 64, and room to notice one that is longer. */
export const TOKEN_SIGNATURE_BYTES = 256;

/** Time to connect to the key service, and for one answer, ms. */
export const KMS_CONNECT_TIMEOUT = 3_000;
export const KMS_REQUEST_TIMEOUT = 5_000;
/** Tries of one call to the key service; the client waits in between, longer each time. */
export const KMS_ATTEMPTS = 3;
/** Days from the order to destroy a key until the key service does so: the fewest that it takes (7 to 30). */
export const KMS_DELETION_DAYS = 7;
/** Keys that are looked through for one that a crash left without its alias. */
export const MAX_KMS_PAGES = 100;
/** Largest wrapped key, bytes: the service's form of 64 bytes has under 300. */
export const MAX_WRAPPED_KEY_BYTES = 1_024;
