import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, ENDPOINTS, type Endpoint, type OperationId } from '@wardmesh/api';
import { systemClock, systemRandom, toBase64, utf8 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { extentOf, MemorySingleUse, type Permission, ROLES, type Role } from '@wardmesh/identity';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestGateway } from '../../test/harness.ts';
import { SolanaWallet } from '../../test/wallet.ts';
import { walletSignIn } from '../oauth/index.ts';
import type { ApiDeps } from './deps.ts';
import { COOKIE } from './handlers/session.ts';
import { apiListener } from './listener.ts';
import { WebSessions } from './sessions.ts';

const operator = signingKeyFromSeed(new Uint8Array(32).fill(7));
const admin = new SolanaWallet();
const nobody = new SolanaWallet();
/** Somebody with each role alone. */
const holders = Object.fromEntries(ROLES.map((role) => [role, new SolanaWallet()])) as Record<Role, SolanaWallet>;

async function change(act: 'grant' | 'revoke', subject: string, role: Role): Promise<void> {
  const { people } = deps;
  const { draftId, message } = people.prepare(admin.id, { act, subject, role });
  await people.commit(admin.id, draftId, { signature: admin.sign(message) });
}

let test: TestGateway;
let server: Server;
let deps: ApiDeps;
let origin: string;

