import { generateKeyPairSync, sign } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { toBase64, utf8 } from '@wardmesh/core';
import { type Algorithm, deriveAddress, deriveKeypair, generateSeed, sign as xrplSign } from 'ripple-keypairs';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { toBase58 } from '../account/base58.ts';
import type { WalletSignature } from './wallet-kind.ts';

/** A wallet that signs with the libraries wallets are made of, none of them ours. */
export interface FakeWallet {
  readonly name: string;
  /** CAIP-2. */
  readonly chain: string;
  readonly address: string;
  sign(text: string): Promise<WalletSignature>;
}

export const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
export const ETHEREUM = 'eip155:1';
export const XRPL = 'xrpl:0';
export const SUI = 'sui:mainnet';
export const CHAINS = [
  SOLANA,
  'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
  ETHEREUM,
  'eip155:10',
  XRPL,
  'xrpl:1',
  SUI,
  'sui:testnet',
];

export function solanaWallet(): FakeWallet {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    name: 'Solana',
    chain: SOLANA,
    address: toBase58(raw),
    sign: async (text) => ({ signature: toBase64(sign(null, utf8(text), privateKey)) }),
  };
}

export function ethereumWallet(): FakeWallet {
  const account = privateKeyToAccount(generatePrivateKey());
  return {
    name: 'Ethereum',
    chain: ETHEREUM,
    address: account.address,
    sign: async (message) => ({ signature: await account.signMessage({ message }) }),
  };
}

export function xrplWallet(algorithm: Algorithm): FakeWallet {
  const keys = deriveKeypair(generateSeed({ algorithm }), { algorithm });
  const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');
  return {
    name: `XRPL, ${algorithm}`,
    chain: XRPL,
    address: deriveAddress(keys.publicKey),
    sign: async (text) => ({ signature: xrplSign(hex(text), keys.privateKey), publicKey: keys.publicKey }),
  };
}

export function suiWallet(
  Keypair: typeof Ed25519Keypair | typeof Secp256k1Keypair | typeof Secp256r1Keypair,
): FakeWallet {
  const keys = new Keypair();
  return {
    name: `Sui, ${keys.getKeyScheme()}`,
    chain: SUI,
    address: keys.toSuiAddress(),
    sign: async (text) => ({ signature: (await keys.signPersonalMessage(utf8(text))).signature }),
  };
}

/** One wallet of each kind and algorithm. */
export const WALLETS: readonly FakeWallet[] = [
  solanaWallet(),
  ethereumWallet(),
  xrplWallet('ed25519'),
  xrplWallet('ecdsa-secp256k1'),
  suiWallet(Ed25519Keypair),
  suiWallet(Secp256k1Keypair),
  suiWallet(Secp256r1Keypair),
];
