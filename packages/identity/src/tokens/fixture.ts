import { toBase64Url } from '@wardmesh/core';
import { sha256Text } from '@wardmesh/crypto';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { START, TestClock } from '../clock.fixture.ts';
import { MemorySingleUse } from '../sign-in/memory-single-use.ts';
import { AccessTokens } from './access-tokens.ts';
import type { AccessClaims } from './claims.ts';
import { Dpop, type DpopOptions } from './dpop.ts';
import { issueAccessToken, type TokenSigner } from './issue.ts';
import { importTokenKey, type TokenAlgorithm, type TokenKey, TokenKeys } from './keys.ts';
import { MemoryRevocations } from './memory-revocations.ts';

export const ISSUER = 'https://ward.example';
export const AUDIENCE = 'https://ward.example/mcp';
export const NOW = START / 1_000;

export interface KeyPair {
  readonly signer: TokenSigner;
  readonly key: TokenKey;
  readonly jwk: JWK;
}

export async function makeKey(alg: TokenAlgorithm = 'EdDSA'): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const key = await importTokenKey(jwk);
  return { jwk, key, signer: { kid: key.kid, alg, privateKey } };
}

export function claimsOf(changes: Partial<AccessClaims> = {}): AccessClaims {
  return {
    issuer: ISSUER,
    subject: 'person-1',
    audience: AUDIENCE,
    clientId: 'client-1',
    issuedAt: NOW,
    expires: NOW + 300,
    tokenId: 'token-1',
    scopes: ['mcp'],
    session: { id: 'session-1', version: 1 },
    ...changes,
  };
}

export async function setUp(alg: TokenAlgorithm = 'EdDSA', dpopOptions: Partial<DpopOptions> = {}) {
  const clock = new TestClock();
  const pair = await makeKey(alg);
  const keys = new TokenKeys([pair.key]);
  const revocations = new MemoryRevocations();
  revocations.setSession('session-1', 1);
  return {
    clock,
    pair,
    keys,
    revocations,
    tokens: new AccessTokens({ keys, issuer: ISSUER, revocations, clock }),
    dpop: new Dpop({ clock, replays: new MemorySingleUse(clock), ...dpopOptions }),
    issue: (changes: Partial<AccessClaims> = {}) => issueAccessToken(pair.signer, claimsOf(changes)),
  };
}

/** A client that holds a key. */
export class ProvingClient {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly thumbprint: string;
  readonly alg: TokenAlgorithm;
  #count = 0;

  private constructor(privateKey: CryptoKey, jwk: JWK, thumbprint: string, alg: TokenAlgorithm) {
    this.privateKey = privateKey;
    this.jwk = jwk;
    this.thumbprint = thumbprint;
    this.alg = alg;
  }

  static async make(alg: TokenAlgorithm = 'ES256'): Promise<ProvingClient> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new ProvingClient(privateKey, jwk, await calculateJwkThumbprint(jwk), alg);
  }

  /** A proof for one request, with changes to claims and header. */
  prove(
    url: string,
    accessToken: string | undefined,
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
  ): Promise<string> {
    return new SignJWT({
      jti: `proof-${this.#count++}`,
      htm: 'POST',
      htu: url,
      iat: NOW,
      ...(accessToken !== undefined && { ath: toBase64Url(sha256Text(accessToken)) }),
      ...claims,
    })
      .setProtectedHeader({ alg: this.alg, typ: 'dpop+jwt', jwk: this.jwk, ...header } as never)
      .sign(this.privateKey);
  }
}
