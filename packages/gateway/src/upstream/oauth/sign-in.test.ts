import type { Json, JsonObject } from '@wardmesh/core';
import { systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from './fake-server.fixture.ts';
import { assertReachable } from './http.ts';
import { type SignInOptions, UpstreamSignIn } from './sign-in.ts';

const REDIRECT = 'http://127.0.0.1:40000/callback';
const STATE = 's'.repeat(43);
const REFUSED = { code: 'UPSTREAM_SIGN_IN_REFUSED' };
const NEEDED = { code: 'UPSTREAM_SIGN_IN_NEEDED', hint: 'ward servers login far' };

let fake: FakeServer;
let document: Json | undefined;
let saves: string[];
const clock = { now: () => now, monotonic: () => now };
let now = 0;

beforeEach(async () => {
  fake = await FakeServer.start();
  document = undefined;
  saves = [];
  now = 1_700_000_000_000;
});
afterEach(() => fake.close());

function open(changes: Partial<SignInOptions> = {}): UpstreamSignIn {
  return new UpstreamSignIn({
    id: 'far',
    url: fake.url,
    insecureLoopback: true,
    store: {
      load: async () => document,
      save: async (next: JsonObject) => {
        document = next;
        saves.push(String(next.refresh));
      },
      remove: async () => {
        document = undefined;
      },
    },
    clock,
    random: systemRandom,
    ...changes,
  });
}

async function signedIn(changes: Partial<SignInOptions> = {}): Promise<UpstreamSignIn> {
  const signIn = open(changes);
  await signIn.finish(fake.consent(await signIn.begin(REDIRECT, STATE)));
  return signIn;
}

describe('Wardmesh as OAuth client of a server', () => {
  verifies('WM-GW-2');

  it('finds the authorisation server, registers, and asks with PKCE, state and resource', async () => {
    const url = new URL(await open().begin(REDIRECT, STATE));
    expect(`${url.origin}${url.pathname}`).toBe(`${fake.origin}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      tenant: '1',
      response_type: 'code',
      client_id: 'client of Wardmesh',
      redirect_uri: REDIRECT,
      code_challenge_method: 'S256',
      state: STATE,
      resource: fake.url,
      scope: 'read write',
    });
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('takes the address of the metadata from the challenge, on the server’s own origin only', async () => {
    fake.challenge = 'Bearer resource_metadata="https://evil.example/.well-known/oauth-protected-resource"';
    await open().begin(REDIRECT, STATE);
    fake.challenge = `Bearer resource_metadata="${fake.origin}/elsewhere"`;
    await expect(open().begin(REDIRECT, STATE)).rejects.toMatchObject(REFUSED);
    expect(fake.asked).toContain('/elsewhere');
  });

  it('holds the token it redeemed, for this server, and over a restart', async () => {
    const signIn = await signedIn();
    expect(await signIn.authorization()).toBe('Bearer access-1');
    expect(fake.tokenRequests[0]?.get('resource')).toBe(fake.url);
    expect(await open().authorization()).toBe('Bearer access-1');
    const elsewhere = open({ url: `${fake.origin}/other` });
    await expect(elsewhere.authorization()).rejects.toMatchObject(NEEDED);
    await expect(elsewhere.afterRefusal('Bearer access-1')).rejects.toMatchObject(NEEDED);
  });

  it('authenticates as the client that was registered by hand', async () => {
    const signIn = await signedIn({ clientId: 'ward & co', clientSecret: () => 'p:w', scopes: ['read'] });
    expect(fake.asked).not.toContain('/register');
    const basic = Buffer.from('ward+%26+co:p%3Aw').toString('base64');
    expect(fake.tokenHeaders[0]?.authorization).toBe(`Basic ${basic}`);
    expect(JSON.stringify(document)).not.toContain('p:w');
    now += 599_000;
    await signIn.authorization();
    expect(fake.tokenHeaders[1]?.authorization).toBe(`Basic ${basic}`);
  });

  it('renews once for all who need it, keeps the new refresh token, and before it is used', async () => {
    const signIn = await signedIn();
    now += 580_000;
    const all = await Promise.all(Array.from({ length: 20 }, () => signIn.authorization()));
    expect(new Set(all)).toEqual(new Set(['Bearer access-2']));
    expect(fake.tokenRequests).toHaveLength(2);
    expect(saves).toEqual(['refresh-1', 'refresh-2']);
  });

  it('renews once for all whose token was refused, and not for one who comes late', async () => {
    const signIn = await signedIn();
    const all = await Promise.all(Array.from({ length: 20 }, () => signIn.afterRefusal('Bearer access-1')));
    expect(new Set(all)).toEqual(new Set(['Bearer access-2']));
    expect(await signIn.afterRefusal('Bearer access-1')).toBe('Bearer access-2');
    expect(fake.tokenRequests).toHaveLength(2);
  });

  it('fails closed and says what to do where the grant has ended', async () => {
    const told: string[] = [];
    const signIn = await signedIn({ onEnded: (reason) => told.push(reason) });
    fake.onToken = () => ({ status: 400, json: { error: 'invalid_grant' } });
    now += 600_000;
    await expect(signIn.authorization()).rejects.toMatchObject(NEEDED);
    expect(document).toBeUndefined();
    expect(told).toEqual(['invalid_grant']);
    await expect(signIn.authorization()).rejects.toMatchObject(NEEDED);
    await expect(open().authorization()).rejects.toMatchObject(NEEDED);
  });

  it('keeps the grant where the authorisation server is only away', async () => {
    const signIn = await signedIn();
    fake.onToken = () => ({ status: 503, json: {} });
    now += 580_000;
    expect(await signIn.authorization()).toBe('Bearer access-1');
    now += 20_000;
    await expect(signIn.authorization()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    fake.onToken = undefined;
    expect(await signIn.authorization()).toBe('Bearer access-2');
  });

  it('keeps a grant that is refused for another reason than its end', async () => {
    const signIn = await signedIn();
    fake.onToken = () => ({ status: 401, json: { error: 'invalid_client' } });
    now += 600_000;
    await expect(signIn.authorization()).rejects.toMatchObject(NEEDED);
    fake.onToken = undefined;
    expect(await signIn.authorization()).toBe('Bearer access-2');
  });

  it('asks a store that failed once again', async () => {
    await signedIn();
    let isBroken = true;
    const signIn = open({
      store: {
        load: async () => {
          if (isBroken) throw new Error('disk');
          return document;
        },
        save: async () => {},
        remove: async () => {},
      },
    });
    await expect(signIn.authorization()).rejects.toThrow('disk');
    isBroken = false;
    expect(await signIn.authorization()).toBe('Bearer access-1');
  });

  it('lets nothing that was signed out come back by a renewal on its way', async () => {
    const signIn = await signedIn();
    now += 600_000;
    const { promise, resolve } = Promise.withResolvers<void>();
    fake.onToken = async (fields) => {
      await promise;
      return fake.honest(fields);
    };
    const waiting = expect(signIn.authorization()).rejects.toMatchObject(NEEDED);
    await expect.poll(() => fake.tokenRequests.length).toBe(2);
    expect(await signIn.signOut()).toBe(true);
    resolve();
    await waiting;
    expect(document).toBeUndefined();
    expect(fake.asked).toContain('/revoke');
  });
});

describe('mix-up, and answers that are not ours', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer, although it names itself', { iss: null }],
    ['another state', { state: 'x'.repeat(43) }],
    ['no state', { state: null }],
    ['no code', { code: null }],
    ['a refusal', { error: 'access_denied' }],
  ])('refuses %s, and sends the code nowhere', async (_name, changes) => {
    const signIn = open();
    const url = await signIn.begin(REDIRECT, STATE);
    await expect(signIn.finish(fake.consent(url, changes))).rejects.toMatchObject(REFUSED);
    expect(fake.tokenRequests).toHaveLength(0);
  });

  it('takes one answer once, none twice, none late, none with a name twice', async () => {
    const signIn = open();
    const answer = fake.consent(await signIn.begin(REDIRECT, STATE));
    await signIn.finish(answer);
    await expect(signIn.finish(answer)).rejects.toMatchObject(REFUSED);
    const late = fake.consent(await signIn.begin(REDIRECT, STATE));
    now += 600_001;
    await expect(signIn.finish(late)).rejects.toMatchObject(REFUSED);
    const doubled = fake.consent(await signIn.begin(REDIRECT, STATE));
    doubled.append('iss', 'https://evil.example');
    await expect(signIn.finish(doubled)).rejects.toMatchObject(REFUSED);
    expect(fake.tokenRequests).toHaveLength(1);
  });

  it.each([
    ['another issuer than asked', { issuer: 'https://evil.example' }, {}],
    ['an issuer that differs by a slash', { issuer: 'SELF/' }, {}],
    ['no PKCE', { code_challenge_methods_supported: undefined }, {}],
    ['PKCE in the clear only', { code_challenge_methods_supported: ['plain'] }, {}],
    ['no token endpoint', { token_endpoint: undefined }, {}],
    ['an endpoint that is a script', { authorization_endpoint: 'javascript:alert(1)' }, {}],
    ['a token endpoint inside the network', { token_endpoint: 'https://10.0.0.1/token' }, {}],
    ['a token endpoint where clouds keep secrets', { token_endpoint: 'http://169.254.169.254/latest' }, {}],
    ['another resource', {}, { resource: 'https://evil.example/mcp' }],
    ['a resource beside it', {}, { resource: 'SELF/other' }],
    ['no authorisation server', {}, { authorization_servers: [] }],
    ['an authorisation server inside the network', {}, { authorization_servers: ['https://192.168.0.1'] }],
  ])('refuses metadata with %s', async (_name, metadata, resource) => {
    const own = (fields: object) =>
      Object.fromEntries(
        Object.entries(fields).map(([k, v]) => [k, typeof v === 'string' ? v.replace('SELF', fake.origin) : v]),
      );
    fake.metadata = own(metadata);
    fake.resource = own(resource);
    await expect(open().begin(REDIRECT, STATE)).rejects.toMatchObject({
      code: expect.stringMatching(/^UPSTREAM_(SIGN_IN_REFUSED|INSECURE)$/),
    });
    expect(fake.asked).not.toContain('/token');
    expect(fake.asked).not.toContain('/register');
  });

  it('takes no authorisation server but the configured one', async () => {
    await expect(open({ issuer: 'https://as.example' }).begin(REDIRECT, STATE)).rejects.toMatchObject(REFUSED);
    expect(await open({ issuer: fake.origin }).begin(REDIRECT, STATE)).toContain('/authorize');
  });

  it.each([
    ['a token for another scheme', { access_token: 'a', token_type: 'DPoP' }],
    ['a token that would break out of its header', { access_token: 'a\r\nx: y', token_type: 'Bearer' }],
    ['no token', { token_type: 'Bearer' }],
  ])('refuses %s', async (_name, json) => {
    fake.onToken = () => ({ status: 200, json });
    await expect(signedIn()).rejects.toMatchObject(REFUSED);
    expect(document).toBeUndefined();
  });

  it.each([
    ['http://evil.example/callback', STATE],
    ['https://127.0.0.1:1/callback', STATE],
    ['http://127.0.0.1:1/callback?x=1', STATE],
    [REDIRECT, 'short'],
  ])('comes back to nowhere but this machine: %s', async (redirect, state) => {
    await expect(open().begin(redirect, state)).rejects.toMatchObject(REFUSED);
    expect(fake.asked).toEqual([]);
  });
});

describe('what a public server may name (SSRF)', () => {
  const server = new URL('https://mcp.example.com/mcp');
  it.each([
    'https://localhost/token',
    'https://127.0.0.1/token',
    'https://[::1]/token',
    'https://10.1.2.3/token',
    'https://[::ffff:10.0.0.1]/token',
    'https://169.254.169.254/latest',
    'http://as.example.com/token',
    'file:///etc/passwd',
    'https://user:pass@as.example.com/',
  ])('is not %s', (url) => {
    expect(() => assertReachable(new URL(url), { server, insecureLoopback: true })).toThrow();
  });

  it('is a public https address', () => {
    expect(() =>
      assertReachable(new URL('https://as.example.com/token'), { server, insecureLoopback: false }),
    ).not.toThrow();
  });
});
