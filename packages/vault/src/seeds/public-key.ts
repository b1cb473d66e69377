import { hash } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import { concatBytes, toHex } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { deriveAddress } from 'ripple-keypairs';
import { vaultError } from '../error.ts';
import { joinSecret } from '../secure-buffer/secret-bytes.ts';
import { isScalar } from './scalar.ts';

export type Algorithm = 'ed25519' | 'secp256k1';

const ED25519_PREFIX = Uint8Array.of(0xed);

/** The XRPL public key of a 32-byte private key: 0xED ‖ point, or a compressed point. @throws VAULT_SEED_INVALID */
export function publicKeyOf(algorithm: Algorithm, privateKey: Uint8Array): Uint8Array {
  if (algorithm === 'ed25519') return concatBytes(ED25519_PREFIX, signingKeyFromSeed(privateKey).publicKey);
  if (!isScalar(privateKey)) throw vaultError('VAULT_SEED_INVALID', 'the key is not one of secp256k1');
  const node = new HDKey({ privateKey });
  try {
    return node.publicKey!;
  } finally {
    node.wipePrivateData();
  }
}

/** The classic address of an XRPL public key. */
export function addressOf(publicKey: Uint8Array): string {
  return deriveAddress(toHex(publicKey).toUpperCase());
}

/** First half of SHA-512, as the ledger uses it everywhere. */
export function sha512Half(bytes: Uint8Array): Uint8Array {
  const whole = hash('sha512', bytes, 'buffer');
  const half = joinSecret(whole.subarray(0, 32));
  whole.fill(0);
  return half;
}
