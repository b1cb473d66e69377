import { canonicalBytes, concatBytes, fromBase64, type Random, toBase64 } from '@wardmesh/core';
import { assertKdf, defaultKdf, type KdfParameters, open, passwordKey, seal } from '@wardmesh/crypto';
import { fromCrypto } from '../error.ts';
import type { PasswordKdf } from '../ports.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { EncryptionHeader, SealedData } from './encrypted-wallet.ts';

const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface PasswordBoxOptions {
  readonly random: Random;
  /** PBKDF2-SHA-256 instead of Argon2id when writing (XR-KDF-2). */
  readonly fips?: boolean;
  /** The crypto package's where left out. */
  readonly deriveKey?: PasswordKdf;
}

/** A header with a fresh salt, so that the key it leads to seals once and never again. */
export function newEncryption(options: PasswordBoxOptions): EncryptionHeader {
  const parameters = defaultKdf(options.random.bytes(SALT_BYTES), options.fips ?? false);
  const salt = toBase64(parameters.salt);
  if (parameters.kdf === 'pbkdf2-sha256') {
    const { kdf, iterations } = parameters;
    return { algorithm: 'aes-256-gcm', kdf, kdfParams: { iterations, salt } };
  }
  const { kdf, memoryCost, timeCost, parallelism } = parameters;
  return { algorithm: 'aes-256-gcm', kdf, kdfParams: { memoryCost, timeCost, parallelism, salt } };
}

/** Seals under a password. @param bound what the box is bound to, with its header: canonical JSON of it is the AAD */
export async function sealWithPassword(
  password: Uint8Array,
  plaintext: Uint8Array,
  encryption: EncryptionHeader,
  bound: object,
  options: PasswordBoxOptions,
): Promise<SealedData> {
  using key = await keyOf(password, encryption, options);
  const box = seal(key.getBuffer(), plaintext, canonicalBytes({ encryption, ...bound }), options.random);
  return {
    iv: toBase64(box.subarray(0, IV_BYTES)),
    authTag: toBase64(box.subarray(box.length - TAG_BYTES)),
    ciphertext: toBase64(box.subarray(IV_BYTES, box.length - TAG_BYTES)),
  };
}

/**
 * What {@link sealWithPassword} sealed.
 * @throws VAULT_KDF_REFUSED before any work for parameters out of bounds (XR-KDF-3), VAULT_NOT_GENUINE
 */
export async function openWithPassword(
  password: Uint8Array,
  data: SealedData,
  encryption: EncryptionHeader,
  bound: object,
  options: Pick<PasswordBoxOptions, 'deriveKey'>,
): Promise<SecureBuffer> {
  using key = await keyOf(password, encryption, options);
  const box = concatBytes(fromBase64(data.iv), fromBase64(data.ciphertext), fromBase64(data.authTag));
  try {
    return SecureBuffer.take(open(key.getBuffer(), box, canonicalBytes({ encryption, ...bound })));
  } catch (error) {
    throw fromCrypto(error);
  }
}

async function keyOf(
  password: Uint8Array,
  { kdf, kdfParams }: EncryptionHeader,
  { deriveKey = passwordKey }: Pick<PasswordBoxOptions, 'deriveKey'>,
): Promise<SecureBuffer> {
  const parameters = { kdf, ...kdfParams, salt: fromBase64(kdfParams.salt) } as KdfParameters;
  try {
    assertKdf(parameters);
    return SecureBuffer.take(await deriveKey(password, parameters));
  } catch (error) {
    throw fromCrypto(error);
  }
}
