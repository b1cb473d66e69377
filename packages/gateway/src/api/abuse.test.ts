import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { systemClock, systemRandom, toBase64, utf8 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestGateway } from '../../test/harness.ts';
import { SolanaWallet } from '../../test/wallet.ts';
import { homeSignIn } from '../running/authorization-server.ts';
import type { ApiDeps } from './deps.ts';
import { activityHandlers } from './handlers/activity.ts';
import { COOKIE } from './handlers/session.ts';
import { MAX_SESSIONS, MAX_STREAMS_PER_PERSON } from './limits.ts';
import { apiListener } from './listener.ts';
import { LogTail } from './log-tail.ts';
import { Searches } from './searches.ts';
import { WebSessions } from './sessions.ts';

const operator = signingKeyFromSeed(new Uint8Array(32).fill(7));
const admin = new SolanaWallet();

let test: TestGateway;
let server: Server;
let deps: ApiDeps;
let port: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  test = await TestGateway.start({ unpinned: true });
  const { people } = test.gateway.home;
  deps = {
    gateway: test.gateway,
    sessions: new WebSessions(systemClock, systemRandom),
    signIn: homeSignIn({
      url: 'https://localhost:7443',
      home: test.gateway.home,
      clock: systemClock,
      random: systemRandom,
    }),
    people,
    wallets: undefined,
    version: '1.2.3',
  };
  const { draftId, message } = people.prepare(people.operator, { act: 'grant', subject: admin.id, role: 'admin' });
  await people.commit(people.operator, draftId, { signature: toBase64(operator.sign(utf8(message))) });
  server = createServer(apiListener(deps, { bodyMs: 300, stallMs: 600 }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  deps.sessions.endAll();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await test.stop();
});

const signedIn = () => `cookie: ${COOKIE}=${deps.sessions.open(admin.id).cookie}\r\n`;

/** Sends bytes as they are and keeps what comes back; `reads: false` never takes any of it. */
function raw(text: string, { reads = true }: { reads?: boolean } = {}) {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const state = { answer: '', closed: false, socket };
  socket.on('close', () => {
    state.closed = true;
  });
  socket.on('error', () => {});
  if (reads)
    socket.on('data', (chunk: Buffer) => {
      state.answer += chunk.toString();
    });
  else socket.pause();
  socket.write(text);
  return state;
}

