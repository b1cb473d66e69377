import { toHex } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { MAX_SECRET_BYTES } from '../limits.ts';
import { joinSecret } from '../secure-buffer/secret-bytes.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { type DerivationPath, FIRST_PATH, keyOfPath } from './derivation-path.ts';
import { familyKey, parseFamilySeed } from './family-seed.ts';
import { parseHexKey } from './hex-key.ts';
import { normaliseMnemonic, seedOfMnemonic } from './mnemonic.ts';
import { type Algorithm, addressOf, publicKeyOf } from './public-key.ts';
import { wordBounds } from './words.ts';

export type SecretFamily = 'mnemonic' | 'family-seed' | 'hex-key';

/** An account that a secret may belong to. Public facts only: this is what a person is shown to choose from. */
export interface Candidate {
  readonly family: SecretFamily;
  readonly algorithm: Algorithm;
  /** Whether the secret's own prefix, or its standard, says this algorithm. */
  readonly isDetected: boolean;
  readonly address: string;
  /** 66 upper-case hex digits. */
  readonly publicKey: string;
}

export interface SecretOptions {
  /** For mnemonics; first account and address where left out. */
  readonly path?: DerivationPath;
  /** For mnemonics: UTF-8 of the NFKD form. */
  readonly passphrase?: Uint8Array;
}

/** A candidate with its key. Stays inside this package. */
export interface KeyedCandidate extends Candidate {
  readonly key: SecureBuffer;
}

/**
 * Detects family and algorithm of a secret and says which address each reading of it has, the likeliest first, for a
 * person to confirm before anything is stored (XR-SEED-2).
 * @param secret UTF-8 of a mnemonic, family seed or hex key; wiped here
 * @throws VAULT_SEED_INVALID
 */
export function inspectSecret(secret: SecureBuffer, options: SecretOptions = {}): readonly Candidate[] {
  return readSecret(secret, options).map(({ key, ...candidate }) => {
    key.zero();
    return candidate;
  });
}

/** {@link inspectSecret} with the keys, which the caller wipes. */
export function readSecret(secret: SecureBuffer, options: SecretOptions = {}): readonly KeyedCandidate[] {
  try {
    const text = trimmed(secret.getBuffer());
    const candidates = readFamilySeed(text) ?? readHexKey(text) ?? readMnemonic(text, options);
    if (candidates !== undefined) return candidates;
    throw vaultError('VAULT_SEED_INVALID', 'neither a mnemonic, a family seed nor a hex key', {
      hint: 'Check for a mistyped character; the checksum did not fit.',
    });
  } finally {
    secret.zero();
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_SECRET_BYTES) throw vaultError('VAULT_SEED_INVALID', 'the secret is too long to be one');
  const bounds = wordBounds(bytes);
  return bytes.subarray(bounds[0]?.[0] ?? 0, bounds.at(-1)?.[1] ?? 0);
}

function readFamilySeed(text: Uint8Array): readonly KeyedCandidate[] | undefined {
  const seed = parseFamilySeed(text);
  if (seed === undefined) return undefined;
  try {
    const read = (algorithm: Algorithm) =>
      candidate('family-seed', algorithm, algorithm === seed.algorithm, familyKey(algorithm, seed.entropy));
    // Some wallets wrote Ed25519 accounts as `s…`: show that address too, and let the person's own address decide.
    return seed.algorithm === 'ed25519' ? [read('ed25519')] : [read('secp256k1'), read('ed25519')];
  } finally {
    seed.entropy.fill(0);
  }
}

function readHexKey(text: Uint8Array): readonly KeyedCandidate[] | undefined {
  const parsed = parseHexKey(text);
  if (parsed === undefined) return undefined;
  const isDetected = parsed.algorithms.length === 1;
  const candidates = parsed.algorithms.map((algorithm) =>
    candidate('hex-key', algorithm, isDetected, joinSecret(parsed.key)),
  );
  parsed.key.fill(0);
  return candidates;
}

function readMnemonic(text: Uint8Array, options: SecretOptions): readonly KeyedCandidate[] | undefined {
  if (wordBounds(text).length < 2) return undefined;
  using mnemonic = normaliseMnemonic(text);
  using seed = seedOfMnemonic(mnemonic, options.passphrase);
  return [candidate('mnemonic', 'secp256k1', true, keyOfPath(seed, options.path ?? FIRST_PATH))];
}

function candidate(family: SecretFamily, algorithm: Algorithm, isDetected: boolean, key: Uint8Array): KeyedCandidate {
  const publicKey = publicKeyOf(algorithm, key);
  return {
    family,
    algorithm,
    isDetected,
    address: addressOf(publicKey),
    publicKey: toHex(publicKey).toUpperCase(),
    key: SecureBuffer.take(key),
  };
}
