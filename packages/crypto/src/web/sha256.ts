import { sha256 as noble } from '@noble/hashes/sha2.js';

/** SHA-256 (FIPS 180-4), 32 bytes. @throws TypeError for what is not a Uint8Array. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('sha256 takes bytes');
  return noble(bytes);
}
