import { toBase64Url, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { CompactSign, type CryptoKey, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { TOKEN_SKEW_SECONDS } from '../limits.ts';
import type { AccessClaims } from './claims.ts';
import { AUDIENCE, claimsOf, ISSUER, makeKey, NOW, setUp } from './fixture.ts';

const refusedFor = (reason: string) => expect.objectContaining({ code: 'IDENTITY_TOKEN_REFUSED', details: { reason } });

/** The payload of a token that holds. */
const PAYLOAD = {
  iss: ISSUER,
  sub: 'person-1',
  aud: AUDIENCE,
  client_id: 'client-1',
  iat: NOW,
  exp: NOW + 300,
  jti: 'token-1',
  scope: 'mcp',
  sid: 'session-1',
  sv: 1,
};

describe.each(['EdDSA', 'ES256'] as const)('an access token signed with %s', (alg) => {
  verifies('CM-AUTH-2');

  it('says who calls, the first time and after', async () => {
    const { tokens, issue } = await setUp(alg);
    const token = await issue();
    expect(await tokens.check(token, AUDIENCE)).toEqual(claimsOf());
    expect(await tokens.check(token, AUDIENCE)).toEqual(claimsOf());
  });

  it('is refused with one character changed, anywhere', async () => {
    const { tokens, issue } = await setUp(alg);
    const token = await issue();
    for (let at = 0; at < token.length; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      await expect(tokens.check(changed, AUDIENCE)).rejects.toMatchObject({ code: 'IDENTITY_TOKEN_REFUSED' });
    }
  });
});

describe('the header of a token', () => {
  verifies('CM-AUTH-2');

  it.each<[string, string, Record<string, unknown>]>([
    ['a type of another use', 'type', { typ: 'JWT' }],
    ['no type', 'type', { typ: undefined }],
    ['a proof’s type', 'type', { typ: 'dpop+jwt' }],
    ['an unknown key', 'unknown key', { kid: 'other' }],
    ['a path for a key', 'unknown key', { kid: '../../dev/null' }],
    ['a query for a key', 'unknown key', { kid: "' OR 1=1 --" }],
    ['a prototype’s member for a key', 'unknown key', { kid: '__proto__' }],
    ['no key', 'unknown key', { kid: undefined }],
    ['a list of keys', 'unknown key', { kid: ['a'] }],
    ['a key of its own', 'header', { jwk: { kty: 'OKP' } }],
    ['a URL of keys', 'header', { jku: 'https://evil.example/jwks' }],
    ['a certificate', 'header', { x5c: ['AA=='] }],
    ['a certificate’s URL', 'header', { x5u: 'https://evil.example/' }],
    ['a thumbprint of one', 'header', { x5t: 'AA' }],
    ['an extension', 'header', { crit: ['b64'], b64: true }],
    ['a compression', 'header', { zip: 'DEF' }],
    ['a name it does not need', 'header', { cty: 'JWT' }],
  ])('is refused with %s', async (_what, reason, changes) => {
    const { tokens, pair } = await setUp();
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: pair.key.kid, ...changes };
    const token = await new SignJWT(PAYLOAD).setProtectedHeader(header as never).sign(pair.signer.privateKey);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor(reason));
  });

  it('is refused with no algorithm', async () => {
    const { tokens, pair } = await setUp();
    const [, payload] = new UnsecuredJWT(PAYLOAD).encode().split('.');
    for (const alg of ['none', 'None', '']) {
      const header = toBase64Url(utf8(JSON.stringify({ alg, typ: 'at+jwt', kid: pair.key.kid })));
      await expect(tokens.check(`${header}.${payload}.`, AUDIENCE)).rejects.toEqual(refusedFor('malformed'));
      await expect(tokens.check(`${header}.${payload}.AAAA`, AUDIENCE)).rejects.toEqual(refusedFor('algorithm'));
    }
  });

  it('is refused where our public key is used as a shared secret', async () => {
    const { tokens, pair } = await setUp('ES256');
    const secret = utf8(JSON.stringify(pair.key.jwk));
    const token = await new SignJWT(PAYLOAD)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: pair.key.kid })
      .sign(secret);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('algorithm'));
  });

  it('is refused where another key signed under our key’s name', async () => {
    const { tokens, pair } = await setUp();
    const { privateKey } = await generateKeyPair('EdDSA', {});
    const token = await new SignJWT(PAYLOAD)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: pair.key.kid })
      .sign(privateKey);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('signature'));
  });
});

