import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agents } from '../src/agents/agents.ts';
import { authenticate } from '../src/pipeline/authenticate.ts';
import type { Services } from '../src/services.ts';
import { type Answer, type Loose, TestGateway } from './harness.ts';
import { control, MovedClock, openStream } from './stream.ts';

const wrong = (agent: string, fill = 'A') => `ward_${agent}_${fill.repeat(43)}`;
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const codeOf = (answer: Answer) => answer.message.error?.data?.code;

describe('signing in', () => {
  let t: TestGateway;
  let other: string;
  beforeAll(async () => {
    t = await TestGateway.start();
    other = await t.gateway.services.agents.add('other');
    await t.initialize();
  });
  afterAll(() => t.stop());

  it('refuses a request without a token and says how to sign in', async () => {
    const answer = await t.raw(PING, { token: null });
    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe('AUTHENTICATION_REQUIRED');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.message.error.data.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers an unknown, a wrong, a malformed and a foreign credential alike', async () => {
    verifies('XR-ERR-2');
    const told = async (authorization: string) => {
      const answer = await t.raw(PING, { token: null, headers: { authorization, ...t.sessionHeaders } });
      const { correlationId, ...data } = answer.message.error.data;
      expect(correlationId).toBeDefined();
      const { date, ...headers } = answer.headers;
      return { status: answer.status, headers, error: { ...answer.message.error, data } };
    };
    const reference = await told(`Bearer ${wrong('nobody')}`);
    for (const credential of [
      `Bearer ${wrong('someone')}`,
      'Bearer x',
      'Bearer !!!',
      'Bearer',
      'Basic bG9jYWw6cGFzcw==',
      `bearer ${other.slice(0, -3)}xxx`,
    ]) {
      expect(await told(credential), credential).toEqual(reference);
    }
  });

  it('takes no session for a proof: another agent with its id gets nothing and ends nothing', async () => {
    const { sessionHeaders } = t;
    const hijack = { token: other, headers: sessionHeaders };
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'secret', arguments: {} } } as const;
    const answer = await t.send(call, hijack);
    expect(answer.status).toBe(404);
    expect(codeOf(answer)).toBe('SESSION_UNKNOWN');
    for (const method of ['GET', 'DELETE'] as const) {
      const stream = await openStream(t, { method, token: other });
      await stream.closed;
      expect(stream.status).toBe(404);
      expect(JSON.parse(stream.text).error.data.code).toBe('SESSION_UNKNOWN');
    }
    // The same answer as for a session that never was.
    const never = await t.send(call, { token: other, headers: { ...sessionHeaders, 'mcp-session-id': 'never' } });
    expect([never.status, codeOf(never)]).toEqual([404, 'SESSION_UNKNOWN']);
    expect((await t.call('echo', { message: 'mine' })).message.result).toBeDefined();
  });

  it('notes a failed sign-in of a GET in the log as that of a POST', async () => {
    const failures = async () =>
      (await t.gateway.home.audit.find({ limit: 1_000 })).filter((entry) => entry.eventType === 'auth.failure').length;
    const before = await failures();
    await (await openStream(t, { token: wrong('stranger') })).closed;
    await expect.poll(failures).toBe(before + 1);
  });

  it('keeps a session to the route it was opened on', async () => {
    const answer = await t.request('tools/list', {}, { path: '/mcp' });
    expect(codeOf(answer)).toBe('SESSION_UNKNOWN');
  });

  it('ends everything of an agent that is revoked: calls, sessions, open streams of both eras', async () => {
    const token = await t.gateway.services.agents.add('leaver');
    const opened = await t.send(
      {
        jsonrpc: '2.0',
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
      },
      { token },
    );
    const headers = { 'mcp-session-id': opened.headers['mcp-session-id'] as string };
    const stream = await openStream(t, { token, headers });
    expect(stream.status).toBe(200);
    const listening = await openStream(t, {
      method: 'POST',
      token,
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 9,
        method: 'subscriptions/listen',
        params: {
          notifications: { toolsListChanged: true },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    });
    expect(listening.status).toBe(200);
    await listening.until((message) => message.method === 'notifications/subscriptions/acknowledged');
    expect(await control(t, 'DELETE', '/v1/agents/leaver')).toEqual({ id: 'leaver', revoked: true });
    await stream.closed;
    await listening.closed;
    const after = await t.send({ jsonrpc: '2.0', id: 3, method: 'ping' }, { token, headers });
    expect([after.status, codeOf(after)]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    expect((await control(t, 'POST', '/v1/agents', { id: 'leaver' })).code).toBe('AGENT_EXISTS');
  });
});

