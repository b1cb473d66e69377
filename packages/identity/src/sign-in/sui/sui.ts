import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes, fromBase64, toHex, utf8 } from '@wardmesh/core';
import { ed25519Verify } from '@wardmesh/crypto';
import type { WalletKind } from '../wallet-kind.ts';

/** Signature schemes by flag byte: length of the public key, and the check over the 32-byte digest. */
const SCHEMES: Readonly<Record<number, { readonly keyLength: number; readonly verify: Verify }>> = {
  0: { keyLength: 32, verify: (signature, digest, key) => ed25519Verify(key, digest, signature) },
  1: { keyLength: 33, verify: (signature, digest, key) => ecdsa(secp256k1, signature, digest, key) },
  2: { keyLength: 33, verify: (signature, digest, key) => ecdsa(p256, signature, digest, key) },
};
type Verify = (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean;

/** Intent of personal messages: scope 3, version 0, application 0. */
const INTENT = Uint8Array.of(3, 0, 0);
const NETWORKS = new Set(['mainnet', 'testnet', 'devnet', 'localnet']);

/** BLAKE2b-256 of the intent and the text as a BCS byte vector: what a Sui wallet signs for a personal message. */
export function suiPersonalDigest(text: string): Uint8Array {
  const message = utf8(text);
  return blake2b(concatBytes(INTENT, uleb128(message.length), message), { dkLen: 32 });
}

/** `0x` and 64 hex digits: BLAKE2b-256 of the flag byte and the public key. */
export function suiAddress(flag: number, publicKey: Uint8Array): string {
  return `0x${toHex(blake2b(concatBytes(Uint8Array.of(flag), publicKey), { dkLen: 32 }))}`;
}

/** Sui personal messages of single-key accounts. Multisig, zkLogin and passkey accounts are refused, not guessed at. */
export const sui: WalletKind = {
  namespace: 'sui',
  word: 'Sui',
  address: (text) => (/^0x[0-9a-f]{64}$/.test(text) ? text : undefined),
  chainLine: (reference) => (NETWORKS.has(reference) ? `sui:${reference}` : undefined),
  verify(address, text, proof) {
    let bytes: Uint8Array;
    try {
      bytes = fromBase64(proof.signature);
    } catch {
      return false;
    }
    const flag = bytes[0] ?? -1;
    const scheme = SCHEMES[flag];
    if (scheme === undefined || bytes.length !== 65 + scheme.keyLength) return false;
    const publicKey = bytes.slice(65);
    return (
      suiAddress(flag, publicKey) === address && scheme.verify(bytes.slice(1, 65), suiPersonalDigest(text), publicKey)
    );
  },
};

/** Sui's ECDSA hashes the digest once more with SHA-256 and refuses high S. */
function ecdsa(curve: typeof p256, signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return curve.verify(signature, digest, publicKey, { prehash: true, lowS: true, format: 'compact' });
  } catch {
    return false;
  }
}

/** Unsigned LEB128, as BCS writes lengths. */
function uleb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, value]);
}
