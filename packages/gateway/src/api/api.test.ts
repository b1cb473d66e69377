import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, ENDPOINTS, type Endpoint, type OperationId } from '@wardmesh/api';
import { CodedError, systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from '../../test/harness.ts';
import type { ApiDeps, RolesPort, SignInPort } from './deps.ts';
import { COOKIE } from './handlers/session.ts';
import { apiListener } from './listener.ts';
import { WebSessions } from './sessions.ts';

const PERMISSIONS = [...new Set(Object.values(ENDPOINTS).map(({ permission }) => permission))].filter(
  (permission) => permission !== 'public' && permission !== 'signed-in',
);
const PEOPLE: Record<string, string[]> = {
  'eip155:1:admin': [...PERMISSIONS],
  'eip155:1:nobody': [],
};
for (const permission of PERMISSIONS) PEOPLE[`eip155:1:only-${permission}`] = [permission];

const roles: RolesPort = {
  of: (person) => ({ name: null, roles: ['test'], permissions: PEOPLE[person] ?? [] }),
  list: () => ({ grants: [], matrix: {} }),
  prepare: () => ({ draftId: 'draft', message: 'sign this' }),
  commit: () => Promise.reject(new CodedError('SIGNATURE_NOT_GENUINE', 'no')),
  onChanged: () => () => {},
};
const signIn: SignInPort = {
  challenge: async ({ address, domain }) => ({ challengeId: address, message: `${domain} ${address}`, expiresAt: 1 }),
  async verify({ challengeId, signature }) {
    if (signature !== 'good') throw new CodedError('SIGN_IN_FAILED', 'The sign-in failed.');
    return { person: challengeId };
  },
};

let test: TestGateway;
let server: Server;
let deps: ApiDeps;
let origin: string;

beforeAll(async () => {
  test = await TestGateway.start();
  deps = {
    gateway: test.gateway,
    sessions: new WebSessions(systemClock, systemRandom),
    signIn,
    roles,
    wallets: undefined,
    version: '1.2.3',
  };
  server = createServer(apiListener(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  deps.sessions.endAll();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await test.stop();
});

interface Asked {
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}
const ask = (method: string, path: string, { cookie, headers, body }: Asked = {}) =>
  fetch(`${origin}${path}`, {
    method,
    headers: {
      ...(method !== 'GET' && { 'x-ward-request': '1' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(cookie !== undefined && { cookie: `${COOKIE}=${cookie}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;
const cookieFor = (person: string) => deps.sessions.open(person).cookie;
const clientFor = (person: string) => {
  const cookie = cookieFor(person);
  return new ApiClient({
    origin,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init.headers as object), cookie: `${COOKIE}=${cookie}` } }),
  });
};
const routes = (Object.entries(ENDPOINTS) as [OperationId, Endpoint][]).map(
  ([id, endpoint]) =>
    [id, endpoint, `/api${endpoint.path.replace('{network}', 'local').replace(/\{\w+\}/g, 'x')}`] as const,
);

describe('signing in', () => {
  it('gives a cookie that no script and no other site can use, and ends it', async () => {
    const challenge = await ask('POST', '/api/session/challenge', {
      body: { kind: 'ethereum', chain: 'eip155:1', address: 'eip155:1:admin' },
    });
    expect(await challenge.json()).toMatchObject({ challengeId: 'eip155:1:admin' });
    const response = await ask('POST', '/api/session', { body: { challengeId: 'eip155:1:admin', signature: 'good' } });
    const [set] = response.headers.getSetCookie();
    expect(set).toMatch(
      /^__Host-ward=[\w-]{22}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    );
    const cookie = set!.slice(COOKIE.length + 1, set!.indexOf(';'));
    expect(await (await ask('GET', '/api/me', { cookie })).json()).toMatchObject({ roles: ['test'] });
    expect((await ask('DELETE', '/api/session', { cookie })).headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await codeOf(await ask('GET', '/api/me', { cookie }))).toBe('NOT_SIGNED_IN');
  });

  it('that fails tells nothing, and is counted and logged', async () => {
    const response = await ask('POST', '/api/session', { body: { challengeId: 'x', signature: 'canary-signature' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'SIGN_IN_FAILED' });
    expect(await test.gateway.services.metrics.registry.metrics()).toMatch(/ward_auth_failures_total [1-9]/);
    expect(test.logLines.join('')).not.toContain('canary-signature');
  });
});

describe('who may do what', () => {
  verifies('CM-RBAC-1');

  it.each(routes.filter(([, { permission }]) => permission !== 'public'))(
    '%s asks for a session',
    async (_id, { method }, path) => {
      const response = await ask(method, path);
      expect([response.status, await codeOf(response)]).toEqual([401, 'NOT_SIGNED_IN']);
    },
  );

  it.each(routes.filter(([, { permission }]) => permission !== 'public' && permission !== 'signed-in'))(
    '%s asks for its own permission: every other one is not enough',
    async (_id, { method, permission }, path) => {
      const others = PERMISSIONS.filter((other) => other !== permission);
      PEOPLE['eip155:1:others'] = others;
      const response = await ask(method, path, { cookie: cookieFor('eip155:1:others') });
      expect([response.status, await codeOf(response)]).toEqual([403, 'NOT_PERMITTED']);
    },
  );

  it('a right that is taken away is gone with the next request', async () => {
    PEOPLE['eip155:1:fired'] = ['status.read'];
    const client = clientFor('eip155:1:fired');
    await client.call('status');
    PEOPLE['eip155:1:fired'] = [];
    await expect(client.call('status')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('a forged or a doubled cookie is nobody', async () => {
    const cookie = cookieFor('eip155:1:admin');
    const forged = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    for (const header of [forged, 'x', `${cookie}; ${COOKIE}=${forged}`]) {
      expect((await ask('GET', '/api/me', { cookie: header })).status).toBe(401);
    }
  });
});

describe('requests from elsewhere', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring site', { 'sec-fetch-site': 'same-site' }],
    ['an opaque origin', { origin: 'null' }],
  ])('of %s are refused', async (_what, headers) => {
    const response = await ask('GET', '/api/me', { cookie: cookieFor('eip155:1:admin'), headers });
    expect(await codeOf(response)).toBe('CROSS_SITE');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('that a form could send change nothing', async () => {
    const response = await fetch(`${origin}/api/agents`, {
      method: 'POST',
      headers: { cookie: `${COOKIE}=${cookieFor('eip155:1:admin')}`, 'content-type': 'text/plain' },
      body: '{"id":"planted"}',
    });
    expect(await codeOf(response)).toBe('CROSS_SITE');
  });
});

describe('malformed requests', () => {
  const admin = () => ({ cookie: cookieFor('eip155:1:admin') });

  it.each([
    ['no JSON', 'nope'],
    ['doubled keys', '{"id":"a","id":"b"}'],
    ['an unknown member', '{"id":"a","admin":true}'],
    ['a wrong type', '{"id":7}'],
  ])('with %s are refused', async (_what, body) => {
    const response = await ask('POST', '/api/agents', { ...admin(), body });
    expect([response.status, await codeOf(response)]).toEqual([400, 'REQUEST_INVALID']);
  });

  it.each([
    ['a doubled query', '/api/activity?limit=1&limit=2'],
    ['an unknown query', '/api/activity?admin=1'],
    ['a limit out of bounds', '/api/activity?limit=100000'],
  ])('with %s are refused', async (_what, path) => {
    expect(await codeOf(await ask('GET', path, admin()))).toBe('REQUEST_INVALID');
  });

  it('too large a body is refused', async () => {
    const response = await ask('POST', '/api/policies/explain', { ...admin(), body: 'x'.repeat(1_400_000) });
    expect([response.status, await codeOf(response)]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('an unknown route says no more than that', async () => {
    expect(await codeOf(await ask('GET', '/api/nothing', admin()))).toBe('ROUTE_UNKNOWN');
  });
});

describe('answers', () => {
  verifies('CM-API-1');

  it('carry the headers that keep a browser safe', async () => {
    for (const path of ['/api/me', '/api/openapi.json', '/api/nothing']) {
      const { headers } = await ask('GET', path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toContain('max-age=63072000');
    }
  });

  it('of every reading endpoint are as the schemas say', async () => {
    const client = clientFor('eip155:1:admin');
    expect((await client.call('servers.list')).servers.map(({ id }) => id)).toEqual(['t']);
    expect((await client.call('servers.show', { params: { id: 't' } })).tools.length).toBeGreaterThan(0);
    expect((await client.call('servers.diff', { params: { id: 't' } })).changed).toEqual([]);
    expect((await client.call('agents.list')).agents[0]).toMatchObject({ id: 'local' });
    expect((await client.call('status')).audit.healthy).toBe(true);
    expect((await client.call('policies.list')).problem).toBeNull();
    expect(await client.call('wallets.list')).toEqual({ available: false, wallets: [] });
    expect((await client.call('log.key')).vkey).toContain('+');
    expect(await client.call('approvals.list')).toEqual({ approvals: [] });
  });

  it('of the log can be searched, and a receipt taken', async () => {
    await test.call('echo', { text: 'hello' }).catch(() => undefined);
    const client = clientFor('eip155:1:admin');
    const { entries, size } = await client.call('activity.list', { query: { limit: 5 } });
    expect(entries.length).toBeGreaterThan(0);
    expect(size).toBeGreaterThanOrEqual(entries[0]!.sequence);
    const found = await client.call('activity.list', { query: { search: entries[0]!.id } });
    expect(found.entries.map(({ id }) => id)).toEqual([entries[0]!.id]);
  });

  it('of a faulty handler say nothing of the fault', async () => {
    const listed = roles.list;
    roles.list = () => {
      throw new Error('canary-internals');
    };
    const response = await ask('GET', '/api/roles', { cookie: cookieFor('eip155:1:admin') });
    roles.list = listed;
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('canary-internals');
    expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL', message: 'Internal error - access denied' });
  });
});

describe('the event stream', () => {
  const readUntil = async (response: Response, wanted: RegExp) => {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      text += value ?? '';
      if (done || wanted.test(text)) return { text, done, reader };
    }
  };

  it('goes on from where a reader stopped', async () => {
    const cookie = cookieFor('eip155:1:admin');
    test.gateway.journal.record('policy.load', { mark: 1 }, 'success');
    await expect.poll(() => test.gateway.home.audit.size).toBeGreaterThan(1);
    const from = test.gateway.home.audit.size - 1;
    const response = await ask('GET', '/api/events', { cookie, headers: { 'last-event-id': String(from) } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const { text, reader } = await readUntil(response, /\ndata:|^data:/m);
    expect(text).toContain(`id: ${from + 1}`);
    await reader.cancel();
  });

  it('ends with the session, and with the right to read', async () => {
    const opened = deps.sessions.open('eip155:1:admin');
    const first = await ask('GET', '/api/events', { cookie: opened.cookie });
    deps.sessions.end(opened.session.id);
    expect((await readUntil(first, /never/)).done).toBe(true);
    PEOPLE['eip155:1:reader'] = ['activity.read'];
    const second = await ask('GET', '/api/events', { cookie: cookieFor('eip155:1:reader') });
    PEOPLE['eip155:1:reader'] = [];
    expect((await readUntil(second, /never/)).done).toBe(true);
  });

  it('cannot be opened without end', async () => {
    const cookie = cookieFor('eip155:1:admin');
    const open = await Promise.all([1, 2, 3, 4].map(() => ask('GET', '/api/events', { cookie })));
    expect(await codeOf(await ask('GET', '/api/events', { cookie }))).toBe('TOO_MANY_STREAMS');
    await Promise.all(open.map((response) => response.body!.cancel()));
    await expect
      .poll(async () => {
        const again = await ask('GET', '/api/events', { cookie });
        await again.body!.cancel();
        return again.status;
      })
      .toBe(200);
  });
});

it('a flood of sign-ins from one address is slowed down', async () => {
  let last = 200;
  for (let i = 0; i < 40 && last !== 429; i++) {
    last = (await ask('POST', '/api/session', { body: { challengeId: 'x', signature: 'bad' } })).status;
  }
  expect(last).toBe(429);
});
