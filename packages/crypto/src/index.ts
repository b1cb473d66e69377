export { open, seal } from './aead.ts';
export { ed25519Verify, type SigningKey, signingKeyFromSeed } from './ed25519.ts';
export type { CryptoErrorCode } from './error.ts';
export { contentHash, hmacSha256, sha256, sha256Hex } from './hash.ts';
export { hkdf } from './hkdf.ts';
export { HmacKey, sha256Text } from './hmac-key.ts';
export { openWithPassword, type PasswordBlob, type PasswordSealOptions, sealWithPassword } from './password-blob.ts';
export { assertKdf, defaultKdf, type KdfParameters, passwordKey } from './password-kdf.ts';
export { type KeyUseStore, SealingKey, type SealingKeyOptions } from './sealing-key.ts';
