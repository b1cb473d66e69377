import { toBase64Url, utf8 } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { CompactSign, exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { DPOP_AGE_SECONDS, DPOP_AHEAD_SECONDS } from '../limits.ts';
import { authenticate, type TokenRequest } from './authenticate.ts';
import { DpopNonces } from './dpop-nonces.ts';
import { AUDIENCE, NOW, ProvingClient, setUp } from './fixture.ts';

const refusedFor = (reason: string) => expect.objectContaining({ code: 'IDENTITY_DPOP_REFUSED', details: { reason } });
const tokenRefusedFor = (reason: string) =>
  expect.objectContaining({ code: 'IDENTITY_TOKEN_REFUSED', details: { reason } });
const URL_ = AUDIENCE;

describe.each(['ES256', 'EdDSA'] as const)('a DPoP proof with %s', (alg) => {
  it('binds a token to its key', async () => {
    verifies('CM-AUTH-2');
    const { tokens, dpop, issue } = await setUp();
    const client = await ProvingClient.make(alg);
    const token = await issue({ keyThumbprint: client.thumbprint });
    const request = async (): Promise<TokenRequest> => ({
      authorization: `DPoP ${token}`,
      proof: await client.prove(URL_, token),
      method: 'POST',
      url: URL_,
      audience: AUDIENCE,
    });
    expect(await authenticate(tokens, dpop, await request())).toMatchObject({ subject: 'person-1' });
    // Again with a new proof, and not again with an old one.
    const again = await request();
    await expect(authenticate(tokens, dpop, again)).resolves.toBeDefined();
    await expect(authenticate(tokens, dpop, again)).rejects.toEqual(refusedFor('replayed'));
  });
});

describe('a DPoP proof', () => {
  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    ['another method', 'method', { htm: 'GET' }, {}],
    ['a method in lower case', 'method', { htm: 'post' }, {}],
    ['another path', 'URI', { htu: 'https://ward.example/api' }, {}],
    ['another host', 'URI', { htu: 'https://evil.example/mcp' }, {}],
    ['another scheme', 'URI', { htu: 'http://ward.example/mcp' }, {}],
    ['no URI', 'URI', { htu: undefined }, {}],
    ['a URI with a user', 'URI', { htu: 'https://a@ward.example/mcp' }, {}],
    ['no id', 'claims', { jti: undefined }, {}],
    ['an empty id', 'claims', { jti: '' }, {}],
    ['a long id', 'claims', { jti: 'x'.repeat(129) }, {}],
    ['no time', 'claims', { iat: undefined }, {}],
    ['an old time', 'stale', { iat: NOW - DPOP_AGE_SECONDS - 1 }, {}],
    ['a time ahead', 'future', { iat: NOW + DPOP_AHEAD_SECONDS + 1 }, {}],
    ['another token’s hash', 'access token', { ath: toBase64Url(new Uint8Array(32)) }, {}],
    ['no token’s hash', 'access token', { ath: undefined }, {}],
    ['another type', 'type', {}, { typ: 'JWT' }],
    ['no key', 'key', {}, { jwk: undefined }],
    ['a key by name', 'header', {}, { kid: 'a' }],
    ['a key’s URL', 'header', {}, { jku: 'https://evil.example' }],
    ['an extension', 'header', {}, { crit: ['b64'], b64: true }],
  ])('is refused with %s', async (_what, reason, claims, header) => {
    const { dpop } = await setUp();
    const client = await ProvingClient.make();
    const proof = await client.prove(URL_, 'token', claims, header);
    await expect(dpop.verify({ proof, method: 'POST', url: URL_, accessToken: 'token' })).rejects.toEqual(
      refusedFor(reason),
    );
  });

  it.each(['https://ward.example/mcp?x=1#y', 'HTTPS://WARD.example:443/mcp', 'https://ward.example/a/../mcp'])(
    'holds for the URI in another spelling: %s',
    async (htu) => {
      const { dpop } = await setUp();
      const client = await ProvingClient.make();
      const proof = await client.prove(URL_, undefined, { htu });
      expect(await dpop.verify({ proof, method: 'POST', url: `${URL_}?q=2` })).toBe(client.thumbprint);
    },
  );

  it('is refused with a private key in it', async () => {
    const { dpop } = await setUp();
    const client = await ProvingClient.make();
    const proof = await client.prove(URL_, undefined, {}, { jwk: await exportJWK(client.privateKey) });
    await expect(dpop.verify({ proof, method: 'POST', url: URL_ })).rejects.toEqual(refusedFor('key'));
  });

  it('is refused with a key of small order, whose signatures fit anything', async () => {
    const { dpop } = await setUp();
    const client = await ProvingClient.make('EdDSA');
    for (const x of [new Uint8Array(32).with(0, 1), new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(x) };
      const proof = await client.prove(URL_, undefined, {}, { jwk });
      await expect(dpop.verify({ proof, method: 'POST', url: URL_ })).rejects.toEqual(refusedFor('key'));
    }
  });

  it.each(['RS256', 'HS256', 'none'])('is refused with the algorithm %s', async (alg) => {
    const { dpop } = await setUp();
    const { jwk } = await ProvingClient.make();
    const header = toBase64Url(utf8(JSON.stringify({ alg, typ: 'dpop+jwt', jwk })));
    const payload = toBase64Url(utf8(JSON.stringify({ jti: 'a', htm: 'POST', htu: URL_, iat: NOW })));
    const verdict = dpop.verify({ proof: `${header}.${payload}.AAAA`, method: 'POST', url: URL_ });
    await expect(verdict).rejects.toEqual(refusedFor('algorithm'));
  });

  it('is refused where another key made it', async () => {
    const { dpop } = await setUp();
    const [thief, victim] = [await ProvingClient.make(), await ProvingClient.make()];
    const forged = await thief.prove(URL_, undefined, {}, { jwk: victim.jwk });
    await expect(dpop.verify({ proof: forged, method: 'POST', url: URL_ })).rejects.toEqual(refusedFor('signature'));
    const own = await thief.prove(URL_, undefined);
    await expect(dpop.verify({ proof: own, method: 'POST', url: URL_, thumbprint: victim.thumbprint })).rejects.toEqual(
      refusedFor('other key'),
    );
  });

  it('of one client does not use up another’s ids', async () => {
    const { dpop } = await setUp();
    for (const client of [await ProvingClient.make(), await ProvingClient.make()]) {
      const proof = await client.prove(URL_, undefined, { jti: 'same' });
      await expect(dpop.verify({ proof, method: 'POST', url: URL_ })).resolves.toBe(client.thumbprint);
    }
  });

  it('carries our nonce where one is asked, of this minute or the one before', async () => {
    const nonces = new DpopNonces(new HmacKey(new Uint8Array(32).fill(3)));
    const { dpop, clock } = await setUp('EdDSA', { nonces });
    const client = await ProvingClient.make();
    const nonce = nonces.current(clock.now());
    const send = async (value: unknown) =>
      dpop.verify({
        proof: await client.prove(URL_, undefined, { nonce: value, iat: clock.now() / 1_000 }),
        method: 'POST',
        url: URL_,
      });
    await expect(send(undefined)).rejects.toEqual(refusedFor('nonce'));
    await expect(send('guess')).rejects.toEqual(refusedFor('nonce'));
    await expect(send(nonce)).resolves.toBeDefined();
    clock.pass(60_000);
    await expect(send(nonce)).resolves.toBeDefined();
    clock.pass(60_000);
    await expect(send(nonce)).rejects.toEqual(refusedFor('nonce'));
  });

  it.each([
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: '\ud800' }],
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: null }],
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: [] }],
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'EC', crv: 'P-256', x: 1, y: 2 } }],
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    [{ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }],
  ])('is refused with a malformed key: %#', async (header) => {
    const { dpop } = await setUp();
    const proof = `${toBase64Url(utf8(JSON.stringify(header)))}.${toBase64Url(utf8('{}'))}.AAAA`;
    await expect(dpop.verify({ proof, method: 'POST', url: URL_ })).rejects.toEqual(refusedFor('key'));
  });

  it('is refused as a token, and a token as a proof', async () => {
    const { dpop, tokens, issue, pair } = await setUp();
    const client = await ProvingClient.make();
    const proof = await client.prove(URL_, undefined);
    await expect(tokens.check(proof, AUDIENCE)).rejects.toEqual(tokenRefusedFor('header'));
    await expect(dpop.verify({ proof: await issue(), method: 'POST', url: URL_ })).rejects.toEqual(
      refusedFor('header'),
    );
    const signed = await new CompactSign(utf8('{}'))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk: pair.jwk } as never)
      .sign(pair.signer.privateKey);
    await expect(dpop.verify({ proof: signed, method: 'POST', url: URL_ })).rejects.toEqual(refusedFor('claims'));
  });
});

