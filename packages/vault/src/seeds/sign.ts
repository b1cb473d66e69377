import { HDKey } from '@scure/bip32';
import { concatBytes } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { type Algorithm, sha512Half } from './public-key.ts';

/**
 * Signature over a message as the XRP Ledger wants it: pure Ed25519 (64 bytes), or deterministic ECDSA over
 * SHA-512Half with the low S, in DER (fully canonical, RFC 6979).
 */
export function signWithKey(algorithm: Algorithm, privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  if (algorithm === 'ed25519') return signingKeyFromSeed(privateKey).sign(message);
  const node = new HDKey({ privateKey });
  try {
    const compact = node.sign(sha512Half(message));
    return derSignature(compact.subarray(0, 32), compact.subarray(32));
  } finally {
    node.wipePrivateData();
  }
}

/** SEQUENCE of two INTEGERs (X.690 §8.3, shortest form). */
function derSignature(r: Uint8Array, s: Uint8Array): Uint8Array {
  const body = concatBytes(derInteger(r), derInteger(s));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const pad = digits[0]! >= 0x80 ? 1 : 0;
  return concatBytes(Uint8Array.of(0x02, digits.length + pad), new Uint8Array(pad), digits);
}