describe('lockout', () => {
  verifies('XR-LOCK-1');
  const clock = new MovedClock();
  let t: TestGateway;
  let other: string;
  beforeAll(async () => {
    t = await TestGateway.start({ clock });
    other = await t.gateway.services.agents.add('other');
  });
  afterAll(() => t.stop());

  const attempt = (token: string) => t.raw(PING, { token });
  const failures = async (count: number, agent = 'local') => {
    const answers: Answer[] = [];
    for (let i = 0; i < count; i++) answers.push(await attempt(wrong(agent)));
    return answers;
  };

  it('a success between failures starts the count anew', async () => {
    await failures(4);
    await attempt(t.token);
    expect((await failures(4)).map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
    expect(codeOf(await attempt(t.token))).toBe('SESSION_MISSING');
  });

  it('five failures lock the agent for 1800 s, the right token too, and nobody else', async () => {
    expect((await failures(5)).map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401]);
    const locked = await attempt(t.token);
    expect(locked.status).toBe(429);
    expect(codeOf(locked)).toBe('LOCKED_OUT');
    const seconds = Number(locked.headers['retry-after']);
    expect(seconds).toBeGreaterThan(1_790);
    expect(seconds).toBeLessThanOrEqual(1_800);
    expect(locked.message.error.data.retryAfter).toBe(seconds);
    expect((await openStream(t, { headers: { 'mcp-session-id': 'x' } })).status).toBe(429);
    expect(codeOf(await attempt(other))).toBe('SESSION_MISSING');
  });

  it('tells the operator and the log', async () => {
    await expect
      .poll(() => t.gateway.home.audit.find({ limit: 1_000 }))
      .toContainEqual(expect.objectContaining({ eventType: 'auth.lockout' }));
    const line = t.logLines.map((text): Loose => JSON.parse(text)).find((entry) => entry.event === 'auth.lockout');
    expect(line).toMatchObject({ agent: 'local', security: true });
  });

  it('keeps the lock over a restart on the same home', async () => {
    await t.stop(true);
    t = await TestGateway.start({ clock, home: t.home, unpinned: true });
    expect(codeOf(await attempt(t.token))).toBe('LOCKED_OUT');
    expect(codeOf(await attempt(other))).toBe('SESSION_MISSING');
  });

  it('is neither lifted nor prolonged by a clock that was set back', async () => {
    clock.skew = -3_600_000;
    expect(codeOf(await attempt(t.token))).toBe('LOCKED_OUT');
    clock.skew = 0;
  });

  it('ends with its time, and the next one is twice as long', async () => {
    clock.offset += 1_801_000;
    expect(codeOf(await attempt(t.token))).toBe('SESSION_MISSING');
    await failures(5);
    const seconds = Number((await attempt(t.token)).headers['retry-after']);
    expect(seconds).toBeGreaterThan(3_590);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  it('counts failures from before a restart until a success', async () => {
    await failures(4, 'other');
    await t.stop(true);
    t = await TestGateway.start({ clock, home: t.home, unpinned: true });
    await attempt(other);
    await failures(1, 'other');
    expect(codeOf(await attempt(other))).toBe('SESSION_MISSING');
  });
});

describe('the work of a failed sign-in', () => {
  verifies('XR-ERR-2');
  let t: TestGateway;
  let revoked: string;
  beforeAll(async () => {
    t = await TestGateway.start();
    revoked = await t.gateway.services.agents.add('gone');
    await t.gateway.services.agents.revoke('gone');
  });
  afterAll(() => t.stop());

  const CREDENTIALS = () => ({
    'unknown agent': `Bearer ${wrong('nobody')}`,
    'known agent, wrong secret': `Bearer ${wrong('local', 'B')}`,
    'revoked agent': `Bearer ${revoked}`,
    malformed: 'Bearer !!!',
    'another scheme': 'Basic abc',
  });

  /** How often each step ran for one credential, and what came out. */
  async function work(authorization: string, agents: Pick<Agents, 'claimedBy' | 'authenticate'>) {
    const steps: string[] = [];
    const services = {
      ...t.gateway.services,
      agents: {
        claimedBy(token?: string) {
          steps.push('claimed');
          return agents.claimedBy(token);
        },
        authenticate(token?: string) {
          steps.push('hash');
          return agents.authenticate(token);
        },
      },
      lockout: {
        check() {
          steps.push('check');
          return { allowed: true };
        },
        async fail() {
          steps.push('record');
          return { allowed: true };
        },
      },
    } as unknown as Services;
    const inbound = { method: 'POST', path: '/mcp', headers: { authorization }, remoteAddress: '::1' };
    const outcome = await authenticate(services, { inbound });
    const { detail, ...told } = outcome as Loose;
    return { steps, told };
  }

  it('is the same, step by step, and ends the same, whatever is wrong', async () => {
    const reference = await work(`Bearer ${wrong('nobody')}`, t.gateway.services.agents);
    expect(reference.steps).toEqual(['claimed', 'check', 'hash', 'record']);
    for (const [name, credential] of Object.entries(CREDENTIALS())) {
      expect(await work(credential, t.gateway.services.agents), name).toEqual(reference);
    }
  });

  it('is reported as times: one hash each, no shortcut (no limit is asserted)', () => {
    const { agents } = t.gateway.services;
    const tokens = { unknown: wrong('nobody'), 'wrong secret': wrong('local', 'B'), revoked, none: undefined };
    const samples: Record<string, number[]> = Object.fromEntries(Object.keys(tokens).map((name) => [name, []]));
    for (let round = 0; round < 2_000; round++) {
      for (const [name, token] of Object.entries(tokens)) {
        const start = process.hrtime.bigint();
        agents.authenticate(token);
        samples[name]?.push(Number(process.hrtime.bigint() - start));
      }
    }
    const table = Object.entries(samples).map(([name, times]) => {
      const sorted = times.toSorted((a, b) => a - b);
      return `${name}: median ${sorted[1_000]} ns, p90 ${sorted[1_800]} ns`;
    });
    console.info(`sign-in failures\n  ${table.join('\n  ')}`);
    expect(table).toHaveLength(4);
  });
});
