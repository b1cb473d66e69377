import {
  canonicalBytes,
  concatBytes,
  fromBase64,
  isJsonObject,
  type JsonObject,
  type Random,
  systemRandom,
  toBase64,
} from '@wardmesh/core';
import { open, seal } from './aead.ts';
import { assertBytes } from './check.ts';
import { cryptoError } from './error.ts';
import { IV_BYTES, MAX_BLOB_BYTES, SALT_BYTES, TAG_BYTES } from './limits.ts';
import { assertKdf, defaultKdf, type KdfParameters, passwordKey } from './password-kdf.ts';

/** The seed's encrypted file, version 1 (seed §Encrypted Wallet File Format). All byte members are standard base64. */
export interface PasswordBlob {
  readonly version: 1;
  readonly encryption: {
    readonly algorithm: 'aes-256-gcm';
    readonly kdf: 'argon2id' | 'pbkdf2-sha256';
    readonly kdfParams:
      | {
          readonly memoryCost: number;
          readonly timeCost: number;
          readonly parallelism: number;
          readonly salt: string;
        }
      | { readonly iterations: number; readonly salt: string };
  };
  readonly data: { readonly iv: string; readonly authTag: string; readonly ciphertext: string };
}

export interface PasswordSealOptions {
  /** PBKDF2-SHA-256 instead of Argon2id (XR-KDF-2). */
  readonly fips?: boolean;
  /** Bytes the blob is bound to beside its own header, such as its file's purpose. */
  readonly context?: Uint8Array;
  readonly random?: Random;
}

/** Seals under a password. The header (algorithm, KDF, its parameters) is authenticated too. */
export async function sealWithPassword(
  password: string | Uint8Array,
  plaintext: Uint8Array,
  options: PasswordSealOptions = {},
): Promise<PasswordBlob> {
  assertBytes(plaintext, 'plaintext');
  if (plaintext.length > MAX_BLOB_BYTES) throw cryptoError('CRYPTO_BAD_INPUT', 'the plaintext is too large');
  const random = options.random ?? systemRandom;
  const parameters = defaultKdf(random.bytes(SALT_BYTES), options.fips ?? false);
  const header = headerOf(parameters);
  const key = await passwordKey(password, parameters);
  try {
    const box = seal(key, plaintext, aadOf(header, options.context), random);
    return {
      ...header,
      data: {
        iv: toBase64(box.subarray(0, IV_BYTES)),
        authTag: toBase64(box.subarray(box.length - TAG_BYTES)),
        ciphertext: toBase64(box.subarray(IV_BYTES, box.length - TAG_BYTES)),
      },
    };
  } finally {
    key.fill(0);
  }
}

/**
 * What {@link sealWithPassword} sealed; `blob` may be any parsed JSON.
 * @throws CRYPTO_FORMAT where it is not such a blob, CRYPTO_KDF_REFUSED where its KDF is out of bounds,
 *   CRYPTO_NOT_GENUINE for a wrong password or changed bytes (the two cannot be told apart).
 */
export async function openWithPassword(
  password: string | Uint8Array,
  blob: unknown,
  context?: Uint8Array,
): Promise<Uint8Array> {
  const { parameters, iv, authTag, ciphertext } = parseBlob(blob);
  assertKdf(parameters);
  const key = await passwordKey(password, parameters);
  try {
    return open(key, concatBytes(iv, ciphertext, authTag), aadOf(headerOf(parameters), context));
  } finally {
    key.fill(0);
  }
}

type Header = Pick<PasswordBlob, 'version' | 'encryption'>;

function headerOf(parameters: KdfParameters): Header {
  const salt = toBase64(parameters.salt);
  return {
    version: 1,
    encryption: {
      algorithm: 'aes-256-gcm',
      kdf: parameters.kdf,
      kdfParams:
        parameters.kdf === 'argon2id'
          ? {
              memoryCost: parameters.memoryCost,
              timeCost: parameters.timeCost,
              parallelism: parameters.parallelism,
              salt,
            }
          : { iterations: parameters.iterations, salt },
    },
  };
}

function aadOf(header: Header, context: Uint8Array = new Uint8Array(0)): Uint8Array {
  assertBytes(context, 'context');
  return concatBytes(canonicalBytes(header), context);
}

function parseBlob(blob: unknown) {
  const outer = members(blob, ['version', 'encryption', 'data']);
  const encryption = members(outer.encryption, ['algorithm', 'kdf', 'kdfParams']);
  const data = members(outer.data, ['iv', 'authTag', 'ciphertext']);
  if (outer.version !== 1 || encryption.algorithm !== 'aes-256-gcm') throw malformed();
  return {
    parameters: parseParameters(encryption),
    iv: base64(data.iv, IV_BYTES),
    authTag: base64(data.authTag, TAG_BYTES),
    ciphertext: base64(data.ciphertext),
  };
}

function parseParameters(encryption: JsonObject): KdfParameters {
  if (encryption.kdf === 'pbkdf2-sha256') {
    const given = members(encryption.kdfParams, ['iterations', 'salt']);
    return { kdf: 'pbkdf2-sha256', iterations: given.iterations as number, salt: base64(given.salt) };
  }
  if (encryption.kdf !== 'argon2id') throw cryptoError('CRYPTO_KDF_REFUSED', 'the KDF is not one we know');
  const given = members(encryption.kdfParams, ['memoryCost', 'timeCost', 'parallelism', 'salt']);
  return {
    kdf: 'argon2id',
    memoryCost: given.memoryCost as number,
    timeCost: given.timeCost as number,
    parallelism: given.parallelism as number,
    salt: base64(given.salt),
  };
}

/** Exactly these members; one more would be a statement that nothing authenticates. */
function members(value: unknown, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw malformed();
  const keys = Object.keys(value);
  if (keys.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) throw malformed();
  return value;
}

function base64(value: unknown, length?: number): Uint8Array {
  if (typeof value !== 'string' || value.length > 2 * MAX_BLOB_BYTES) throw malformed();
  try {
    const bytes = fromBase64(value);
    if (length === undefined || bytes.length === length) return bytes;
  } catch {}
  throw malformed();
}

function malformed() {
  return cryptoError('CRYPTO_FORMAT', 'not a password-sealed blob of version 1');
}
