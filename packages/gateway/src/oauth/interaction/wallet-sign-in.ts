import type { Clock, Random } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { type AuthenticationLockout, type ContractWallets, SignIn, type SingleUse } from '@wardmesh/identity';
import type { SignInPort } from './sign-in-port.ts';

/** Chains of the wallets people have: Solana, Ethereum and its roll-ups, XRPL, Sui. CAIP-2. */
export const SIGN_IN_CHAINS = [
  'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
  'eip155:1',
  'eip155:10',
  'eip155:137',
  'eip155:8453',
  'eip155:42161',
  'xrpl:0',
  'sui:mainnet',
] as const;

export interface WalletSignInOptions {
  readonly issuer: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly chains?: readonly string[];
  readonly nonces: SingleUse;
  readonly lockout: AuthenticationLockout;
  readonly contractWallets?: readonly ContractWallets[];
  /** Accounts (CAIP-10) that contracts may sign in as; without it none. */
  mayBeContract?(account: string): boolean;
  /** The person a wallet belongs to; the wallet's own account where nobody linked it. */
  personOf?(account: string): string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Wallet sign-in for the OAuth page: every message is for this gateway's own origin and one authorization request. */
export function walletSignIn(options: WalletSignInOptions): SignInPort {
  const { issuer, key, nonces, lockout, contractWallets, clock, random } = options;
  const chains = options.chains ?? SIGN_IN_CHAINS;
  const { host } = new URL(issuer);
  const place = { domain: host, uri: `${issuer}/` };
  const signIn = new SignIn({
    key: new HmacKey(key),
    domains: [host],
    chains,
    nonces,
    lockout,
    ...(contractWallets && { contractWallets }),
    ...(options.mayBeContract && { mayBeContract: (account: string) => options.mayBeContract!(account) }),
    clock,
    random,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  return {
    chains,
    challenge: (ask) => signIn.challenge({ ...ask, ...place }),
    async verify(proof, context) {
      const { account } = await signIn.verify(proof, { ...place, ...context });
      return { account, person: options.personOf?.(account) ?? account };
    },
  };
}
