import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { fromHex, utf8 } from '@wardmesh/core';
import { ed25519Verify, sha256 } from '@wardmesh/crypto';
import { encodeAccountID, isValidClassicAddress } from 'ripple-address-codec';
import type { WalletKind } from '../wallet-kind.ts';

/** The classic address of a public key: 33 bytes, the first 0xED for Ed25519. */
export function xrplAddress(publicKey: Uint8Array): string {
  return encodeAccountID(ripemd160(sha256(publicKey)));
}

/**
 * A personal message as XRPL wallets sign it: Ed25519 over the text's bytes, or ECDSA over the first half of their
 * SHA-512, DER, fully canonical. No transaction can be mistaken for it, those begin with `STX\0`. The address is that of
 * the key itself; a regular key is not proof of its account, because only the ledger knows it.
 */
export const xrpl: WalletKind = {
  namespace: 'xrpl',
  word: 'XRPL',
  address: (text) => (isValidClassicAddress(text) ? text : undefined),
  chainLine: (reference) =>
    /^(?:0|[1-9][0-9]{0,9})$/.test(reference) && Number(reference) <= 0xffff_ffff ? `xrpl:${reference}` : undefined,
  verify(address, text, proof) {
    if (!/^(?:[0-9a-fA-F]{2}){64,72}$/.test(proof.signature)) return false;
    if (proof.publicKey === undefined || !/^[0-9a-fA-F]{66}$/.test(proof.publicKey)) return false;
    const publicKey = fromHex(proof.publicKey);
    const signature = fromHex(proof.signature);
    const message = utf8(text);
    if (xrplAddress(publicKey) !== address) return false;
    if (publicKey[0] === 0xed) return ed25519Verify(publicKey.slice(1), message, signature);
    if (publicKey[0] !== 2 && publicKey[0] !== 3) return false;
    try {
      return secp256k1.verify(signature, sha512(message).slice(0, 32), publicKey, {
        prehash: false,
        format: 'der',
        lowS: true,
      });
    } catch {
      return false;
    }
  },
};
