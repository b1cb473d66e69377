import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { Agent, DpopKey, decodeJwt, SOLANA, TestClient, TestWallet } from './oauth-support.ts';
import { openStream } from './stream.ts';

const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const message = (method: string, params: Loose = {}) => ({ jsonrpc: '2.0' as const, id: 1, method, params });
const INITIALIZE = message('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'x', version: '1' },
});

let t: TestGateway;
let roles: readonly string[] | undefined = ['agent'];
let changed = () => {};
const wallet = new TestWallet();
const locations: string[] = [];

// Rates are by monotonic time: each client begins in a minute of its own.
let minutes = 0;
const clock = { now: () => Date.now(), monotonic: () => performance.now() + minutes * 61_000 };

beforeAll(async () => {
  t = await TestGateway.start({
    clock,
    people: {
      rolesOf: () => roles,
      onChanged: (listener) => {
        changed = listener;
        return () => {};
      },
    },
    fetchDocument: async (url) => {
      locations.push(url);
      return new Response('{}', { status: 404 });
    },
  });
});
afterAll(() => t.stop());
beforeEach(() => {
  roles = ['agent'];
  minutes += 1;
});

async function client(): Promise<TestClient> {
  minutes += 1;
  const made = new TestClient(t);
  await made.register();
  return made;
}

/** The status of a request to the test server with this token, and its challenge. */
async function ask(token: string, headers: Record<string, string> = {}, path = '/servers/t/mcp') {
  const answer = await t.send(INITIALIZE, { token, headers, path });
  return { status: answer.status, challenge: String(answer.headers['www-authenticate'] ?? ''), answer };
}

