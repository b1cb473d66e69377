import type { Random } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { PRIVATE_KEY_BYTES } from '../limits.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { Algorithm } from '../seeds/public-key.ts';
import { isScalar } from '../seeds/scalar.ts';

/** A private key of 256 random bits (XR-RNG-1): as strong as the curve, where a family seed has 128. */
export function newPrivateKey(algorithm: Algorithm, random: Random): SecureBuffer {
  if (algorithm !== 'ed25519' && algorithm !== 'secp256k1') {
    throw vaultError('VAULT_BAD_INPUT', 'the algorithm is ed25519 or secp256k1');
  }
  for (;;) {
    const key = SecureBuffer.take(random.bytes(PRIVATE_KEY_BYTES));
    // One in 2^128 draws is no scalar.
    if (algorithm === 'ed25519' || isScalar(key.getBuffer())) return key;
    key.zero();
  }
}
