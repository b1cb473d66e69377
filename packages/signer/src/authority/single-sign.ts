import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { BoundedCache, fromHex, toHex } from '@wardmesh/core';
import { type Intent, withSignature } from '@wardmesh/wallet';
import type { AuthorityKeys, Network, SigningKeyFacts } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { transactionHash } from './transaction-hash.ts';

/** `STX\0`, before a transaction that one key signs. */
const SINGLE_SIGNING = '53545800';

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
export async function signSingle(
  keys: AuthorityKeys,
  network: Network,
  intent: Intent,
  key: SigningKeyFacts,
): Promise<SignedBlob> {
  // An unsigned transaction has signing fields only: its bytes are what is signed.
  const message = fromHex(`${SINGLE_SIGNING}${intent.blob.toLowerCase()}`);
  const made = await keys.sign(network, intent.account, message);
  const publicKey = toHex(made.publicKey).toUpperCase();
  // A rotation came between: these bytes name the old key.
  if (publicKey !== key.publicKey || publicKey !== intent.signingPublicKey) {
    throw authorityError('WALLET_KEY_UNAVAILABLE', 'the wallet signs with another key now', { retryAfter: 1 });
  }
  if (!isSignature(made.publicKey, message, made.signature)) {
    throw authorityError('SIGNATURE_NOT_GENUINE', 'the signature that was made does not verify');
  }
  const signedTx = withSignature(intent.transaction, intent.blob, toHex(made.signature).toUpperCase());
  return { signedTx, hash: transactionHash(signedTx) };
}

/** SubjectPublicKeyInfo of a compressed secp256k1 point (RFC 5480) and of an Ed25519 key (RFC 8410), without the key. */
const SECP256K1_SPKI = fromHex('3036301006072a8648ce3d020106052b8104000a032200');
const ED25519_SPKI = fromHex('302a300506032b6570032100');

/** Keys recur: a wallet signs with one for months. */
const known = new BoundedCache<string, KeyObject>(256);

/** Whether it is the key's signature over the message, as the ledger checks it. For our own keys: their form is known. */
export function isSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = keyObject(publicKey);
    if (key.asymmetricKeyType === 'ed25519') return verify(null, message, key, signature);
    // ECDSA takes the left 256 bits of a longer digest (FIPS 186-5 §6.4), and those of SHA-512 are the ledger's SHA-512Half.
    return verify('sha512', message, { key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}

function keyObject(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  let key = known.get(name);
  if (key === undefined) {
    const isEd25519 = publicKey[0] === 0xed;
    const der = isEd25519
      ? Buffer.concat([ED25519_SPKI, publicKey.subarray(1)])
      : Buffer.concat([SECP256K1_SPKI, publicKey]);
    key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    known.set(name, key);
  }
  return key;
}