describe('confused deputy (SBP1)', () => {
  verifies('WM-GW-2');

  it('asks for consent each time, also where the browser is signed in and allowed this client before', async () => {
    const one = await client();
    const browser = new Agent(t, true);
    await one.signIn(wallet, {}, browser);
    const again = await browser.get(one.authorizeUrl());
    const page = await browser.get(String(again.headers.location));
    expect(page.text).toContain('id="allow"');
    expect(page.text).toContain('127.0.0.1:53682');
    expect(page.text).toContain('Test client');
  });

  it('takes no consent from another page, another browser, or by any other way than the page’s own', async () => {
    const one = await client();
    const browser = new Agent(t, true);
    await one.signIn(wallet, {}, browser);
    const { headers } = await browser.get(one.authorizeUrl());
    const base = new URL(String(headers.location), t.gateway.url).pathname;
    const body = { scopes: ['mcp:read'] };
    expect((await browser.json(`${base}/consent`, body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser.json(`${base}/consent`, body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await browser.json(`${base}/consent`, body, { 'content-type': 'text/plain' })).status).toBe(403);
    expect((await browser.form(`${base}/consent`, { scopes: 'mcp:read' }, { origin: t.gateway.url })).status).toBe(403);
    expect((await new Agent(t, true).json(`${base}/consent`, body)).status).toBe(410);
    expect((await browser.get(`${base}/consent`)).status).toBe(405);
    expect((await browser.json(`${base}/consent`, body)).status).toBe(200);
  });

  it('gives nothing before the sign-in, and nothing where nothing was allowed', async () => {
    const one = await client();
    const browser = new Agent(t, true);
    const { headers } = await browser.get(one.authorizeUrl());
    const base = new URL(String(headers.location), t.gateway.url).pathname;
    expect((await browser.json(`${base}/consent`, { scopes: ['mcp:read'] })).status).toBe(410);
    const end = await one.signIn(wallet, { allow: [] });
    expect(end.searchParams.get('error')).toBe('access_denied');
    expect(end.searchParams.get('code')).toBeNull();
  });

  it('is never framed, and runs nothing but its own scripts', async () => {
    const one = await client();
    const browser = new Agent(t, true);
    const { headers } = await browser.get(one.authorizeUrl());
    const page = await browser.get(String(headers.location));
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-/);
    expect(page.headers['x-frame-options']).toBe('DENY');
    expect(page.text).not.toMatch(/ on[a-z]+=/i);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect([...page.text.matchAll(/<script type="module" nonce="([^"]+)"/g)].map((m) => m[1])).toEqual([nonce]);
    expect((await browser.get(String(headers.location))).headers['content-security-policy']).not.toBe(policy);
  });

  it('keeps cookies to this host, TLS and HTTP', async () => {
    const browser = new Agent(t, true);
    const { headers } = await browser.get((await client()).authorizeUrl());
    for (const line of headers['set-cookie'] ?? []) {
      expect(line).toMatch(/^__(Host|Secure)-ward-/);
      expect(line.toLowerCase()).toMatch(/; secure/);
      expect(line.toLowerCase()).toMatch(/; httponly/);
      expect(line.toLowerCase()).toMatch(/; samesite=lax/);
      expect(line.toLowerCase()).not.toMatch(/domain=/);
    }
  });
});

describe('session hijack (SBP4)', () => {
  it('keeps a session from another client of the same person, and from another person', async () => {
    const mine = await (await client()).tokens(wallet);
    const opened = await ask(mine.access_token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const call = message('tools/call', { name: 'secret', arguments: {} });
    for (const thief of [await (await client()).tokens(wallet), await (await client()).tokens(new TestWallet())]) {
      const answer = await t.send(call, { token: thief.access_token, headers });
      expect(answer.status).toBe(404);
      expect(answer.message.error.data.code).toBe('SESSION_UNKNOWN');
    }
    expect((await t.send(message('ping'), { token: mine.access_token, headers })).status).toBe(200);
  });
});

describe('token passthrough (SBP2, A3)', () => {
  it('sends no credential of a client to a server', async () => {
    const seen: Loose[] = [];
    const upstream = createServer((request, response) => {
      seen.push({ ...request.headers, url: request.url });
      response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    const other = await TestGateway.start({
      people: { rolesOf: () => ['agent'] },
      config: {
        servers: {
          remote: {
            url: `http://127.0.0.1:${port}/mcp`,
            transport: 'streamable-http',
            insecureLoopback: true,
            labels: [],
          },
        },
      },
      unpinned: true,
    });
    try {
      const one = new TestClient(other);
      const resource = `${other.gateway.url}/servers/remote/mcp`;
      const { access_token: token } = await one.tokens(wallet, { resource });
      await other.send(message('tools/list'), { token, path: '/servers/remote/mcp' });
      const opened = await other.send(INITIALIZE, { token, path: '/servers/remote/mcp' });
      const headers = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
      await other.send(message('tools/list'), { token, path: '/servers/remote/mcp', headers });
      expect(seen.length).toBeGreaterThan(0);
      expect(JSON.stringify(seen)).not.toContain(token);
      expect(seen.every((each) => each.authorization === undefined && each.dpop === undefined)).toBe(true);
    } finally {
      await other.stop();
      upstream.close();
    }
  });

  it('takes no token from the query (A4)', async () => {
    const { access_token: token } = await (await client()).tokens(wallet);
    const answer = await t.raw(PING, { token: null, path: `/servers/t/mcp?access_token=${token}` });
    expect(answer.status).toBe(404);
  });
});

describe('mix-up (SBP8)', () => {
  it('names the issuer in answers and in errors (RFC 9207), and gives the state back as it came', async () => {
    const one = await client();
    const state = 'ä &=% "quoted"';
    const good = await one.signIn(wallet, { state });
    expect(good.searchParams.get('iss')).toBe(t.gateway.url);
    expect(good.searchParams.get('state')).toBe(state);
    const bad = await one.signIn(wallet, { state, query: { code_challenge_method: 'plain' } });
    expect(bad.searchParams.get('error')).toBe('invalid_request');
    expect(bad.searchParams.get('iss')).toBe(t.gateway.url);
    expect(bad.searchParams.get('state')).toBe(state);
  });

  it('takes no code of another client', async () => {
    const one = await client();
    const other = await client();
    const code = (await one.signIn(wallet)).searchParams.get('code')!;
    const reply = await other.redeem(code, { code_verifier: one.verifier });
    expect([reply.status, reply.json.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('open redirect', () => {
  it.each([
    'https://evil.example/callback',
    'http://127.0.0.1:53682/callback/..//evil',
    'http://127.0.0.1:53682/callback?x=1',
    'http://127.0.0.1:53682/callback#x',
    'http://127.0.0.1:53682@evil.example/callback',
    'http://127.0.0.1.evil.example:53682/callback',
    'http://localhost:53682/callback',
    'http://127.0.0.1:53682/Callback',
    '//evil.example/callback',
    'javascript:alert(1)',
  ])('never goes to %s', async (redirectUri) => {
    const one = await client();
    for (const query of [{}, { response_type: 'nonsense' }, { scope: 'x' }, { prompt: 'none' }]) {
      const reply = await new Agent(t, true).get(one.authorizeUrl({ redirectUri, query }));
      expect(reply.status).toBe(400);
      expect(reply.headers.location).toBeUndefined();
      expect(reply.text).not.toContain('<script');
    }
  });

  it('lets a program on this machine choose its port, and nothing else (RFC 8252 §7.3)', async () => {
    const one = await client();
    const end = await one.signIn(wallet, { redirectUri: 'http://127.0.0.1:1/callback' });
    expect(end.port).toBe('1');
    expect(end.searchParams.get('code')).not.toBeNull();
    const web = new TestClient(t);
    await web.register({ redirect_uris: ['https://app.example/callback'] });
    const reply = await web.http.get(web.authorizeUrl({ redirectUri: 'https://app.example:8443/callback' }));
    expect(reply.status).toBe(400);
  });

  it.each([
    'http://evil.example/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://a.example/*',
    'https://u:p@a.example/',
    'https://localhost/callback',
    'https://a.example/#x',
    'nonsense',
  ])('registers no client that wants %s', async (uri) => {
    const reply = await new TestClient(t).register({ redirect_uris: [uri] });
    expect([reply.status, reply.json.error]).toEqual([400, 'invalid_redirect_uri']);
  });
});

describe('state mismatch and foreign browsers', () => {
  it('goes on in the browser it began in only', async () => {
    const one = await client();
    const begun = new Agent(t, true);
    const { headers } = await begun.get(one.authorizeUrl());
    const place = String(headers.location);
    const victim = new Agent(t, true);
    expect((await victim.get(place)).status).toBe(410);
    expect((await victim.json(`${place}/challenge`, { chain: SOLANA, address: wallet.address })).status).toBe(410);
    expect((await begun.get(place)).status).toBe(200);
  });

  it('takes a message signed for one sign-in in no other', async () => {
    const one = await client();
    const [a, b] = [new Agent(t, true), new Agent(t, true)];
    const pathOf = async (browser: Agent) =>
      new URL(String((await browser.get(one.authorizeUrl())).headers.location), t.gateway.url).pathname;
    const [first, second] = [await pathOf(a), await pathOf(b)];
    const { json } = await a.json(`${first}/challenge`, { chain: SOLANA, address: wallet.address });
    const proof = { chain: SOLANA, message: json.message, signature: wallet.sign(json.message) };
    const stolen = await b.json(`${second}/verify`, proof);
    expect([stolen.status, stolen.json.code]).toEqual([401, 'IDENTITY_SIGN_IN_REFUSED']);
    expect((await a.json(`${first}/verify`, proof)).status).toBe(200);
  });
});

describe('forged tokens', () => {
  verifies('CM-AUTH-2');
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  let genuine: string;
  let claims: Loose;
  let header: Loose;
  beforeAll(async () => {
    genuine = (await (await client()).tokens(wallet)).access_token;
    claims = decodeJwt(genuine);
    header = JSON.parse(Buffer.from(genuine.split('.')[0]!, 'base64url').toString());
  });
  // A new subject for each guess, so that none meets a lock.
  let guess = 0;
  const next = () => ({ ...claims, sub: `guess-${guess++}` });

  it('are refused whatever algorithm they name: none, HS256 with our public key, another curve', async () => {
    const { json } = await new Agent(t).get('/oauth/jwks');
    const pem = createPublicKey({ key: json.keys[0], format: 'jwk' }).export({ format: 'pem', type: 'spki' }) as string;
    const forged: string[] = [];
    const none = `${part({ ...header, alg: 'none' })}.${part(next())}`;
    forged.push(`${none}.`, `${none}.${genuine.split('.')[2]}`);
    for (const secret of [pem, JSON.stringify(json.keys[0]), json.keys[0].x]) {
      const input = `${part({ ...header, alg: 'HS256' })}.${part(next())}`;
      forged.push(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
    }
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = own.publicKey.export({ format: 'jwk' });
    for (const extra of [
      {},
      { jwk },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example/x' },
      { kid: '../../../../dev/null' },
      { kid: "x' OR '1'='1" },
      { kid: ['a'] },
      { kid: undefined },
      { crit: ['x'] },
      { typ: 'JWT' },
    ]) {
      const input = `${part({ ...header, ...extra })}.${part(next())}`;
      const signature = sign('sha256', Buffer.from(input), { key: own.privateKey, dsaEncoding: 'ieee-p1363' });
      forged.push(`${input}.${signature.toString('base64url')}`);
    }
    for (const token of forged) {
      const { status, challenge } = await ask(token);
      expect(status, token).toBe(401);
      expect(challenge).toContain('error="invalid_token"');
    }
    expect(locations).toEqual([]);
    expect((await ask(genuine)).status).toBe(200);
  });

  it('lock out whoever guesses, and only them (XR-LOCK-1)', async () => {
    const input = `${part(header)}.${part({ ...claims, sub: 'guesser' })}.AAAA`;
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask(input)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await ask(genuine)).status).toBe(200);
  });
});

describe('wrong audience (A2)', () => {
  it('a token counts at the endpoint it was asked for, and at no other', async () => {
    const { access_token: token } = await (await client()).tokens(wallet);
    expect((await ask(token)).status).toBe(200);
    expect((await ask(token, {}, '/mcp')).status).toBe(401);
    expect((await ask(token, {}, '/servers/other/mcp')).status).toBe(401);
    const { access_token: all } = await (await client()).tokens(wallet, { resource: `${t.gateway.url}/mcp` });
    expect((await ask(all, {}, '/mcp')).status).toBe(200);
    expect((await ask(all)).status).toBe(401);
  });

  it.each(['https://evil.example/mcp', 'https://localhost/etc', 'https://localhost@evil.example/mcp', 'nonsense'])(
    'gives none for %s',
    async (resource) => {
      const one = await client();
      const end = await one.signIn(wallet, { resource });
      expect(end.searchParams.get('error')).toBe('invalid_target');
    },
  );

  it('gives none for another resource than the person saw', async () => {
    const one = await client();
    const code = (await one.signIn(wallet)).searchParams.get('code')!;
    const reply = await one.redeem(code, { resource: `${t.gateway.url}/mcp` });
    expect([reply.status, reply.json.error]).toEqual([400, 'invalid_target']);
  });

  it('an agent’s own token is no access token for anything else, and no access token an agent’s', async () => {
    expect((await ask(t.token)).status).toBe(200);
    const reply = await new Agent(t).form('/oauth/revoke', { token: t.token, client_id: (await client()).clientId });
    expect(reply.status).toBe(200);
    expect((await ask(t.token)).status).toBe(200);
  });
});

describe('a stolen token bound to a key (RFC 9449)', () => {
  verifies('WM-GW-2');
  const url = () => `${t.gateway.url}/servers/t/mcp`;
  let key: DpopKey;
  let token: string;
  let refreshToken: string;
  let one: TestClient;
  const send = (headers: Record<string, string>) => t.raw(JSON.stringify(INITIALIZE), { token: null, headers });
  // A person of its own for each test: wrong proofs lock out.
  beforeEach(async () => {
    key = await DpopKey.make();
    one = await client();
    const proof = await key.proof('POST', `${t.gateway.url}/oauth/token`);
    const tokens = await one.tokens(new TestWallet(), {}, { dpop: proof });
    expect(tokens.token_type).toBe('DPoP');
    ({ access_token: token, refresh_token: refreshToken } = tokens);
  });

  it('counts with a proof of its key', async () => {
    const dpop = await key.proof('POST', url(), token);
    expect((await send({ authorization: `DPoP ${token}`, dpop })).status).toBe(200);
  });

  it('is worth nothing without, as a bearer token, or with another key', async () => {
    const other = await DpopKey.make();
    for (const headers of [
      { authorization: `DPoP ${token}` },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${token}`, dpop: await key.proof('POST', url(), token) },
      { authorization: `DPoP ${token}`, dpop: await other.proof('POST', url(), token) },
    ]) {
      const answer = await send(headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('DPoP algs=');
    }
  });

  it('takes a proof once, for this method, address, token and time', async () => {
    const dpop = await key.proof('POST', url(), token);
    expect((await send({ authorization: `DPoP ${token}`, dpop })).status).toBe(200);
    const replayed = await send({ authorization: `DPoP ${token}`, dpop });
    expect(replayed.status).toBe(401);
    expect(replayed.headers['www-authenticate']).toContain('error="invalid_dpop_proof"');
    const now = Math.floor(Date.now() / 1_000);
    for (const proof of [
      await key.proof('GET', url(), token),
      await key.proof('POST', `${t.gateway.url}/mcp`, token),
      await key.proof('POST', url()),
      await key.proof('POST', url(), token, { iat: now - 120 }),
      await key.proof('POST', url(), token, { iat: now + 120 }),
    ]) {
      expect((await send({ authorization: `DPoP ${token}`, dpop: proof })).status).toBe(401);
    }
  });

  it('is refreshed with the same key only, and a proof at the token endpoint counts once', async () => {
    const at = `${t.gateway.url}/oauth/token`;
    const without = await one.refresh(refreshToken);
    expect([without.status, without.json.error]).toEqual([400, 'invalid_grant']);
    const stolen = await one.refresh(refreshToken, { dpop: await (await DpopKey.make()).proof('POST', at) });
    expect([stolen.status, stolen.json.error]).toEqual([400, 'invalid_grant']);
    const dpop = await key.proof('POST', at);
    const good = await one.refresh(refreshToken, { dpop });
    expect(good.status).toBe(200);
    const again = await one.refresh(good.json.refresh_token, { dpop });
    expect(again.status).toBe(400);
  });
});

describe('codes', () => {
  it('need their PKCE verifier, and S256', async () => {
    const one = await client();
    const code = (await one.signIn(wallet)).searchParams.get('code')!;
    const wrong = await one.redeem(code, { code_verifier: 'x'.repeat(43) });
    expect([wrong.status, wrong.json.error]).toEqual([400, 'invalid_grant']);
    for (const query of [
      { code_challenge: null },
      { code_challenge_method: 'plain' },
      { code_challenge_method: null },
    ]) {
      const end = await one.signIn(wallet, { query });
      expect(end.searchParams.get('error')).toBe('invalid_request');
    }
  });

  it('replayed give nothing, and end what the first one gave', async () => {
    const one = await client();
    const code = (await one.signIn(wallet)).searchParams.get('code')!;
    const first = await one.redeem(code);
    expect(first.status).toBe(200);
    expect((await ask(first.json.access_token)).status).toBe(200);
    const second = await one.redeem(code);
    expect([second.status, second.json.error]).toEqual([400, 'invalid_grant']);
    expect((await ask(first.json.access_token)).status).toBe(401);
    expect((await one.refresh(first.json.refresh_token)).status).toBe(400);
  });

  it('redeemed many times at the same moment count once at most', async () => {
    const one = await client();
    const code = (await one.signIn(wallet)).searchParams.get('code')!;
    const replies = await Promise.all(Array.from({ length: 6 }, () => one.redeem(code)));
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { json } of replies) if (json.access_token) expect((await ask(json.access_token)).status).toBe(401);
  });
});

describe('refresh tokens', () => {
  it('rotate, and one used twice ends its family', async () => {
    const one = await client();
    const first = await one.tokens(wallet);
    const second = await one.refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.json.refresh_token).not.toBe(first.refresh_token);
    expect((await ask(second.json.access_token)).status).toBe(200);
    const reused = await one.refresh(first.refresh_token);
    expect([reused.status, reused.json.error]).toEqual([400, 'invalid_grant']);
    expect((await one.refresh(second.json.refresh_token)).status).toBe(400);
    expect((await ask(second.json.access_token)).status).toBe(401);
  });

  it('are no good to another client', async () => {
    const one = await client();
    const { refresh_token: token } = await one.tokens(wallet);
    const reply = await (await client()).refresh(token);
    expect([reply.status, reply.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('stand in the file as hashes only', async () => {
    const one = await client();
    const tokens = await one.tokens(wallet);
    const { readFileSync } = await import('node:fs');
    for (const name of ['state.db', 'state.db-wal']) {
      const bytes = readFileSync(`${t.home}/${name}`).toString('latin1');
      for (const secret of [tokens.refresh_token, one.clientId]) expect(bytes).not.toContain(secret);
    }
    const log = t.logLines.join();
    for (const secret of [tokens.refresh_token, tokens.access_token]) expect(log).not.toContain(secret);
  });
});

describe('revocation', () => {
  it('stops tokens with the next request, and closes what is open', async () => {
    const one = await client();
    const tokens = await one.tokens(wallet);
    const opened = await ask(tokens.access_token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const stream = await openStream(t, { token: tokens.access_token, headers });
    expect(stream.status).toBe(200);
    const reply = await one.http.form('/oauth/revoke', { token: tokens.refresh_token, client_id: one.clientId });
    expect(reply.status).toBe(200);
    expect((await t.send(message('ping'), { token: tokens.access_token, headers })).status).toBe(401);
    await stream.closed;
  });

  it('of a person’s roles counts for the next call, and closes what is open', async () => {
    const tokens = await (await client()).tokens(wallet);
    const opened = await ask(tokens.access_token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const stream = await openStream(t, { token: tokens.access_token, headers });
    expect(stream.status).toBe(200);
    roles = [];
    changed();
    await stream.closed;
    const again = await ask(tokens.access_token);
    expect(again.status).toBe(200);
    const answer = await t.send(message('tools/call', { name: 'echo', arguments: { message: 'x' } }), {
      token: tokens.access_token,
      headers: { 'mcp-session-id': String(again.answer.headers['mcp-session-id']) },
    });
    expect(answer.message.error.data.code).toBe('POLICY_DENIED');
    roles = undefined;
    expect((await ask(tokens.access_token)).status).toBe(401);
  });

  it('of a role by its own time closes what is open too, within seconds', async () => {
    roles = ['consumer'];
    const tokens = await (await client()).tokens(wallet);
    const opened = await ask(tokens.access_token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const stream = await openStream(t, { token: tokens.access_token, headers });
    expect(stream.status).toBe(200);
    // Nobody is told: the grant has just ended.
    roles = [];
    await stream.closed;
  }, 15_000);

  it('or none; a consumer’s client is an agent, as the matrix has it', async () => {
    roles = ['consumer'];
    const { access_token: token } = await (await client()).tokens(wallet);
    const opened = await ask(token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const call = message('tools/call', { name: 'echo', arguments: { message: 'x' } });
    expect((await t.send(call, { token, headers })).message.result).toBeDefined();
  });

  it.each([[['admin']], [['operator', 'auditor']], [['of no policy']]])(
    'or other roles than a policy asks for (%j) leave nothing to call',
    async (others) => {
      roles = others;
      const { access_token: token } = await (await client()).tokens(wallet);
      const opened = await ask(token);
      const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
      const call = message('tools/call', { name: 'echo', arguments: { message: 'x' } });
      const answer = await t.send(call, { token, headers });
      expect(answer.message.error.data.code).toBe('POLICY_DENIED');
      const listed = await t.send(message('tools/list'), { token, headers });
      expect(listed.message.result.tools).toEqual([]);
    },
  );

  it('by an operator ends all of a person', async () => {
    const person = new TestWallet();
    const tokens = await (await client()).tokens(person);
    expect(await t.gateway.oauth!.revokePerson(person.person)).toBe(1);
    expect((await ask(tokens.access_token)).status).toBe(401);
  });
});

describe('signing keys', () => {
  it('rotate without a restart; old tokens count on, unless they are to be forgotten', async () => {
    const before = await (await client()).tokens(wallet);
    await t.gateway.oauth!.rotateKeys();
    const after = await (await client()).tokens(wallet);
    expect((await new Agent(t).get('/oauth/jwks')).json.keys).toHaveLength(2);
    expect(JSON.stringify((await new Agent(t).get('/oauth/jwks')).json)).not.toContain('"d"');
    expect((await ask(before.access_token)).status).toBe(200);
    expect((await ask(after.access_token)).status).toBe(200);
    await t.gateway.oauth!.rotateKeys({ forget: true });
    expect((await ask(before.access_token)).status).toBe(401);
    expect((await ask(after.access_token)).status).toBe(401);
    expect((await ask((await (await client()).tokens(wallet)).access_token)).status).toBe(200);
  });
});

describe('the check of a token', () => {
  it('costs no signature after the first (measured, no limit is asserted)', async () => {
    const { access_token: token } = await (await client()).tokens(wallet);
    const { gate, issuer } = t.gateway.oauth!;
    const presented = {
      authorization: `Bearer ${token}`,
      method: 'POST',
      url: `${issuer}/servers/t/mcp`,
      audience: `${issuer}/servers/t/mcp`,
    };
    const first = performance.now();
    await gate.admit(presented);
    const start = performance.now();
    for (let i = 0; i < 2_000; i++) await gate.admit(presented);
    const each = ((performance.now() - start) * 1_000) / 2_000;
    console.info(`token check: first ${((start - first) * 1_000).toFixed(0)} µs, then ${each.toFixed(1)} µs`);
    expect((await gate.admit(presented)).id).toBe(wallet.person);
  });
});

describe('scopes (A6, SBP11)', () => {
  it('a client that may only read is told what a call takes', async () => {
    const { access_token: token, scope } = await (await client()).tokens(wallet, { allow: ['mcp:read'] });
    expect(scope).toBe('mcp:read');
    const opened = await ask(token);
    const headers = { 'mcp-session-id': String(opened.answer.headers['mcp-session-id']) };
    const read = message('tools/call', { name: 'echo', arguments: { message: 'x' } });
    expect((await t.send(read, { token, headers })).message.result).toBeDefined();
    const write = message('tools/call', { name: 'write', arguments: { line: 'x' } });
    const refused = await t.send(write, { token, headers });
    expect(refused.status).toBe(403);
    expect(refused.message.error.data.code).toBe('SCOPE_INSUFFICIENT');
    const challenge = String(refused.headers['www-authenticate']);
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="mcp:read mcp:call"');
    expect(challenge).toContain('resource_metadata=');
  });
});

describe('hostile registrations and pages', () => {
  it('shows a name as text, without what hides', async () => {
    const one = new TestClient(t);
    await one.register({ client_name: '<img src=x onerror=alert(1)>\u202Eevil\u200B' });
    const browser = new Agent(t, true);
    const { headers } = await browser.get(one.authorizeUrl());
    const page = await browser.get(String(headers.location));
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;evil');
    expect(page.text).not.toContain('<img');
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['doubled keys', '{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}'],
    ['nothing', ''],
    ['too many redirect URIs', JSON.stringify({ redirect_uris: Array(11).fill('https://a.example/') })],
    ['too much', JSON.stringify({ client_name: 'x'.repeat(40_000), redirect_uris: ['https://a.example/'] })],
  ])('refuses %s', async (_name, body) => {
    const reply = await new Agent(t).send('POST', '/oauth/register', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([400, 413]).toContain(reply.status);
  });

  it('answers only under names of its own', async () => {
    const http = new Agent(t);
    const foreign = await http.get('/.well-known/oauth-authorization-server', { host: 'evil.example' });
    expect(foreign.status).toBe(403);
    const port = new URL(t.gateway.url).port;
    const other = await http.get('/.well-known/oauth-authorization-server', { host: `127.0.0.1:${port}` });
    expect(other.json.token_endpoint).toBe(`${t.gateway.url}/oauth/token`);
    expect((await http.get('/oauth/authorize?client_id=x', { host: `127.0.0.1:${port}` })).status).toBe(421);
    const forwarded = await http.get('/.well-known/oauth-authorization-server', {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    });
    expect(forwarded.text).not.toContain('evil.example');
  });

  it('limits what strangers may make us keep', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 60; i++) statuses.push((await new TestClient(t).register()).status);
    expect(statuses.at(-1)).toBe(429);
  });
});
