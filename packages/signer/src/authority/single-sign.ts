import { createPublicKey, verify } from 'node:crypto';
import { fromHex, toHex } from '@wardmesh/core';
import { ed25519Verify } from '@wardmesh/crypto';
import type { Intent } from '@wardmesh/wallet';
import { encode, encodeForSigning } from 'ripple-binary-codec';
import type { AuthorityKeys, Network, SigningKeyFacts } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { transactionHash } from './transaction-hash.ts';

export interface SignedBlob {
  /** Upper-case hex. */
  readonly signedTx: string;
  readonly hash: string;
}

/**
 * Signs with the wallet's key: `STX\0` and the transaction. The signature is verified before anyone sees it: a fault in
 * the key's home must not become a transaction that proves something else.
 * @throws SIGNATURE_NOT_GENUINE, and what the keys throw
 */
export function signSingle(keys: AuthorityKeys, network: Network, intent: Intent, key: SigningKeyFacts): SignedBlob {
  const message = fromHex(encodeForSigning(intent.transaction).toLowerCase());
  const made = keys.sign(network, intent.account, message);
  const publicKey = toHex(made.publicKey).toUpperCase();
  // A rotation came between: these bytes name the old key.
  if (publicKey !== key.publicKey || publicKey !== intent.signingPublicKey) {
    throw authorityError('WALLET_KEY_UNAVAILABLE', 'the wallet signs with another key now', { retryAfter: 1 });
  }
  if (!isSignature(made.publicKey, message, made.signature)) {
    throw authorityError('SIGNATURE_NOT_GENUINE', 'the signature that was made does not verify');
  }
  const signedTx = encode({ ...intent.transaction, TxnSignature: toHex(made.signature).toUpperCase() });
  return { signedTx, hash: transactionHash(signedTx) };
}

/** SubjectPublicKeyInfo of a compressed secp256k1 point (RFC 5480), without the point. */
const SECP256K1_SPKI = fromHex('3036301006072a8648ce3d020106052b8104000a032200');

/** Whether it is the key's signature over the message, as the ledger checks it. */
export function isSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey[0] === 0xed) return ed25519Verify(publicKey.subarray(1), message, signature);
  try {
    const key = createPublicKey({ key: Buffer.concat([SECP256K1_SPKI, publicKey]), format: 'der', type: 'spki' });
    // ECDSA takes the left 256 bits of a longer digest (FIPS 186-5 §6.4), and those of SHA-512 are the ledger's SHA-512Half.
    return verify('sha512', message, { key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}
