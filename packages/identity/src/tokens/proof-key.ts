import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64Url, isJsonObject } from '@wardmesh/core';
import { type CryptoKey, calculateJwkThumbprint, importJWK } from 'jose';
import { algorithmOf, publicMembers, type TokenAlgorithm } from './keys.ts';

/** A key that a client proves possession of. */
export interface ProofKey {
  readonly alg: TokenAlgorithm;
  readonly key: CryptoKey;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
}

/** What a public JWK of ours may hold; the rest is private, or a certificate we would not check. */
const MEMBERS = new Set(['kty', 'crv', 'x', 'y', 'alg', 'use', 'kid', 'key_ops']);

/** The key in a proof's header, or undefined where it is private, of another kind, malformed or of small order. */
export async function importProofKey(jwk: unknown): Promise<ProofKey | undefined> {
  if (!isJsonObject(jwk as never)) return undefined;
  const members = jwk as Record<string, unknown>;
  if (Object.keys(members).some((name) => !MEMBERS.has(name))) return undefined;
  const alg = algorithmOf(members);
  if (alg === undefined || !isCoordinate(members.x) || (alg === 'ES256' && !isCoordinate(members.y))) return undefined;
  if (members.alg !== undefined && members.alg !== alg) return undefined;
  if (alg === 'EdDSA' && !isStrictPoint(members.x as string)) return undefined;
  try {
    const bare = publicMembers(members);
    return { alg, key: (await importJWK(bare, alg)) as CryptoKey, thumbprint: await calculateJwkThumbprint(bare) };
  } catch {
    return undefined;
  }
}

/** 32 bytes in the one canonical spelling: two spellings would be two thumbprints of one key. */
function isCoordinate(value: unknown): boolean {
  try {
    return typeof value === 'string' && fromBase64Url(value).length === 32;
  } catch {
    return false;
  }
}

function isStrictPoint(x: string): boolean {
  try {
    return !ed25519.Point.fromBytes(fromBase64Url(x), false).isSmallOrder();
  } catch {
    return false;
  }
}