describe('a slow or a stubborn client', () => {
  it('that never ends its body is answered and cut off', async () => {
    const asked = raw(
      `POST /api/session/challenge HTTP/1.1\r\nhost: x\r\nx-ward-request: 1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
    await expect.poll(() => asked.answer, { timeout: 5_000 }).toContain('REQUEST_TIMEOUT');
    expect(asked.answer).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => asked.closed, { timeout: 5_000 }).toBe(true);
  });

  it('that asks for the head of the event stream opens none', async () => {
    const asked = raw(`HEAD /api/events HTTP/1.1\r\nhost: x\r\n${signedIn()}\r\n`);
    await expect.poll(() => asked.answer).toMatch(/^HTTP\/1\.1 404 /);
    const other = raw(`HEAD /api/me HTTP/1.1\r\nhost: x\r\n${signedIn()}\r\n`);
    await expect.poll(() => other.answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('that reads no events holds one piece of them, and is cut off', async () => {
    const { audit } = deps.gateway.home;
    const text = 'x'.repeat(20_000);
    const find = vi
      .spyOn(audit, 'find')
      .mockImplementation(
        async ({ after = 0 } = {}) =>
          Array.from({ length: 1_000 }, (_, index) => ({ sequence: after + index + 1, ...flood(text) })) as never,
      );
    const size = vi.spyOn(audit, 'size', 'get').mockReturnValue(1_000_000_000);
    try {
      const asked = raw(`GET /api/events HTTP/1.1\r\nhost: x\r\nlast-event-id: 0\r\n${signedIn()}\r\n`, {
        reads: false,
      });
      await expect.poll(() => find.mock.calls.length).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const looked = find.mock.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(find.mock.calls.length).toBe(looked);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      // It reads again: what had left is there, and then the end.
      asked.socket.resume();
      await expect.poll(() => asked.closed, { timeout: 5_000 }).toBe(true);
    } finally {
      find.mockRestore();
      size.mockRestore();
    }
  });

  it('that reads nothing loses its stream with its session too', async () => {
    const opened = deps.sessions.open(admin.id);
    const asked = raw(`GET /api/events HTTP/1.1\r\nhost: x\r\ncookie: ${COOKIE}=${opened.cookie}\r\n\r\n`);
    await expect.poll(() => asked.answer).toContain(': open');
    deps.sessions.end(opened.session.id);
    await expect.poll(() => asked.answer).toMatch(/\r\n0\r\n\r\n$/);
  });
});

/** An entry of the log without its sequence. */
function flood(text: string) {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    timestamp: '2026-01-01T00:00:00.000Z',
    eventType: 'tool.read',
    toolName: text,
    correlationId: 'c',
    actor: { type: 'agent', id: 'local' },
    operation: { result: 'success' },
  };
}

describe('one person', () => {
  it('cannot hold every stream, however many sessions they open', async () => {
    const cookies = Array.from({ length: MAX_STREAMS_PER_PERSON / 2 + 1 }, signedIn);
    const open = [...cookies, ...cookies].map((cookie) => raw(`GET /api/events HTTP/1.1\r\nhost: x\r\n${cookie}\r\n`));
    await expect.poll(() => open.every(({ answer }) => answer !== '')).toBe(true);
    expect(open.filter(({ answer }) => answer.startsWith('HTTP/1.1 429 '))).toHaveLength(2);
    for (const { socket } of open) socket.destroy();
  });

  it('cannot keep the log busy with searches', async () => {
    let now = 0;
    const searches = new Searches({ monotonic: () => now });
    const order: string[] = [];
    const slow = async (name: string) => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${name} ends`);
    };
    const first = searches.run('ada', () => slow('a'));
    const second = searches.run('ada', () => slow('b'));
    await expect(searches.run('ada', () => slow('c'))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await Promise.all([first, second, searches.run('bob', () => slow('d'))]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'd begins', 'd ends']);

    for (let i = 0; i < 10; i++) await searches.run('ada', async (spend) => spend(20_000));
    await expect(searches.run('ada', async () => {})).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: 1 });
    await searches.run('bob', async () => {});
    now += 60_000;
    await searches.run('ada', async () => {});
  });
});

