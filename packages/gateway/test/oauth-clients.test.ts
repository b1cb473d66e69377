import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';
import { Agent, CALLBACK, TestClient, TestWallet } from './oauth-support.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const DOCUMENT = 'https://client.example/oauth/client.json';

let t: TestGateway;
let minutes = 0;
const fetched: string[] = [];
let document: Loose | string = {};
const wallet = new TestWallet();
beforeAll(async () => {
  t = await TestGateway.start({
    clock: { now: () => Date.now(), monotonic: () => performance.now() + minutes * 61_000 },
    people: { rolesOf: () => ['agent'] },
    fetchDocument: async (url) => {
      fetched.push(url);
      return new Response(typeof document === 'string' ? document : JSON.stringify(document), { status: 200 });
    },
  });
});
afterAll(() => t.stop());
beforeEach(() => {
  minutes += 1;
});

describe('clients that are a metadata document (A9)', () => {
  verifies('WM-GW-2');
  const clientOf = (id: string) => {
    const client = new TestClient(t);
    client.clientId = id;
    return client;
  };

  it('sign in without registration; the person sees who vouches for the name', async () => {
    document = {
      client_id: DOCUMENT,
      client_name: 'Example',
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'none',
      logo_uri: 'https://10.0.0.1/',
    };
    const client = clientOf(DOCUMENT);
    const browser = new Agent(t, true);
    await client.signIn(wallet, {}, browser);
    const { headers } = await browser.get(client.authorizeUrl());
    const page = await browser.get(String(headers.location));
    expect(page.text).toContain('named by client.example');
    expect(page.text).toContain('a program on this computer');
    const { access_token: token } = await client.tokens(wallet);
    expect(token).toBeDefined();
    // Once: it is kept for as long as it says, within bounds.
    expect(fetched).toEqual([DOCUMENT]);
  });

  it.each([
    ['of another name', { client_id: 'https://other.example/client.json', redirect_uris: [CALLBACK] }],
    ['with a shared secret', { client_secret: 'x', redirect_uris: [CALLBACK] }],
    ['without redirect URIs', {}],
    ['with one that is plain http', { redirect_uris: ['http://client.example/callback'] }],
    ['that is no JSON', '{'],
    ['that is a list', '[]'],
    ['that is too large', { redirect_uris: [CALLBACK], client_uri: `https://client.example/${'x'.repeat(6_000)}` }],
  ])('are refused with a document %s', async (name, metadata) => {
    const id = `https://client.example/${name.replace(/\W/g, '-')}.json`;
    document = typeof metadata === 'string' ? metadata : { client_id: id, ...metadata };
    const reply = await new Agent(t, true).get(clientOf(id).authorizeUrl());
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.headers.location).toBeUndefined();
  });

  it.each([
    'http://client.example/client.json',
    'https://client.example',
    'https://client.example/',
    'https://client.example/a/../client.json',
    'https://user@client.example/client.json',
    'https://client.example/client.json#x',
    'https://client.example/client.json?x',
  ])('are not asked for at %s', async (id) => {
    const asked = fetched.length;
    const reply = await new Agent(t, true).get(clientOf(id).authorizeUrl());
    expect(reply.status).toBe(400);
    expect(fetched).toHaveLength(asked);
  });

  it('are fetched a bounded number of times for one stranger', async () => {
    document = {};
    const asked = fetched.length;
    const http = new Agent(t, true);
    for (let i = 0; i < 60; i++) await http.get(clientOf(`https://client.example/flood-${i}.json`).authorizeUrl());
    expect(fetched.length - asked).toBeLessThanOrEqual(30);
  });
});

describe('a terminal without a browser (device code, RFC 8628)', () => {
  const begin = async () => {
    const http = new Agent(t);
    const { json } = await http.form('/oauth/device_authorization', {
      client_id: 'wardmesh-cli',
      scope: 'api',
      resource: `${t.gateway.url}/api`,
    });
    const poll = () =>
      http.form('/oauth/token', { grant_type: DEVICE, device_code: json.device_code, client_id: 'wardmesh-cli' });
    return { json, poll };
  };
  const xsrfOf = (page: string) => /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';

  async function enter(browser: Agent, code: string, fields: Record<string, string>) {
    const input = await browser.get('/oauth/device');
    expect(input.text).not.toMatch(/ on[a-z]+=/i);
    return browser.form('/oauth/device', { xsrf: xsrfOf(input.text), user_code: code, ...fields });
  }

  it('signs in through any browser, after the person confirmed the code', async () => {
    const { json, poll } = await begin();
    expect(json.verification_uri).toBe(`${t.gateway.url}/oauth/device`);
    expect((await poll()).json.error).toBe('authorization_pending');
    const browser = new Agent(t, true);
    const confirm = await enter(browser, json.user_code, {});
    expect(confirm.text).toContain('Wardmesh command line');
    expect(confirm.text).toContain(json.user_code);
    let reply = await enter(browser, json.user_code, { confirm: 'yes' });
    const client = new TestClient(t);
    for (let i = 0; i < 2; i++) {
      const place = new URL(String(reply.headers.location), t.gateway.url);
      const page = await browser.get(place.href);
      const next = page.text.includes('id="allow"')
        ? await browser.json(`${place.pathname}/consent`, { scopes: ['api'] })
        : await client.sign(browser, place.pathname, wallet);
      if (page.text.includes('id="allow"')) expect(page.text).toContain('the terminal that showed the code');
      reply = await browser.get(next.json.location);
    }
    expect(reply.text).toContain('Signed in');
    const tokens = await poll();
    expect(tokens.status).toBe(200);
    expect(tokens.json.scope).toBe('api');
    expect((await poll()).json.error).toBe('invalid_grant');
    // For the API only: no MCP endpoint takes it.
    expect((await t.raw('{}', { token: tokens.json.access_token })).status).not.toBe(200);
  });

  it('is stopped by the person, and by a wrong code', async () => {
    const { json, poll } = await begin();
    const browser = new Agent(t, true);
    expect((await enter(browser, 'BBBB-BBBB', {})).text).toContain('not one that waits');
    const foreign = new Agent(t, true);
    const refused = await foreign.form('/oauth/device', { xsrf: 'x', user_code: json.user_code, confirm: 'yes' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    await enter(browser, json.user_code, { abort: 'yes' });
    expect((await poll()).json.error).toBe('access_denied');
  });

  it('is for the command line alone', async () => {
    const client = new TestClient(t);
    await client.register({ grant_types: [DEVICE, 'authorization_code'] });
    const reply = await client.http.form('/oauth/device_authorization', {
      client_id: client.clientId,
      scope: 'mcp:read',
    });
    expect(reply.status).toBe(400);
  });
});
