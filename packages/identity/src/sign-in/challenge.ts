import { type Clock, canonicalize, type Random, toHex, toTimestamp } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { IdentityError } from '../error.ts';
import { CHALLENGE_LIFETIME, NONCE_BYTES, SEAL_BYTES } from '../limits.ts';
import { buildMessage, findFault, type SignInMessage } from './message.ts';
import { kindOf } from './wallet-message.ts';

/** What a signature is for. It is sealed into the nonce, so a message signed for one is worth nothing for another. */
export type SignInPurpose = 'sign-in' | 'link' | 'unlink';

export interface ChallengeAsk {
  /** One of the configured domains; never taken from a Host header. */
  readonly domain: string;
  /** https (http for loopback) on that domain, in the spelling of the URL standard. */
  readonly uri: string;
  /** CAIP-2, one of the configured chains. */
  readonly chain: string;
  /** Where the wallet is known already; else the wallet puts its own into the message (Solana's `signIn`). */
  readonly address?: string;
  /** Default `sign-in`. */
  readonly purpose?: SignInPurpose;
  /** Ties the message to one flow: the OAuth interaction, the pending link. */
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

/** A challenge as the page gets it. Nothing of it is kept: the nonce carries a seal over all the rest. */
export interface SignInChallenge {
  readonly chain: string;
  readonly purpose: SignInPurpose;
  /**
   * The fields: the wallet standard's `SolanaSignInInput` with `version` (there `address` is optional), or what
   * `buildMessage` spells.
   */
  readonly input: Omit<SignInMessage, 'address'> & { readonly version: '1'; readonly address?: string };
  /** The text to sign, where the address is known. */
  readonly message?: string;
  /** ms since the epoch. */
  readonly expires: number;
}

/** What is seen and signed for each purpose. ASCII without quotes, as EIP-4361 asks. */
const STATEMENTS: Readonly<Record<SignInPurpose, string>> = {
  'sign-in': 'Sign in to Wardmesh. This proves that the wallet is yours. It moves nothing and costs nothing.',
  link: 'Link this wallet to your account at Wardmesh. Whoever holds it can then sign in as you.',
  unlink: 'Remove a wallet from your account at Wardmesh.',
};

export interface ChallengeRules {
  readonly key: HmacKey;
  readonly domains: readonly string[];
  readonly chains: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
}

/** Builds a challenge. @throws IdentityError IDENTITY_CHALLENGE_INVALID where it asks for what is not served */
export function makeChallenge(rules: ChallengeRules, ask: ChallengeAsk): SignInChallenge {
  const invalid = (what: string) => new IdentityError('IDENTITY_CHALLENGE_INVALID', what);
  if (!rules.domains.includes(ask.domain)) throw invalid('sign-in is not served for this domain');
  if (!isUriOf(ask.uri, ask.domain)) throw invalid('the URI is not one of this domain');
  const found = rules.chains.includes(ask.chain) ? kindOf(ask.chain) : undefined;
  if (found === undefined) throw invalid('sign-in is not served for this chain');
  const address = ask.address === undefined ? undefined : found.kind.address(ask.address);
  if (address === undefined && ask.address !== undefined) throw invalid('the address is none of this chain');

  const purpose = ask.purpose ?? 'sign-in';
  const now = rules.clock.now();
  const unsealed: Unsealed = {
    domain: ask.domain,
    ...(address !== undefined && { address }),
    statement: STATEMENTS[purpose],
    uri: ask.uri,
    chainId: found.chainLine,
    issuedAt: toTimestamp(now),
    expirationTime: toTimestamp(now + CHALLENGE_LIFETIME),
    ...(ask.requestId !== undefined && { requestId: ask.requestId }),
    ...(ask.resources !== undefined && { resources: ask.resources }),
  };
  const random = toHex(rules.random.bytes(NONCE_BYTES));
  const input = { ...unsealed, nonce: random + seal(rules.key, purpose, ask.chain, random, unsealed) };
  const fault = findFault({ ...input, address: address ?? 'placeholder' });
  if (fault !== undefined) throw invalid('the request id or a resource cannot stand in a message');
  return {
    chain: ask.chain,
    purpose,
    input: { ...input, version: '1' },
    ...(address !== undefined && { message: buildMessage(found.kind.word, { ...input, address }) }),
    expires: now + CHALLENGE_LIFETIME,
  };
}

/** Whether a message is one of ours, unchanged, for that chain and purpose. In constant time. */
export function isOurs(key: HmacKey, purpose: SignInPurpose, chain: string, message: SignInMessage): boolean {
  const { nonce, address, ...rest } = message;
  if (nonce.length !== 2 * (NONCE_BYTES + SEAL_BYTES)) return false;
  const random = nonce.slice(0, 2 * NONCE_BYTES);
  const claimed = nonce.slice(2 * NONCE_BYTES);
  // Sealed with the address where it was known, without it where the wallet filled it in.
  const bound = equalTexts(claimed, seal(key, purpose, chain, random, { ...rest, address }));
  const open = equalTexts(claimed, seal(key, purpose, chain, random, rest));
  return bound || open;
}

type Unsealed = Omit<SignInMessage, 'nonce' | 'address'> & { readonly address?: string };

function seal(key: HmacKey, purpose: SignInPurpose, chain: string, random: string, fields: Unsealed): string {
  const text = canonicalize({ use: 'wardmesh sign-in challenge v1', purpose, chain, random, fields });
  return key.hex(text).slice(0, 2 * SEAL_BYTES);
}

function isUriOf(uri: string, domain: string): boolean {
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  // What wallets compare: the same host and port, spelled as the standard spells it, and nobody's name or password in it.
  if (url.href !== uri || url.host !== domain || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function equalTexts(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
