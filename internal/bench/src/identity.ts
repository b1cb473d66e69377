import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { systemClock, systemRandom, toBase64, toBase64Url, utf8 } from '@wardmesh/core';
import { HmacKey, sha256 } from '@wardmesh/crypto';
import {
  AccessTokens,
  Dpop,
  importTokenKey,
  issueAccessToken,
  MemoryRevocations,
  MemorySingleUse,
  SignIn,
  TokenKeys,
  toBase58,
} from '@wardmesh/identity';

/** Medians, microseconds a call. */
export interface IdentityBench {
  /** A token that was never seen: one signature check. */
  readonly tokenFirst: number;
  /** The same token again: what every call after the first pays. */
  readonly tokenAgain: number;
  /** One DPoP proof; each request brings its own, so each is a signature check. */
  readonly dpopProof: number;
  /** A Solana sign-in, from the proof to the person’s account. */
  readonly signIn: number;
  /** A challenge for it. */
  readonly challenge: number;
}

const ISSUER = 'https://ward.example';
const AUDIENCE = `${ISSUER}/mcp`;
const DOMAIN = 'ward.example';
const CHAIN = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** @param samples tokens, proofs and sign-ins of each kind */
export async function benchIdentity(samples = 300): Promise<IdentityBench> {
  const { tokens, issue } = await tokenScene();
  const issued = await Promise.all(Array.from({ length: samples }, (_, i) => issue(`token-${i}`)));
  const tokenFirst = await median(issued, (token) => tokens.check(token, AUDIENCE));
  const warm = issued[0]!;
  const tokenAgain = await median(
    Array.from({ length: 100 * samples }, () => warm),
    (token) => tokens.check(token, AUDIENCE),
  );
  return { tokenFirst, tokenAgain, dpopProof: await benchDpop(samples), ...(await benchSignIn(samples)) };
}

async function tokenScene() {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = await importTokenKey((await crypto.subtle.exportKey('jwk', pair.publicKey)) as never);
  const revocations = new MemoryRevocations();
  revocations.setSession('session', 1);
  const tokens = new AccessTokens({ keys: new TokenKeys([key]), issuer: ISSUER, revocations, clock: systemClock });
  const now = Math.floor(systemClock.now() / 1_000);
  const issue = (tokenId: string) =>
    issueAccessToken(
      { kid: key.kid, alg: key.alg, privateKey: pair.privateKey },
      {
        issuer: ISSUER,
        subject: 'person',
        audience: AUDIENCE,
        clientId: 'client',
        issuedAt: now,
        expires: now + 600,
        tokenId,
        scopes: ['mcp'],
        session: { id: 'session', version: 1 },
      },
    );
  return { tokens, issue };
}

async function benchDpop(samples: number): Promise<number> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const dpop = new Dpop({ clock: systemClock, replays: new MemorySingleUse(systemClock) });
  const part = (value: unknown) => toBase64Url(utf8(JSON.stringify(value)));
  const now = Math.floor(systemClock.now() / 1_000);
  const header = part({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } });
  const proofs = Array.from({ length: samples }, (_, i) => {
    const text = `${header}.${part({ jti: `proof-${i}`, htm: 'POST', htu: AUDIENCE, iat: now })}`;
    return `${text}.${toBase64Url(sign('sha256', utf8(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
  });
  return median(proofs, (proof) => dpop.verify({ proof, method: 'POST', url: AUDIENCE }));
}

async function benchSignIn(samples: number): Promise<Pick<IdentityBench, 'signIn' | 'challenge'>> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const address = toBase58(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const signIn = new SignIn({
    key: new HmacKey(sha256(utf8('bench'))),
    domains: [DOMAIN],
    chains: [CHAIN],
    nonces: new MemorySingleUse(systemClock),
    lockout: { check: () => ({ allowed: true }), fail: async () => {}, succeed: async () => {} },
    clock: systemClock,
    random: systemRandom,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
  });
  const where = { domain: DOMAIN, uri: `${ISSUER}/sign-in` };
  const proofs: { readonly chain: string; readonly message: string; readonly signature: string }[] = [];
  const challenge = await median(
    Array.from({ length: samples }, (_, i) => i),
    async () => {
      const { message = '' } = signIn.challenge({ ...where, chain: CHAIN, address });
      proofs.push({ chain: CHAIN, message, signature: signText(privateKey, message) });
    },
  );
  return { challenge, signIn: await median(proofs, (proof) => signIn.verify(proof, { ...where, source: 'bench' })) };
}

function signText(key: KeyObject, text: string): string {
  return toBase64(new Uint8Array(sign(null, utf8(text), key)));
}

/** The median time of a piece of work over its inputs, µs; the first tenth warms up. */
async function median<T>(inputs: readonly T[], work: (input: T) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (const input of inputs) {
    const begin = performance.now();
    await work(input);
    times.push((performance.now() - begin) * 1_000);
  }
  const measured = times.slice(Math.floor(times.length / 10)).sort((a, b) => a - b);
  return Math.round(measured[Math.floor(measured.length / 2)]! * 10) / 10;
}
