import { useEffect, useState } from 'react';
import { visible } from '../parts/format.ts';
import { suiWallet } from './sui-wallet.ts';

/** Wallets that are offered, and characters of a name. */
const MAX_WALLETS = 32;
const MAX_NAME = 48;

/** A wallet that this page can ask: it signs with its own keys, behind its own question to the person. */
export interface BrowserWallet {
  readonly name: string;
  readonly kind: 'solana' | 'ethereum' | 'sui';
  /** The account's address; asks the person for leave. */
  connect(): Promise<{ readonly address: string; readonly chain: string }>;
  /** Signs a text as a personal message. Base64 of the signature (Solana, Sui), 0x hex (Ethereum). */
  sign(address: string, message: string): Promise<string>;
}

/** Wallet Standard (Solana and others), as far as we ask it. */
interface StandardWallet {
  readonly name: string;
  readonly chains: readonly string[];
  readonly features: Readonly<Record<string, unknown>>;
  readonly accounts: readonly StandardAccount[];
}
interface StandardAccount {
  readonly address: string;
  readonly publicKey: Uint8Array;
}
interface ConnectFeature {
  connect(): Promise<{ readonly accounts: readonly StandardAccount[] }>;
}
interface SignMessageFeature {
  signMessage(input: {
    readonly account: StandardAccount;
    readonly message: Uint8Array;
  }): Promise<readonly { readonly signedMessage: Uint8Array; readonly signature: Uint8Array }[]>;
}

/** EIP-1193 provider, announced by EIP-6963. */
interface Provider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}
interface Announcement {
  readonly info: { readonly uuid: string; readonly name: string };
  readonly provider: Provider;
}

/** The wallets that announced themselves to this page, and those that will. */
export function useWallets(): readonly BrowserWallet[] {
  const [wallets, setWallets] = useState<readonly BrowserWallet[]>([]);
  useEffect(() => {
    const add = (wallet: BrowserWallet) =>
      setWallets((known) =>
        known.length >= MAX_WALLETS || known.some(({ name, kind }) => name === wallet.name && kind === wallet.kind)
          ? known
          : [...known, wallet],
      );
    const register = (...found: readonly unknown[]) => {
      for (const wallet of found) {
        if (signs(wallet, 'solana')) add(solanaWallet(wallet));
        if (signs(wallet, 'sui')) add(suiWallet(wallet, nameOf(wallet.name)));
      }
      return () => {};
    };
    const onRegister = (event: Event) => {
      const { detail } = event as CustomEvent<unknown>;
      if (typeof detail === 'function') detail({ register });
    };
    const onAnnounce = (event: Event) => {
      const { detail } = event as CustomEvent<unknown>;
      if (isAnnouncement(detail)) add(ethereumWallet(detail));
    };
    window.addEventListener('wallet-standard:register-wallet', onRegister);
    window.addEventListener('eip6963:announceProvider', onAnnounce);
    window.dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: { register } }));
    window.dispatchEvent(new Event('eip6963:requestProvider'));
    return () => {
      window.removeEventListener('wallet-standard:register-wallet', onRegister);
      window.removeEventListener('eip6963:announceProvider', onAnnounce);
    };
  }, []);
  return wallets;
}

/** What signs a text, by the chain it is for. */
const SIGNS = { solana: 'solana:signMessage', sui: 'sui:signPersonalMessage' } as const;

/** Any script of the page may announce anything: what is not a wallet is not one that throws later, either. */
function signs(wallet: unknown, chain: keyof typeof SIGNS): wallet is StandardWallet {
  if (!isRecord(wallet)) return false;
  const { name, chains, features, accounts } = wallet;
  return (
    typeof name === 'string' &&
    Array.isArray(chains) &&
    chains.some((each) => typeof each === 'string' && each.startsWith(`${chain}:`)) &&
    Array.isArray(accounts) &&
    isRecord(features) &&
    SIGNS[chain] in features
  );
}

function isAnnouncement(detail: unknown): detail is Announcement {
  if (!isRecord(detail)) return false;
  const { info, provider } = detail;
  return (
    isRecord(info) && typeof info.name === 'string' && isRecord(provider) && typeof provider.request === 'function'
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What a wallet calls itself, short and with nothing hidden. */
function nameOf(name: string): string {
  const shown = visible(name.slice(0, MAX_NAME)).trim();
  return shown === '' ? 'a wallet without a name' : shown;
}

/** CAIP-2 of Solana's mainnet: the first 32 characters of its genesis hash. */
const SOLANA_MAINNET = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

function solanaWallet(wallet: StandardWallet): BrowserWallet {
  const accounts = async () => {
    const connect = wallet.features['standard:connect'] as ConnectFeature | undefined;
    return wallet.accounts.length > 0 ? wallet.accounts : ((await connect?.connect())?.accounts ?? []);
  };
  return {
    name: nameOf(wallet.name),
    kind: 'solana',
    async connect() {
      const [account] = await accounts();
      if (account === undefined) throw new Error('The wallet shared no account.');
      return { address: account.address, chain: SOLANA_MAINNET };
    },
    async sign(address, message) {
      const account = (await accounts()).find((candidate) => candidate.address === address);
      if (account === undefined) throw new Error('The wallet has changed its account.');
      const bytes = new TextEncoder().encode(message);
      const feature = wallet.features['solana:signMessage'] as SignMessageFeature;
      const [signed] = await feature.signMessage({ account, message: bytes });
      if (signed === undefined) throw new Error('The wallet did not sign.');
      return btoa(String.fromCharCode(...signed.signature));
    },
  };
}

function ethereumWallet({ info, provider }: Announcement): BrowserWallet {
  return {
    name: nameOf(info.name),
    kind: 'ethereum',
    async connect() {
      const [address] = (await provider.request({ method: 'eth_requestAccounts' })) as readonly string[];
      const chainId = Number((await provider.request({ method: 'eth_chainId' })) as string);
      if (address === undefined) throw new Error('The wallet shared no account.');
      return { address, chain: `eip155:${chainId}` };
    },
    async sign(address, message) {
      const hex = `0x${[...new TextEncoder().encode(message)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
      return (await provider.request({ method: 'personal_sign', params: [hex, address] })) as string;
    },
  };
}