describe('the claims of a token', () => {
  verifies('CM-AUTH-2');

  it.each<[string, string, Record<string, unknown>]>([
    ['another issuer', 'issuer', { iss: 'https://evil.example' }],
    ['no issuer', 'issuer', { iss: undefined }],
    ['another audience', 'audience', { aud: 'https://ward.example/api' }],
    ['two audiences', 'audience', { aud: [AUDIENCE, 'https://evil.example'] }],
    ['no audience', 'audience', { aud: undefined }],
    ['an empty list of audiences', 'audience', { aud: [] }],
    ['no expiry', 'claims', { exp: undefined }],
    ['an expiry in words', 'claims', { exp: '9999999999' }],
    ['half a second', 'claims', { exp: NOW + 300.5 }],
    ['no time of issue', 'claims', { iat: undefined }],
    ['no id', 'claims', { jti: undefined }],
    ['a long id', 'claims', { jti: 'x'.repeat(200) }],
    ['no subject', 'claims', { sub: undefined }],
    ['no client', 'claims', { client_id: undefined }],
    ['a scope that is a list', 'claims', { scope: ['mcp'] }],
    ['a life of a day', 'lifetime', { exp: NOW + 86_400 }],
    ['a life that ends before it begins', 'lifetime', { iat: NOW + 2, exp: NOW + 2 }],
    ['a session without its version', 'claims', { sv: undefined }],
    ['a version without its session', 'claims', { sid: undefined }],
    ['a binding we do not know', 'claims', { cnf: { 'x5t#S256': 'A'.repeat(43) } }],
    ['two bindings', 'claims', { cnf: { jkt: 'A'.repeat(43), kid: 'a' } }],
    ['an empty binding', 'claims', { cnf: {} }],
    ['a null binding', 'claims', { cnf: null }],
    ['issue in the future', 'future', { iat: NOW + TOKEN_SKEW_SECONDS + 1 }],
    ['expiry now', 'expired', { iat: NOW - 300, exp: NOW }],
  ])('are refused with %s', async (_what, reason, changes) => {
    const { tokens, pair } = await setUp();
    const token = await new SignJWT({ ...PAYLOAD, ...changes } as never)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: pair.key.kid })
      .sign(pair.signer.privateKey);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor(reason));
  });

  it('are refused where one stands twice', async () => {
    const { tokens, pair } = await setUp();
    const text = JSON.stringify(PAYLOAD).replace('{', `{"exp":${NOW + 999},`);
    const token = await new CompactSign(utf8(text))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: pair.key.kid })
      .sign(pair.signer.privateKey);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('malformed'));
  });

  it.each(['', 'a', 'a.b', 'a.b.c', '..', 'a.b.c.d', 'ä.b.c', `${'a'.repeat(9_000)}.b.c`])(
    'are refused in a text that is no token: %#',
    async (text) => {
      const { tokens } = await setUp();
      await expect(tokens.check(text, AUDIENCE)).rejects.toMatchObject({ code: 'IDENTITY_TOKEN_REFUSED' });
    },
  );
});

describe('a token that was checked before', () => {
  verifies('CM-AUTH-2');

  const warm = async (changes: Partial<AccessClaims> = {}) => {
    const scene = await setUp();
    const token = await scene.issue(changes);
    await scene.tokens.check(token, AUDIENCE);
    return { ...scene, token };
  };

  it('expires', async () => {
    const { tokens, clock, token } = await warm();
    clock.pass(299_999);
    await expect(tokens.check(token, AUDIENCE)).resolves.toBeDefined();
    clock.pass(1);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('expired'));
  });

  it('is not one for another audience', async () => {
    const { tokens, token } = await warm();
    await expect(tokens.check(token, 'https://ward.example/api')).rejects.toEqual(refusedFor('audience'));
  });

  it('is revoked at once', async () => {
    const { tokens, revocations, token } = await warm();
    revocations.revokeToken('token-1', Number.POSITIVE_INFINITY);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('revoked'));
  });

  it('ends with its session, or with its session’s version', async () => {
    const { tokens, revocations, token } = await warm();
    revocations.setSession('session-1', 2);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('session over'));
    revocations.endSession('session-1');
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('session over'));
  });

  it('ends with its key', async () => {
    const { tokens, keys, pair, token } = await warm();
    keys.rotate((await makeKey()).key, 1_000, Date.now());
    keys.revoke(pair.key.kid);
    await expect(tokens.check(token, AUDIENCE)).rejects.toEqual(refusedFor('unknown key'));
  });

  it('is refused where revocations cannot be asked', async () => {
    const { tokens, revocations, token } = await warm();
    revocations.isRevoked = () => {
      throw new Error('gone');
    };
    await expect(tokens.check(token, AUDIENCE)).rejects.toThrow('gone');
  });

  it('is not verified again: a lookup, not a signature', async () => {
    const { tokens, pair, token } = await warm();
    // The planted fault: with the key's verifier broken, only the cache can answer.
    (pair.key as { key: unknown }).key = 'broken' as unknown as CryptoKey;
    await expect(tokens.check(token, AUDIENCE)).resolves.toBeDefined();
  });
});

describe('the keys of tokens', () => {
  it('overlap when they rotate, and retire', async () => {
    const { tokens, keys, clock, issue } = await setUp();
    const old = await issue();
    const next = await makeKey('ES256');
    keys.rotate(next.key, 60_000, clock.now());
    expect(keys.jwks(clock.now()).keys.map(({ kid }) => kid)).toHaveLength(2);
    await expect(tokens.check(old, AUDIENCE)).resolves.toBeDefined();
    clock.pass(60_000);
    await expect(tokens.check(old, AUDIENCE)).rejects.toEqual(refusedFor('unknown key'));
    expect(keys.jwks(clock.now())).toEqual({ keys: [next.key.jwk] });
  });

  it('are published without their private part', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const { exportJWK } = await import('jose');
    const { importTokenKey, TokenKeys } = await import('./keys.ts');
    const key = await importTokenKey(await exportJWK(privateKey));
    expect(JSON.stringify(new TokenKeys([key]).jwks(0))).not.toContain('"d"');
    expect(Object.keys(key.jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it.each([{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'secp256k1' }, {}])(
    'are of two kinds only: %j',
    async (jwk) => {
      const { importTokenKey } = await import('./keys.ts');
      await expect(importTokenKey(jwk as never)).rejects.toMatchObject({ code: 'IDENTITY_KEY_INVALID' });
    },
  );
});
