import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';

/** `sha256/` and the base64 of the SHA-256 of the SubjectPublicKeyInfo (the form of RFC 7469 §2.4 pins). */
export function spkiPin(certificate: X509Certificate): string {
  return pinOf(certificate.publicKey.export({ format: 'der', type: 'spki' }));
}

/** The pin of a DER SubjectPublicKeyInfo. */
export function pinOf(spki: Uint8Array): string {
  return `sha256/${createHash('sha256').update(spki).digest('base64')}`;
}

export function isPin(text: string): boolean {
  return /^sha256\/[A-Za-z0-9+/]{43}=$/.test(text);
}

export function samePin(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
