import { concatBytes, equalBytes } from '@wardmesh/core';
import { FAMILY_SEED_BYTES } from '../limits.ts';
import { joinSecret } from '../secure-buffer/secret-bytes.ts';
import { decodeBase58Check } from './base58.ts';
import { type Algorithm, publicKeyOf, sha512Half } from './public-key.ts';
import { addScalars, isScalar } from './scalar.ts';

/** Version bytes: `s…` (0x21) is written for either algorithm, `sEd…` (0x01E14B) for Ed25519 only. */
const ED25519_VERSION = Uint8Array.of(0x01, 0xe1, 0x4b);
const FAMILY_VERSION = Uint8Array.of(0x21);

export interface FamilySeed {
  /** What the prefix says. An `s…` seed may have been used with Ed25519 all the same: only the address tells. */
  readonly algorithm: Algorithm;
  /** 16 bytes; the caller wipes them. */
  readonly entropy: Uint8Array;
}

/** A family seed in base58check, as bytes, or undefined. */
export function parseFamilySeed(text: Uint8Array): FamilySeed | undefined {
  const payload = decodeBase58Check(text);
  if (payload === undefined) return undefined;
  try {
    for (const [algorithm, version] of [
      ['ed25519', ED25519_VERSION],
      ['secp256k1', FAMILY_VERSION],
    ] as const) {
      const isIt = equalBytes(payload.subarray(0, version.length), version);
      if (isIt && payload.length === version.length + FAMILY_SEED_BYTES) {
        return { algorithm, entropy: joinSecret(payload.subarray(version.length)) };
      }
    }
    return undefined;
  } finally {
    payload.fill(0);
  }
}

/** Private key of the first account of a family seed, 32 bytes; the caller wipes it (XRPL §Key Derivation). */
export function familyKey(algorithm: Algorithm, entropy: Uint8Array): Uint8Array {
  if (algorithm === 'ed25519') return sha512Half(entropy);
  const root = hashToScalar(entropy);
  const intermediate = hashToScalar(concatBytes(publicKeyOf('secp256k1', root), new Uint8Array(4)));
  try {
    return addScalars(root, intermediate);
  } finally {
    root.fill(0);
    intermediate.fill(0);
  }
}

/** SHA-512Half(bytes ‖ counter) for the first counter that gives a scalar: nearly always zero. */
function hashToScalar(bytes: Uint8Array): Uint8Array {
  const input = joinSecret(bytes, new Uint8Array(4));
  try {
    for (let counter = 0; ; counter++) {
      new DataView(input.buffer).setUint32(bytes.length, counter);
      const scalar = sha512Half(input);
      if (isScalar(scalar)) return scalar;
    }
  } finally {
    input.fill(0);
  }
}
