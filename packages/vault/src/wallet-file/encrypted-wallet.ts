import {
  canonicalize,
  err,
  fromBase64,
  fromUtf8,
  isJsonObject,
  ok,
  parseStrictJson,
  type Result,
  utf8,
} from '@wardmesh/core';
import { MAX_KEYS, MAX_WALLET_FILE_BYTES } from '../limits.ts';

/** How a password becomes a key. `memoryCost` in KiB; salts in standard base64. */
export type EncryptionHeader =
  | {
      readonly algorithm: 'aes-256-gcm';
      readonly kdf: 'argon2id';
      readonly kdfParams: {
        readonly memoryCost: number;
        readonly timeCost: number;
        readonly parallelism: number;
        readonly salt: string;
      };
    }
  | {
      readonly algorithm: 'aes-256-gcm';
      readonly kdf: 'pbkdf2-sha256';
      readonly kdfParams: { readonly iterations: number; readonly salt: string };
    };

/** A box of AES-256-GCM; every member in standard base64. */
export interface SealedData {
  readonly iv: string;
  readonly authTag: string;
  readonly ciphertext: string;
}

/** The seed's wallet file, version 1 (seed §Wallet File Format; XR-FILE-1); `pbkdf2-sha256` in FIPS mode. */
export interface EncryptedWallet {
  readonly version: 1;
  readonly encryption: EncryptionHeader;
  readonly data: SealedData;
  /** Times in ISO 8601. Never an address, a network, a name, or anything that follows from a key. */
  readonly metadata: { readonly created: string; readonly modified: string; readonly keyCount: number };
}

/** The one spelling of a file: canonical JSON and a line feed. */
export function serializeWallet(wallet: EncryptedWallet): Uint8Array {
  return utf8(`${canonicalize(wallet)}\n`);
}

/**
 * The wallet in a file's bytes. Strict: exactly these members, and exactly the spelling that {@link serializeWallet}
 * writes, so that no byte of the file is without meaning. Bounds of the KDF are checked before it runs, not here.
 */
export function parseWallet(bytes: Uint8Array): Result<EncryptedWallet, 'VAULT_FORMAT'> {
  const value = parseCanonical(bytes, MAX_WALLET_FILE_BYTES);
  if (!hasMembers(value, ['version', 'encryption', 'data', 'metadata']) || value.version !== 1) return malformed();
  if (!isEncryptionHeader(value.encryption) || !isSealedData(value.data) || !isMetadata(value.metadata)) {
    return malformed();
  }
  return ok(value as unknown as EncryptedWallet);
}

/** JSON in its one spelling with a line feed after it, or undefined. */
export function parseCanonical(bytes: Uint8Array, maxBytes: number): unknown {
  if (bytes.length > maxBytes) return undefined;
  try {
    const text = fromUtf8(bytes);
    const parsed = parseStrictJson(text);
    return parsed.ok && `${canonicalize(parsed.value)}\n` === text ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}

/** Exactly these members. */
export function hasMembers(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return (
    isJsonObject(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name))
  );
}

export function isEncryptionHeader(value: unknown): value is EncryptionHeader {
  if (!hasMembers(value, ['algorithm', 'kdf', 'kdfParams']) || value.algorithm !== 'aes-256-gcm') return false;
  const parameters = value.kdfParams;
  const numbers =
    value.kdf === 'argon2id'
      ? ['memoryCost', 'timeCost', 'parallelism']
      : value.kdf === 'pbkdf2-sha256'
        ? ['iterations']
        : undefined;
  return (
    numbers !== undefined &&
    hasMembers(parameters, [...numbers, 'salt']) &&
    numbers.every((name) => Number.isSafeInteger(parameters[name])) &&
    isBase64(parameters.salt)
  );
}

export function isSealedData(value: unknown): value is SealedData {
  return (
    hasMembers(value, ['iv', 'authTag', 'ciphertext']) &&
    isBase64(value.iv, 12) &&
    isBase64(value.authTag, 16) &&
    isBase64(value.ciphertext)
  );
}

/** A time as {@link Date.toISOString} writes it. */
export function isTimestamp(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length === 24 &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString() === value
  );
}

function isMetadata(value: unknown): boolean {
  return (
    hasMembers(value, ['created', 'modified', 'keyCount']) &&
    isTimestamp(value.created) &&
    isTimestamp(value.modified) &&
    Number.isInteger(value.keyCount) &&
    (value.keyCount as number) >= 0 &&
    (value.keyCount as number) <= MAX_KEYS
  );
}

function isBase64(value: unknown, length?: number): boolean {
  if (typeof value !== 'string') return false;
  try {
    const bytes = fromBase64(value);
    return length === undefined || bytes.length === length;
  } catch {
    return false;
  }
}

function malformed() {
  return err('VAULT_FORMAT' as const);
}
