import { createPrivateKey, createPublicKey, type KeyObject, sign as nodeSign } from 'node:crypto';
import { fromHex } from '@wardmesh/core';
import { assertBytes } from './check.ts';

export { ed25519Verify } from './web/ed25519.ts';

/** Signs and does nothing else; a remote or hardware key can stand here. */
export interface SigningKey {
  /** 32 bytes (RFC 8032 §5.1.5). */
  readonly publicKey: Uint8Array;
  /** 64 bytes over the message as it is (pure Ed25519). */
  sign(message: Uint8Array): Uint8Array;
}

/** PKCS #8 wrapping of a 32-byte Ed25519 seed (RFC 8410 §7): fixed bytes, then the seed. */
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

/** The Ed25519 key pair of a 32-byte seed (RFC 8032 §5.1.5). */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  assertBytes(seed, 'seed', 32);
  // An ArrayBuffer of its own: a small array inside the heap would be copied out of it, and only the copy wiped.
  const der = Buffer.from(new ArrayBuffer(PKCS8_PREFIX.length + seed.length));
  der.set(PKCS8_PREFIX);
  der.set(seed, PKCS8_PREFIX.length);
  const key: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    publicKey,
    sign(message) {
      assertBytes(message, 'message');
      return new Uint8Array(nodeSign(null, message, key));
    },
  };
}