it('failures of one wallet lock out that wallet, and nobody beside it', async () => {
  verifies('XR-LOCK-1');
  const signIn = async (wallet: SolanaWallet, forged: boolean) => {
    const post = async (path: string, body: object) => {
      const response = await fetch(`http://127.0.0.1:${port}/api${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-ward-request': '1' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { code?: string; message: string };
    };
    const { chain, address } = wallet;
    const { message } = await post('/session/challenge', { chain, address });
    const signature = wallet.sign(forged ? 'x' : message);
    return (await post('/session', { chain, address, message, signature })).code;
  };
  const mallory = new SolanaWallet();
  for (let i = 0; i < 5; i++) expect(await signIn(mallory, true)).toBe('IDENTITY_SIGN_IN_REFUSED');
  expect(await signIn(mallory, false)).toBe('IDENTITY_LOCKED');
  expect(await signIn(admin, false)).toBeUndefined();
});

it('strangers with wallets without end push out each other, and nobody who has a role', () => {
  const sessions = new WebSessions(systemClock, systemRandom, (person) => person === admin.id);
  const { cookie } = sessions.open(admin.id);
  for (let i = 0; i < MAX_SESSIONS + 5; i++) sessions.open(`solana:x:${i}`);
  expect(sessions.size).toBe(MAX_SESSIONS);
  expect(sessions.find(cookie)?.person).toBe(admin.id);
}, 60_000);

it('a page of our name over plain HTTP is another site', async () => {
  verifies('CM-API-1');
  const asked = raw(`GET /api/me HTTP/1.1\r\nhost: x:1\r\norigin: http://x:1\r\n${signedIn()}\r\n`);
  await expect.poll(() => asked.answer).toContain('CROSS_SITE');
  const own = raw(`GET /api/me HTTP/1.1\r\nhost: x:1\r\norigin: https://x:1\r\n${signedIn()}\r\n`);
  await expect.poll(() => own.answer).toContain(admin.id);
});

it.each([
  ['two cookies in one header', (cookie: string) => `${cookie.trim()}; ${COOKIE}=x\r\n`],
  ['two cookie headers', (cookie: string) => `${cookie}${cookie}`],
  ['two different hosts beside an origin', (cookie: string) => `host: y\r\norigin: https://x\r\n${cookie}`],
  ['two origins', (cookie: string) => `origin: https://x\r\norigin: https://evil.example\r\n${cookie}`],
  ['a site said twice', (cookie: string) => `sec-fetch-site: same-origin\r\nsec-fetch-site: cross-site\r\n${cookie}`],
])('%s are nobody’s', async (_what, headers) => {
  const asked = raw(`GET /api/me HTTP/1.1\r\nhost: x\r\n${headers(signedIn())}\r\n`);
  await expect.poll(() => asked.answer).toMatch(/^HTTP\/1\.1 (?:400|401|403) /);
  expect(asked.answer).not.toContain(admin.id);
});

it.each([
  '/api//agents',
  '/api/%61gents',
  '/api/./agents',
  '/api/x/../agents',
  '/api/agents/',
  '/api/agents;x',
  '/API/agents',
])('%s opens nothing to nobody', async (path) => {
  const asked = raw(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await expect.poll(() => asked.answer).toMatch(/^HTTP\/1\.1 (?:401|404) /);
});

it('a search that finds nothing in its share says where the next one goes on', async () => {
  const audit = {
    size: 50_000,
    find: async ({ after, limit }: { after: number; limit: number }) =>
      Array.from({ length: limit }, (_, index) => ({ sequence: after + index + 1, ...flood('t') })),
  };
  const list = async (before?: number) =>
    activityHandlers['activity.list'](
      {
        query: { limit: 100, search: 'nowhere', receipts: '0', ...(before !== undefined && { before }) },
        extent: 'any',
        caller: { id: admin.id },
        searches: new Searches(systemClock),
      } as never,
      { gateway: { home: { audit } } } as never,
    );
  const places: (number | null)[] = [];
  for (let next: number | null | undefined; next !== null; places.push(next)) {
    next = (await list(next)).next;
  }
  expect(places).toEqual([30_001, 10_001, null]);
});

describe('the end of the log', () => {
  const logOf = (size: number) => {
    const log = {
      size,
      reads: 0,
      find: async ({ after, limit }: { after: number; limit: number }) => {
        log.reads += 1;
        const count = Math.max(0, Math.min(limit, log.size - after));
        return Array.from({ length: count }, (_, index) => ({ sequence: after + index + 1, ...flood('t') })) as never;
      },
    };
    return log;
  };

  it('is read once, however many follow it', async () => {
    const log = logOf(50);
    const tail = new LogTail(log);
    const seen = await Promise.all(Array.from({ length: 200 }, () => tail.after(40)));
    expect(
      seen.every((entries) => entries.map(({ sequence }) => sequence).join() === '41,42,43,44,45,46,47,48,49,50'),
    ).toBe(true);
    expect(log.reads).toBe(1);
    log.size = 51;
    expect((await tail.after(50)).map(({ sequence }) => sequence)).toEqual([51]);
    expect(log.reads).toBe(2);
  });

  it('leaves nothing out for one that fell behind', async () => {
    const log = logOf(10);
    const tail = new LogTail(log);
    await tail.after(5);
    log.size = 5_000;
    expect((await tail.after(10))[0]?.sequence).toBe(11);
    expect((await tail.after(4_999)).map(({ sequence }) => sequence)).toEqual([5_000]);
  });
});
