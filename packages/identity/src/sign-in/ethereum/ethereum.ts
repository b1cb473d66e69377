import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, fromHex, toHex, utf8 } from '@wardmesh/core';
import type { WalletKind } from '../wallet-kind.ts';
import { ethereumAddress, toChecksumAddress } from './address.ts';

/** EIP-191 version 0x45 (`personal_sign`): the hash a wallet signs for a text. */
export function personalHash(text: string): Uint8Array {
  const message = utf8(text);
  return keccak_256(concatBytes(utf8(`\x19Ethereum Signed Message:\n${message.length}`), message));
}

/** Bytes of `0x` and hex, or undefined. */
export function parseHex(text: string): Uint8Array | undefined {
  return /^0x(?:[0-9a-fA-F]{2})*$/.test(text) ? fromHex(text.slice(2)) : undefined;
}

/** The address whose key made a 65-byte signature over a hash; undefined where none did. Low S only (EIP-2). */
export function recoverAddress(hash: Uint8Array, signature: Uint8Array): string | undefined {
  if (signature.length !== 65) return undefined;
  const v = signature[64]!;
  // 27 and 28 are what wallets write; some hardware writes the bare recovery bit.
  const recovery = v === 27 || v === 28 ? v - 27 : v;
  if (recovery !== 0 && recovery !== 1) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.slice(0, 64), 'compact').addRecoveryBit(recovery);
    if (parsed.hasHighS()) return undefined;
    const publicKey = parsed.recoverPublicKey(hash).toBytes(false);
    return toChecksumAddress(`0x${toHex(keccak_256(publicKey.slice(1)).slice(12))}`);
  } catch {
    return undefined;
  }
}

/** EIP-4361 with the account's own key. Contract wallets are asked apart, see contract-wallet.ts. */
export const ethereum: WalletKind = {
  namespace: 'eip155',
  word: 'Ethereum',
  address: ethereumAddress,
  // EIP-155 chain ids; a double must hold them, as wallets read them into one.
  chainLine: (reference) =>
    /^[1-9][0-9]{0,15}$/.test(reference) && Number.isSafeInteger(Number(reference)) ? reference : undefined,
  verify(address, text, { signature }) {
    const bytes = parseHex(signature);
    return bytes !== undefined && recoverAddress(personalHash(text), bytes) === address;
  },
};
