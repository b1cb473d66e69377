import { hash, type KeyObject } from 'node:crypto';

/** RFC 7638 thumbprint of a P-256 public key, SHA-256, base64url. */
export function jwkThumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
}
