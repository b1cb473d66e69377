import { createHmac, createSecretKey, hash } from 'node:crypto';
import { assertBytes } from './check.ts';

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  assertBytes(bytes, 'data');
  return hash('sha256', bytes, 'buffer');
}

/** SHA-256 as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  assertBytes(bytes, 'data');
  return hash('sha256', bytes, 'hex');
}

/** How records name content: `sha256:` and 64 lower-case hex digits. */
export function contentHash(bytes: Uint8Array): `sha256:${string}` {
  return `sha256:${sha256Hex(bytes)}`;
}

/** HMAC-SHA-256 (RFC 2104), 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  assertBytes(key, 'key');
  assertBytes(data, 'data');
  // As a KeyObject: Node finds out by an exception that bytes are none, which takes longer than the hash.
  return createHmac('sha256', createSecretKey(key)).update(data).digest();
}
