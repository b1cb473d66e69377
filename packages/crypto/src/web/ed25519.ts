import { ed25519 } from '@noble/curves/ed25519.js';

/**
 * Ed25519 verification, strict: refuses S ≥ L (RFC 8032 §5.1.7), encodings that are not canonical and public keys of
 * small order, under which one signature fits many messages. Wrong types and lengths are `false`, not errors: to the
 * reader a malformed signature is an invalid one.
 */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== 32) return false;
  if (!(signature instanceof Uint8Array) || signature.length !== 64) return false;
  if (!(message instanceof Uint8Array)) return false;
  try {
    if (ed25519.Point.fromBytes(publicKey, false).isSmallOrder()) return false;
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
