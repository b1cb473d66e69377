import { fromBase64, utf8 } from '@wardmesh/core';
import { ed25519Verify } from '@wardmesh/crypto';
import { fromBase58 } from '../../account/base58.ts';
import type { WalletKind } from '../wallet-kind.ts';

/** CAIP-2 references are genesis hashes (CAIP-30); wallets show the cluster's name. */
const CLUSTERS: Readonly<Record<string, string>> = {
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp': 'mainnet',
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1: 'devnet',
  '4uhcVJyU9pJkvQyS88uRDiswHScCKQ3z': 'testnet',
};

/**
 * Sign-In With Solana, for the wallet standard's `signIn` (the wallet writes the text from our input) and `signMessage`
 * (we do): both sign the text's bytes with pure Ed25519, and the address is the public key.
 */
export const solana: WalletKind = {
  namespace: 'solana',
  word: 'Solana',
  address: (text) => (fromBase58(text, 32) === undefined ? undefined : text),
  chainLine: (reference) => (Object.hasOwn(CLUSTERS, reference) ? CLUSTERS[reference] : undefined),
  verify(address, text, { signature }) {
    const publicKey = fromBase58(address, 32);
    if (publicKey === undefined) return false;
    try {
      return ed25519Verify(publicKey, utf8(text), fromBase64(signature));
    } catch {
      return false;
    }
  },
};
