import { createPublicKey } from 'node:crypto';
import type { Algorithm } from '@wardmesh/vault';
import { vaultError } from '../error.ts';

const ED25519_PREFIX = 0xed;
const POINT_BYTES = 65;
const OCTET_STRING = 0x04;

/**
 * The XRPL public key (33 bytes) of a CKA_EC_POINT: the DER OCTET STRING of a point (PKCS #11 v3.0 §2.3.3); some tokens
 * leave the OCTET STRING out. @throws VAULT_PROVIDER_FAULT where it is no point of the curve
 */
export function fromEcPoint(algorithm: Algorithm, value: Uint8Array): Uint8Array {
  const bytes = algorithm === 'ed25519' ? 32 : POINT_BYTES;
  const isWrapped = value.length === bytes + 2 && value[0] === OCTET_STRING && value[1] === bytes;
  const point = isWrapped ? value.subarray(2) : value;
  if (point.length !== bytes) throw notAKey();
  if (algorithm === 'ed25519') return fromJwk(algorithm, { kty: 'OKP', crv: 'Ed25519', x: base64Url(point) });
  if (point[0] !== 0x04) throw notAKey();
  const [x, y] = [base64Url(point.subarray(1, 33)), base64Url(point.subarray(33))];
  return fromJwk(algorithm, { kty: 'EC', crv: 'secp256k1', x, y });
}

/** The same of a SubjectPublicKeyInfo in DER (RFC 5480, RFC 8410), as a key service gives it. */
export function fromSpki(algorithm: Algorithm, der: Uint8Array): Uint8Array {
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return compress(algorithm, key.export({ format: 'jwk' }));
  } catch (cause) {
    throw notAKey(cause);
  }
}

/** OpenSSL checks that the point lies on the curve. */
function fromJwk(algorithm: Algorithm, jwk: Record<string, string>): Uint8Array {
  try {
    return compress(algorithm, createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' }));
  } catch (cause) {
    throw notAKey(cause);
  }
}

function compress(algorithm: Algorithm, jwk: { crv?: string; x?: string; y?: string }): Uint8Array {
  if (jwk.crv !== (algorithm === 'ed25519' ? 'Ed25519' : 'secp256k1')) throw notAKey();
  const x = Buffer.from(jwk.x ?? '', 'base64url');
  if (algorithm === 'ed25519') return Uint8Array.of(ED25519_PREFIX, ...x);
  const y = Buffer.from(jwk.y ?? '', 'base64url');
  return Uint8Array.of(0x02 + (y.at(-1)! & 1), ...x);
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function notAKey(cause?: unknown) {
  return vaultError('VAULT_PROVIDER_FAULT', 'the provider answered with a public key of another kind', { cause });
}
