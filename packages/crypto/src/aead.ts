import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { concatBytes, type Random, systemRandom } from '@wardmesh/core';
import { assertBytes } from './check.ts';
import { cryptoError } from './error.ts';
import { IV_BYTES, KEY_BYTES, TAG_BYTES } from './limits.ts';

const ALGORITHM = 'aes-256-gcm';

/**
 * AES-256-GCM with a fresh random IV: iv (12) ‖ ciphertext ‖ tag (16).
 * A key used more than a few times goes through {@link SealingKey}, which counts.
 * @param aad what the ciphertext is bound to; mandatory, so that no box fits where it does not belong.
 */
export function seal(
  key: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  random: Random = systemRandom,
): Uint8Array {
  assertBytes(key, 'key', KEY_BYTES);
  assertBytes(plaintext, 'plaintext');
  assertAad(aad);
  const iv = random.bytes(IV_BYTES);
  assertBytes(iv, 'iv', IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, createSecretKey(key), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const body = cipher.update(plaintext);
  return concatBytes(iv, body, cipher.final(), cipher.getAuthTag());
}

/** What {@link seal} sealed. @throws CRYPTO_NOT_GENUINE for any other bytes, key or aad; no byte is returned before. */
export function open(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array {
  assertBytes(key, 'key', KEY_BYTES);
  assertBytes(sealed, 'sealed box');
  assertAad(aad);
  if (sealed.length < IV_BYTES + TAG_BYTES) throw notGenuine();
  const tagAt = sealed.length - TAG_BYTES;
  const iv = sealed.subarray(0, IV_BYTES);
  const decipher = createDecipheriv(ALGORITHM, createSecretKey(key), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plaintext = decipher.update(sealed.subarray(IV_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw notGenuine();
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
}

function assertAad(aad: unknown): asserts aad is Uint8Array {
  assertBytes(aad, 'aad');
  if (aad.length === 0) throw cryptoError('CRYPTO_BAD_INPUT', 'aad must not be empty');
}

function notGenuine() {
  return cryptoError('CRYPTO_NOT_GENUINE', 'the sealed bytes, their key or their place are not the right ones');
}