describe('a stolen token', () => {
  verifies('CM-AUTH-2');
  const steal = async () => {
    const scene = await setUp();
    const owner = await ProvingClient.make();
    return { ...scene, owner, token: await scene.issue({ keyThumbprint: owner.thumbprint }) };
  };
  const request = (authorization: string, proof?: string): TokenRequest => ({
    authorization,
    method: 'POST',
    url: URL_,
    audience: AUDIENCE,
    ...(proof !== undefined && { proof }),
  });

  it('is worth nothing as a bearer token', async () => {
    const { tokens, dpop, token } = await steal();
    await expect(authenticate(tokens, dpop, request(`Bearer ${token}`))).rejects.toEqual(tokenRefusedFor('scheme'));
  });

  it('is worth nothing without a proof, or with the thief’s', async () => {
    const { tokens, dpop, token } = await steal();
    await expect(authenticate(tokens, dpop, request(`DPoP ${token}`))).rejects.toEqual(
      tokenRefusedFor('proof missing'),
    );
    const thief = await ProvingClient.make();
    const proof = await thief.prove(URL_, token);
    await expect(authenticate(tokens, dpop, request(`DPoP ${token}`, proof))).rejects.toEqual(refusedFor('other key'));
  });

  it('leaves the scheme to bound tokens', async () => {
    const { tokens, dpop, issue, owner } = await steal();
    const token = await issue({ tokenId: 'token-2' });
    const proof = await owner.prove(URL_, token);
    await expect(authenticate(tokens, dpop, request(`DPoP ${token}`, proof))).rejects.toEqual(
      tokenRefusedFor('scheme'),
    );
    await expect(authenticate(tokens, dpop, request(`Bearer ${token}`))).resolves.toBeDefined();
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Bearer a,Bearer b', 'bearer\ta'])(
    'is no header: %j',
    async (header) => {
      const { tokens, dpop } = await steal();
      await expect(authenticate(tokens, dpop, request(header))).rejects.toEqual(tokenRefusedFor('scheme'));
    },
  );
});