beforeAll(async () => {
  test = await TestGateway.start();
  const { people } = test.gateway.home;
  deps = {
    gateway: test.gateway,
    sessions: new WebSessions(systemClock, systemRandom),
    signIn: walletSignIn({
      issuer: 'https://localhost:7443',
      key: new Uint8Array(32).fill(3),
      nonces: new MemorySingleUse(systemClock),
      lockout: { check: () => ({ allowed: true }), fail: async () => {}, succeed: async () => {} } as never,
      clock: systemClock,
      random: systemRandom,
    }),
    people,
    wallets: undefined,
    version: '1.2.3',
  };
  const { draftId, message } = people.prepare(people.operator, { act: 'grant', subject: admin.id, role: 'admin' });
  await people.commit(people.operator, draftId, { signature: toBase64(operator.sign(utf8(message))) });
  for (const role of ROLES) await change('grant', holders[role].id, role);
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
const cookieFor = (person: { readonly id: string }) => deps.sessions.open(person.id).cookie;
const clientFor = (person: { readonly id: string }) => {
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

const challengeFor = async (wallet: SolanaWallet) => {
  const { chain, address } = wallet;
  const response = await ask('POST', '/api/session/challenge', { body: { chain, address } });
  return ((await response.json()) as { message: string }).message;
};
const signIn = (wallet: SolanaWallet, message: string, signature = wallet.sign(message)) =>
  ask('POST', '/api/session', { body: { chain: wallet.chain, address: wallet.address, message, signature } });

describe('signing in', () => {
  verifies('CM-AUTH-1');

  it('gives a cookie that no script and no other site can use, and ends it', async () => {
    const response = await signIn(admin, await challengeFor(admin));
    const [set] = response.headers.getSetCookie();
    expect(set).toMatch(
      /^__Host-ward=[\w-]{22}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    );
    const cookie = set!.slice(COOKIE.length + 1, set!.indexOf(';'));
    expect(await (await ask('GET', '/api/me', { cookie })).json()).toMatchObject({ id: admin.id, roles: ['admin'] });
    expect((await ask('DELETE', '/api/session', { cookie })).headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await codeOf(await ask('GET', '/api/me', { cookie }))).toBe('NOT_SIGNED_IN');
  });

  it('of a stranger gives nothing to do', async () => {
    const response = await signIn(nobody, await challengeFor(nobody));
    expect(await response.json()).toMatchObject({ id: nobody.id, roles: [], permissions: [], own: [] });
  });

  it('works once for each message', async () => {
    verifies('CM-AUTH-3');
    const message = await challengeFor(admin);
    expect((await signIn(admin, message)).status).toBe(200);
    expect(await codeOf(await signIn(admin, message))).toBe('IDENTITY_SIGN_IN_REFUSED');
  });

  it.each([
    ['of another wallet', (message: string) => signIn(admin, message, nobody.sign(message))],
    ['of a changed message', (message: string) => signIn(admin, message.replace('Wardmesh', 'Wardmash'))],
    ['for another site', (message: string) => signIn(admin, message.replaceAll('localhost:7443', 'evil.example'))],
    [
      'for another flow',
      (message: string) => signIn(admin, message.replace('Request ID: console', 'Request ID: other')),
    ],
  ])('is refused with the signature %s: one code for all', async (_what, attempt) => {
    const response = await attempt(await challengeFor(admin));
    expect([response.status, await codeOf(response)]).toEqual([401, 'IDENTITY_SIGN_IN_REFUSED']);
  });

  it('that fails tells nothing, and is counted and logged with its reason', async () => {
    const message = await challengeFor(admin);
    const body = { chain: admin.chain, message, signature: 'canary-signature' };
    const response = await ask('POST', '/api/session', { body });
    expect(await response.text()).not.toMatch(/canary|signature$/);
    expect(await test.gateway.services.metrics.registry.metrics()).toMatch(
      /ward_auth_failures_total\{kind="sign_in"\} [1-9]/,
    );
    const logged = test.logLines.filter((line) => line.includes('sign-in.refused')).join('');
    expect(logged).toContain('"reason":"signature"');
    expect(logged).not.toContain('canary-signature');
  });
});

describe('who may do what', () => {
  verifies('CM-RBAC-1');

  const guarded = routes.filter(([, { permission }]) => permission !== 'public' && permission !== 'signed-in');

  it.each(routes.filter(([, { permission }]) => permission !== 'public'))(
    '%s asks for a session',
    async (_id, { method }, path) => {
      const response = await ask(method, path);
      expect([response.status, await codeOf(response)]).toEqual([401, 'NOT_SIGNED_IN']);
    },
  );

  // The whole matrix: each role at each route, as the table says and not otherwise.
  for (const role of ROLES) {
    it.each(guarded)(`${role}: %s`, async (_id, { method, permission, own, stream }, path) => {
      const extent = extentOf(permission as Permission, role);
      const response = await ask(method, path, { cookie: cookieFor(holders[role]) });
      if (stream) await response.body!.cancel();
      const isOpen = extent === 'any' || (extent === 'own' && own === true);
      if (isOpen) expect(response.status).not.toBe(403);
      else expect([response.status, await codeOf(response)]).toEqual([403, 'NOT_PERMITTED']);
    });
  }

  it('a person without a role may do nothing', async () => {
    for (const [, { method }, path] of guarded) {
      expect((await ask(method, path, { cookie: cookieFor(nobody) })).status).toBe(403);
    }
  });

  it('those who may see only their own see nothing of others', async () => {
    const consumer = clientFor(holders.consumer);
    expect((await consumer.call('activity.list')).entries).toEqual([]);
    expect((await consumer.call('approvals.list', { query: { all: '1' } })).approvals).toEqual([]);
    const mine = (await consumer.call('roles.list')).grants;
    expect(mine.map(({ subject }) => subject)).toEqual([holders.consumer.id]);
    const { entries } = await clientFor(admin).call('activity.list', { query: { receipts: '1', limit: 1 } });
    if (entries[0]) {
      const params = { id: entries[0].id };
      await expect(consumer.call('receipts.export', { params })).rejects.toMatchObject({ code: 'RECEIPT_UNKNOWN' });
    }
  });

  it('a right that is taken away is gone with the next request', async () => {
    const fired = new SolanaWallet();
    await change('grant', fired.id, 'auditor');
    const client = clientFor(fired);
    await client.call('agents.list');
    await change('revoke', fired.id, 'auditor');
    await expect(client.call('agents.list')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('only an admin’s own signature changes roles', async () => {
    const mallory = new SolanaWallet();
    await change('grant', mallory.id, 'operator');
    const client = clientFor(admin);
    const draft = { act: 'grant', subject: mallory.id, role: 'admin' } as const;
    const { draftId } = await client.call('roles.prepare', { body: draft });
    const signature = mallory.sign((await client.call('roles.prepare', { body: draft })).message);
    await expect(client.call('roles.commit', { body: { draftId, signature } })).rejects.toMatchObject({
      code: 'IDENTITY_GRANT_REFUSED',
    });
    await expect(clientFor(mallory).call('roles.prepare', { body: draft })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
    const again = await client.call('roles.prepare', { body: draft });
    const done = await client.call('roles.commit', {
      body: { draftId: again.draftId, signature: admin.sign(again.message) },
    });
    expect(done.grants.some(({ subject, role }) => subject === mallory.id && role === 'admin')).toBe(true);
  });

  it('a forged or a doubled cookie is nobody', async () => {
    const cookie = cookieFor(admin);
    const forged = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    for (const header of [forged, 'x', `${cookie}; ${COOKIE}=${forged}`]) {
      expect((await ask('GET', '/api/me', { cookie: header })).status).toBe(401);
    }
  });
});

describe('an approval', () => {
  verifies('WM-APR-1');

  const parked = async (text: string) => {
    const answer = await test.call('write', { line: text });
    return (answer.message.error.data as { approvalId: string }).approvalId;
  };

  it('is given by the wallet of somebody whose role decides, over exactly what is shown', async () => {
    const { operator: olga } = holders;
    const client = clientFor(olga);
    const id = await parked('hello');
    const shown = await client.call('approvals.show', { params: { id } });
    expect(shown).toMatchObject({ source: 'gateway', state: 'pending', mayDecide: true });
    expect(shown.binding.arguments).toEqual({ line: 'hello' });
    const message = `wardmesh approval v1\napprove\n${shown.over}`;
    const body = { keyId: olga.id, signature: olga.sign(message) };
    expect((await client.call('approvals.approve', { params: { id }, body })).state).toBe('approved');
  });

  it('is not given by a wallet whose role does not decide, whatever it signs', async () => {
    const id = await parked('auditor');
    const { auditor } = holders;
    const { over } = await clientFor(auditor).call('approvals.show', { params: { id } });
    const body = { keyId: auditor.id, signature: auditor.sign(`wardmesh approval v1\napprove\n${over}`) };
    await expect(clientFor(auditor).call('approvals.approve', { params: { id }, body })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
    await expect(test.gateway.services.approvals.approve(id, body)).rejects.toMatchObject({
      code: 'APPROVAL_KEY_UNKNOWN',
    });
  });

  it('no longer counts when the role is taken away before the release', async () => {
    const fired = new SolanaWallet();
    await change('grant', fired.id, 'operator');
    const id = await parked('fired');
    const { over } = await clientFor(fired).call('approvals.show', { params: { id } });
    const body = { keyId: fired.id, signature: fired.sign(`wardmesh approval v1\napprove\n${over}`) };
    await clientFor(fired).call('approvals.approve', { params: { id }, body });
    await change('revoke', fired.id, 'operator');
    const again = await test.call('write', { line: 'fired' });
    expect(again.message.error).toBeDefined();
    expect(test.written()).not.toContain('fired');
  });

  it('is not handed in for somebody else', async () => {
    const id = await parked('other');
    const { operator: olga } = holders;
    const { over } = await clientFor(olga).call('approvals.show', { params: { id } });
    const body = { keyId: olga.id, signature: olga.sign(`wardmesh approval v1\napprove\n${over}`) };
    await expect(clientFor(admin).call('approvals.approve', { params: { id }, body })).rejects.toMatchObject({
      code: 'KEY_NOT_YOURS',
    });
  });
});

describe('requests from elsewhere', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring site', { 'sec-fetch-site': 'same-site' }],
    ['an opaque origin', { origin: 'null' }],
  ])('of %s are refused', async (_what, headers) => {
    const response = await ask('GET', '/api/me', { cookie: cookieFor(admin), headers });
    expect(await codeOf(response)).toBe('CROSS_SITE');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('that a form could send change nothing', async () => {
    const response = await fetch(`${origin}/api/agents`, {
      method: 'POST',
      headers: { cookie: `${COOKIE}=${cookieFor(admin)}`, 'content-type': 'text/plain' },
      body: '{"id":"planted"}',
    });
    expect(await codeOf(response)).toBe('CROSS_SITE');
  });
});

describe('malformed requests', () => {
  const asAdmin = () => ({ cookie: cookieFor(admin) });

  it.each([
    ['no JSON', 'nope'],
    ['doubled keys', '{"id":"a","id":"b"}'],
    ['an unknown member', '{"id":"a","admin":true}'],
    ['a wrong type', '{"id":7}'],
  ])('with %s are refused', async (_what, body) => {
    const response = await ask('POST', '/api/agents', { ...asAdmin(), body });
    expect([response.status, await codeOf(response)]).toEqual([400, 'REQUEST_INVALID']);
  });

  it.each([
    ['a doubled query', '/api/activity?limit=1&limit=2'],
    ['an unknown query', '/api/activity?admin=1'],
    ['a limit out of bounds', '/api/activity?limit=100000'],
  ])('with %s are refused', async (_what, path) => {
    expect(await codeOf(await ask('GET', path, asAdmin()))).toBe('REQUEST_INVALID');
  });

  it('too large a body is refused', async () => {
    const response = await ask('POST', '/api/policies/explain', { ...asAdmin(), body: 'x'.repeat(1_400_000) });
    expect([response.status, await codeOf(response)]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('an unknown route says no more than that', async () => {
    expect(await codeOf(await ask('GET', '/api/nothing', asAdmin()))).toBe('ROUTE_UNKNOWN');
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
    const client = clientFor(admin);
    expect((await client.call('servers.list')).servers.map(({ id }) => id)).toEqual(['t']);
    expect((await client.call('servers.show', { params: { id: 't' } })).tools.length).toBeGreaterThan(0);
    expect((await client.call('servers.diff', { params: { id: 't' } })).changed).toEqual([]);
    expect((await client.call('agents.list')).agents[0]).toMatchObject({ id: 'local' });
    expect((await client.call('status')).audit.healthy).toBe(true);
    expect((await client.call('policies.list')).problem).toBeNull();
    expect(await client.call('wallets.list')).toEqual({ available: false, wallets: [] });
    expect((await client.call('log.key')).vkey).toContain('+');
    expect((await client.call('approvals.list')).approvals.every(({ source }) => source === 'gateway')).toBe(true);
  });

  it('of the log can be searched, and a receipt taken', async () => {
    await test.call('echo', { message: 'hello' }).catch(() => undefined);
    const client = clientFor(admin);
    const { entries, size } = await client.call('activity.list', { query: { limit: 5 } });
    expect(entries.length).toBeGreaterThan(0);
    expect(size).toBeGreaterThanOrEqual(entries[0]!.sequence);
    const found = await client.call('activity.list', { query: { search: entries[0]!.id } });
    expect(found.entries.map(({ id }) => id)).toEqual([entries[0]!.id]);
  });

  it('of a faulty handler say nothing of the fault', async () => {
    const { people } = deps;
    const faulty = vi.spyOn(people, 'matrix').mockImplementation(() => {
      throw new Error('canary-internals');
    });
    const response = await ask('GET', '/api/roles', { cookie: cookieFor(admin) });
    faulty.mockRestore();
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
    const cookie = cookieFor(admin);
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
    const opened = deps.sessions.open(admin.id);
    const first = await ask('GET', '/api/events', { cookie: opened.cookie });
    deps.sessions.end(opened.session.id);
    expect((await readUntil(first, /never/)).done).toBe(true);
    const reader = new SolanaWallet();
    await change('grant', reader.id, 'auditor');
    const second = await ask('GET', '/api/events', { cookie: cookieFor(reader) });
    await change('revoke', reader.id, 'auditor');
    expect((await readUntil(second, /never/)).done).toBe(true);
  });

  it('cannot be opened without end', async () => {
    const cookie = cookieFor(admin);
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
    last = (await ask('POST', '/api/session/challenge', { body: { chain: admin.chain, address: admin.address } }))
      .status;
  }
  expect(last).toBe(429);
});
