import { createHmac } from 'node:crypto';
import { utf8 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import type { Role } from '@wardmesh/identity';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { Agent, DpopKey, TestClient, TestWallet } from './oauth-support.ts';

const operator = signingKeyFromSeed(new Uint8Array(32).fill(7));

describe('the API with an access token', () => {
  verifies('CM-API-1', 'CM-AUTH-2', 'CM-RBAC-1');
  let t: TestGateway;
  let http: Agent;
  const wallet = new TestWallet();

  const flow = () => ({ resource: `${t.gateway.url}/api`, scope: 'api offline_access', query: { prompt: 'consent' } });
  const tokens = (headers: Record<string, string> = {}, changes: Loose = {}): Promise<Loose> =>
    new TestClient(t).tokens(wallet, { ...flow(), ...changes }, headers);
  const me = (authorization: string, headers: Record<string, string> = {}) =>
    http.get('/api/me', { authorization, ...headers });

  async function grant(subject: string, role: Role): Promise<void> {
    const { people } = t.gateway.home;
    const { draftId, message } = people.prepare(people.operator, { act: 'grant', subject, role });
    await people.commit(people.operator, draftId, {
      signature: Buffer.from(operator.sign(utf8(message))).toString('base64'),
    });
  }

  beforeAll(async () => {
    t = await TestGateway.start();
    http = new Agent(t);
    await grant(wallet.person, 'admin');
  });
  afterAll(() => t.stop());

  it('acts for the person who signed, with their roles and no cookie', async () => {
    const { access_token } = await tokens();
    const answer = await me(`Bearer ${access_token}`);
    expect([answer.status, answer.json]).toEqual([
      200,
      expect.objectContaining({ id: wallet.person, roles: ['admin'] }),
    ]);
    expect(answer.json.expiresAt).toBeGreaterThan(Date.now());
    expect(answer.headers['set-cookie']).toBeUndefined();
    const changed = await http.send('POST', '/api/agents', {
      body: JSON.stringify({ id: 'by-token', roles: [] }),
      headers: {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/json',
        'x-ward-request': '1',
      },
    });
    expect(changed.status).toBe(200);
  });

  it('asks for what changes something for the header that no form can send, also with a token', async () => {
    const { access_token } = await tokens();
    const answer = await http.send('POST', '/api/agents', {
      body: JSON.stringify({ id: 'forged', roles: [] }),
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    });
    expect([answer.status, answer.json.code]).toEqual([403, 'CROSS_SITE']);
  });

  it('tells a program without one where to sign in', async () => {
    const answer = await http.get('/api/me');
    expect([answer.status, answer.json.code]).toEqual([401, 'NOT_SIGNED_IN']);
    const challenge = String(answer.headers['www-authenticate']);
    expect(challenge).toContain(`resource_metadata="${t.gateway.url}/.well-known/oauth-protected-resource/api"`);
    expect(challenge).toContain('scope="api"');
    const { json } = await http.get('/.well-known/oauth-protected-resource/api');
    expect(json).toMatchObject({ resource: `${t.gateway.url}/api`, scopes_supported: ['api'] });
  });

  it.each([
    ['of an agent', (): string => t.token],
    ['that is none', (): string => 'nonsense'],
    ['with three empty parts', (): string => 'e30.e30.'],
    ['for an MCP endpoint', async () => (await new TestClient(t).tokens(wallet)).access_token],
    ['whose claims were changed', async () => forge((await tokens()).access_token, { sub: 'eip155:1:0x0' })],
    ['that names no algorithm', async () => withAlgorithm((await tokens()).access_token, 'none')],
    ['that is signed with the public key as a secret', async () => withHmac((await tokens()).access_token)],
    ['that refreshes', async () => (await tokens()).refresh_token],
  ] as readonly (readonly [string, () => string | Promise<string>])[])(
    'refuses a token %s, with one answer for all',
    async (_what, token) => {
      const answer = await me(`Bearer ${await token()}`);
      expect([answer.status, answer.json.code, answer.json.message]).toEqual([
        401,
        'TOKEN_REFUSED',
        'The access token was refused.',
      ]);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  it('is not made good by a cookie', async () => {
    const { access_token } = await tokens();
    const answer = await me('Bearer nonsense', { cookie: `__Host-ward=${access_token}` });
    expect(answer.json.code).toBe('TOKEN_REFUSED');
  });

  it('asks for the scope', async () => {
    // Consent to nothing of it: the person unticked it.
    const client = new TestClient(t);
    await client.register();
    const end = await client.signIn(wallet, { ...flow(), allow: [] });
    const code = end.searchParams.get('code');
    if (code === null) {
      expect(end.searchParams.get('error')).toBe('access_denied');
      return;
    }
    const { json } = await client.redeem(code, { resource: flow().resource });
    expect((await me(`Bearer ${json.access_token}`)).json.code).toBe('SCOPE_MISSING');
  });

  it('holds a bound token to its key', async () => {
    const [key, other] = [await DpopKey.make(), await DpopKey.make()];
    const url = `${t.gateway.url}/api/me`;
    const { access_token, token_type } = await tokens({
      dpop: await key.proof('POST', `${t.gateway.url}/oauth/token`),
    });
    expect(token_type).toBe('DPoP');
    const bound = `DPoP ${access_token}`;
    const dpop = await key.proof('GET', url, access_token);
    expect((await me(bound, { dpop })).status).toBe(200);
    for (const [authorization, proof] of [
      // The same proof again.
      [bound, dpop],
      [bound, undefined],
      [`Bearer ${access_token}`, await key.proof('GET', url, access_token)],
      [bound, await other.proof('GET', url, access_token)],
      [bound, await key.proof('POST', url, access_token)],
      [bound, await key.proof('GET', `${t.gateway.url}/api/status`, access_token)],
      [bound, await key.proof('GET', url, 'another token')],
      [bound, await key.proof('GET', url, access_token, { iat: Math.floor(Date.now() / 1_000) - 3_600 })],
    ] as const) {
      const answer = await me(authorization, proof === undefined ? {} : { dpop: proof });
      expect([answer.status, answer.json.code]).toEqual([401, 'TOKEN_REFUSED']);
      // Its owner goes on meanwhile; what was refused is forgotten then.
      expect((await me(bound, { dpop: await key.proof('GET', url, access_token) })).status).toBe(200);
    }
  });

  it('locks out whoever guesses, and nobody else', async () => {
    const guesser = new TestWallet();
    await grantByAdmin(guesser.person, 'auditor');
    const { access_token } = await new TestClient(t).tokens(guesser, flow());
    const codes: string[] = [];
    for (let tries = 0; tries < 6; tries++) {
      codes.push((await me(`Bearer ${forge(access_token, { jti: `guess ${tries}` })}`)).json.code);
    }
    expect([codes[0], codes.at(-1)]).toEqual(['TOKEN_REFUSED', 'LOCKED_OUT']);
    const locked = await me(`Bearer ${access_token}`);
    expect([locked.status, Number(locked.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await me(`Bearer ${(await tokens()).access_token}`)).status).toBe(200);
  });

  it('ends with its consent, at the next request', async () => {
    const { access_token } = await tokens();
    const out = await http.send('DELETE', '/api/session', {
      headers: { authorization: `Bearer ${access_token}`, 'x-ward-request': '1' },
    });
    expect(out.status).toBe(200);
    expect((await me(`Bearer ${access_token}`)).json.code).toBe('TOKEN_REFUSED');
  });

  it('may do no more than the person may now', async () => {
    const stranger = new TestWallet();
    await grantByAdmin(stranger.person, 'auditor');
    const { access_token } = await new TestClient(t).tokens(stranger, flow());
    const agents = () =>
      http.send('POST', '/api/agents', {
        body: JSON.stringify({ id: 'no', roles: [] }),
        headers: {
          authorization: `Bearer ${access_token}`,
          'content-type': 'application/json',
          'x-ward-request': '1',
        },
      });
    expect((await agents()).json.code).toBe('NOT_PERMITTED');
    expect((await http.get('/api/activity', { authorization: `Bearer ${access_token}` })).status).toBe(200);
    await grantByAdmin(stranger.person, 'auditor', 'revoke');
    const after = await http.get('/api/activity', { authorization: `Bearer ${access_token}` });
    expect([401, 403]).toContain(after.status);
  });

  async function grantByAdmin(subject: string, role: Role, act: 'grant' | 'revoke' = 'grant'): Promise<void> {
    const { people } = t.gateway.home;
    const { draftId, message } = people.prepare(wallet.person, { act, subject, role });
    await people.commit(wallet.person, draftId, { signature: wallet.sign(message) });
  }
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Loose => JSON.parse(Buffer.from(part, 'base64url').toString());

function forge(token: string, changes: Loose): string {
  const [head, body, signature] = token.split('.') as [string, string, string];
  return `${head}.${encode({ ...decode(body), ...changes })}.${signature}`;
}

function withAlgorithm(token: string, alg: string): string {
  const [head, body] = token.split('.') as [string, string];
  return `${encode({ ...decode(head), alg })}.${body}.`;
}

function withHmac(token: string): string {
  const [head, body] = token.split('.') as [string, string];
  const signed = `${encode({ ...decode(head), alg: 'HS256' })}.${body}`;
  return `${signed}.${createHmac('sha256', 'public key').update(signed).digest('base64url')}`;
}
