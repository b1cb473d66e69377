import { argon2, pbkdf2 } from 'node:crypto';
import { utf8 } from '@wardmesh/core';
import { assertBytes } from './check.ts';
import { cryptoError } from './error.ts';
import * as limits from './limits.ts';

/** Parameters of a password KDF. `memoryCost` in KiB. */
export type KdfParameters =
  | {
      readonly kdf: 'argon2id';
      readonly memoryCost: number;
      readonly timeCost: number;
      readonly parallelism: number;
      readonly salt: Uint8Array;
    }
  | { readonly kdf: 'pbkdf2-sha256'; readonly iterations: number; readonly salt: Uint8Array };

/** What we write with: Argon2id 64 MiB, t=3, p=4 (XR-KDF-1); PBKDF2-SHA-256 × 600,000 in FIPS mode (XR-KDF-2). */
export function defaultKdf(salt: Uint8Array, fips = false): KdfParameters {
  return fips
    ? { kdf: 'pbkdf2-sha256', iterations: limits.PBKDF2_ITERATIONS, salt }
    : {
        kdf: 'argon2id',
        memoryCost: limits.ARGON2_MEMORY_KIB,
        timeCost: limits.ARGON2_PASSES,
        parallelism: limits.ARGON2_LANES,
        salt,
      };
}

/**
 * Refuses parameters weaker than what we write (a downgrade) or so large that deriving is an attack (a memory bomb).
 * @throws CRYPTO_KDF_REFUSED (XR-KDF-3)
 */
export function assertKdf(parameters: KdfParameters): void {
  within('salt bytes', parameters.salt?.length, limits.SALT_BYTES, limits.MAX_SALT_BYTES);
  if (parameters.kdf === 'pbkdf2-sha256') {
    within('iterations', parameters.iterations, limits.PBKDF2_ITERATIONS, limits.PBKDF2_MAX_ITERATIONS);
  } else if (parameters.kdf === 'argon2id') {
    within('memoryCost', parameters.memoryCost, limits.ARGON2_MEMORY_KIB, limits.ARGON2_MAX_MEMORY_KIB);
    within('timeCost', parameters.timeCost, limits.ARGON2_PASSES, limits.ARGON2_MAX_PASSES);
    within('parallelism', parameters.parallelism, limits.ARGON2_LANES, limits.ARGON2_MAX_LANES);
  } else {
    throw cryptoError('CRYPTO_KDF_REFUSED', 'the key derivation function is not one we know');
  }
}

function within(name: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw cryptoError('CRYPTO_KDF_REFUSED', `${name} must be ${least} to ${most}`);
  }
}

/** A 32-byte key from a password. @throws CRYPTO_KDF_REFUSED, CRYPTO_BAD_INPUT */
export async function passwordKey(password: string | Uint8Array, parameters: KdfParameters): Promise<Uint8Array> {
  const message = passwordBytes(password);
  assertKdf(parameters);
  assertBytes(parameters.salt, 'salt');
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Uint8Array): void => {
      if (message !== password) message.fill(0);
      if (error === null || error === undefined) resolve(new Uint8Array(key.buffer, key.byteOffset, key.length));
      else reject(cryptoError('CRYPTO_KDF_REFUSED', 'the key could not be derived', { cause: error }));
    };
    if (parameters.kdf === 'argon2id') {
      argon2(
        'argon2id',
        {
          message,
          nonce: parameters.salt,
          memory: parameters.memoryCost,
          passes: parameters.timeCost,
          parallelism: parameters.parallelism,
          tagLength: limits.KEY_BYTES,
        },
        done,
      );
    } else {
      pbkdf2(message, parameters.salt, parameters.iterations, limits.KEY_BYTES, 'sha256', done);
    }
  });
}

/** NFKC, as a password typed on two keyboards is one password. */
function passwordBytes(password: unknown): Uint8Array {
  const bytes = typeof password === 'string' ? utf8(password.normalize('NFKC')) : password;
  assertBytes(bytes, 'password');
  if (bytes.length === 0 || bytes.length > limits.MAX_PASSWORD_BYTES) {
    throw cryptoError('CRYPTO_BAD_INPUT', `a password has 1 to ${limits.MAX_PASSWORD_BYTES} bytes`);
  }
  return bytes;
}
