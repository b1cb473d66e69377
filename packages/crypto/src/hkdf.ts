import { createSecretKey, hkdfSync } from 'node:crypto';
import { utf8 } from '@wardmesh/core';
import { assertBytes } from './check.ts';
import { cryptoError } from './error.ts';
import { MAX_HKDF_BYTES, MAX_LABEL_BYTES } from './limits.ts';

const NO_SALT = new Uint8Array(0);

/**
 * A key for one purpose: HKDF-SHA-256 (RFC 5869) with info = `wardmesh/v1/` + label. One label, one purpose.
 * @param length output in bytes, 1 … 8160.
 */
export function hkdf(master: Uint8Array, label: string, length = 32, salt: Uint8Array = NO_SALT): Uint8Array {
  assertBytes(master, 'master key');
  assertBytes(salt, 'salt');
  if (typeof label !== 'string' || label === '' || utf8(label).length > MAX_LABEL_BYTES) {
    throw cryptoError('CRYPTO_BAD_INPUT', 'the label must be a short text');
  }
  return hkdfRaw(master, salt, utf8(`wardmesh/v1/${label}`), length);
}

/** RFC 5869 as written, for its vectors and for foreign formats; ours go through {@link hkdf}. */
export function hkdfRaw(master: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > MAX_HKDF_BYTES) {
    throw cryptoError('CRYPTO_BAD_INPUT', `a derived key has 1 to ${MAX_HKDF_BYTES} bytes`);
  }
  return new Uint8Array(hkdfSync('sha256', createSecretKey(master), salt, info, length));
}
