import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, TestGateway } from './harness.ts';
import { MovedClock } from './stream.ts';

const MIB = 1_048_576;
const codeOf = (answer: Answer) => answer.message.error?.data?.code;

describe('rate tiers', () => {
  verifies('XR-RATE-1', 'XR-RATE-2', 'XR-TOOL-1');
  const clock = new MovedClock();
  let t: TestGateway;
  let other: string;
  beforeAll(async () => {
    t = await TestGateway.start({ clock, server: { tools: { post: { class: 'sensitive' } } } });
    other = await t.gateway.services.agents.add('other');
    await t.initialize();
  });
  afterAll(() => t.stop());

  // Class → tier and confirmation, as an agent meets them. A session's own initialize is a standard call too.
  const TIERS = [
    { tier: 'standard', tool: 'echo', args: { message: 'm' }, allowed: 110, used: 1, window: 60, first: undefined },
    { tier: 'strict', tool: 'post', args: { body: 'b' }, allowed: 22, used: 0, window: 60, first: 'APPROVAL_REQUIRED' },
    {
      tier: 'critical',
      tool: 'write',
      args: { line: 'l' },
      allowed: 5,
      used: 0,
      window: 300,
      first: 'APPROVAL_REQUIRED',
    },
  ] as const;

  for (const { tier, tool, args, allowed, used, window, first } of TIERS) {
    it(`W13: ${tier}: ${allowed} calls in ${window} s, then 429 with all four headers`, async () => {
      clock.offset += 600_000;
      const left: number[] = [];
      if (used) await t.initialize();
      for (let i = used; i < allowed; i++) {
        const answer = await t.call(tool, args);
        expect(answer.status, `call ${i + 1}`).toBe(200);
        expect(codeOf(answer)).toBe(first);
        expect(answer.headers['x-ratelimit-limit']).toBe(String(allowed));
        left.push(Number(answer.headers['x-ratelimit-remaining']));
      }
      expect(left).toEqual(Array.from({ length: allowed - used }, (_, i) => allowed - used - 1 - i));
      const refused = await t.call(tool, args);
      expect(refused.status).toBe(429);
      expect(codeOf(refused)).toBe('RATE_LIMITED');
      const { headers } = refused;
      expect(headers['x-ratelimit-limit']).toBe(String(allowed));
      expect(headers['x-ratelimit-remaining']).toBe('0');
      const now = clock.now() / 1000;
      expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThan(now);
      expect(Number(headers['x-ratelimit-reset'])).toBeLessThanOrEqual(now + window * 1.2);
      const wait = Number(headers['retry-after']);
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(window);
      expect(refused.message.error.data.retryAfter).toBe(wait);
      // Nobody else is held up, and after the time it said the agent goes on.
      const theirs = await t.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }), { token: other });
      expect(codeOf(theirs)).toBe('SESSION_MISSING');
      clock.offset += wait * 1000;
      expect((await t.call(tool, args)).status).toBe(200);
    });
  }

  it('guessing at names of tools counts as strict', async () => {
    clock.offset += 600_000;
    const statuses: number[] = [];
    for (let i = 0; i < 23; i++) statuses.push((await t.call(`guess${i}`)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(22);
    expect(statuses.at(-1)).toBe(429);
  });

  it('a new session brings no new bucket', async () => {
    expect((await t.call('guess')).status).toBe(429);
    await t.initialize();
    expect((await t.call('guess')).status).toBe(429);
  });
});

describe('calls at once', () => {
  verifies('XR-EXEC-3');

  it('refuses the eleventh with Retry-After, and takes it once another ended', async () => {
    const t = await TestGateway.start();
    await t.initialize();
    const ten = Array.from({ length: 10 }, () => t.call('slow', { ms: 700 }));
    await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(10);
    const refused = await t.call('echo', { message: 'm' });
    expect(refused.status).toBe(429);
    expect(codeOf(refused)).toBe('TOO_MANY_CONCURRENT');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    for (const answer of await Promise.all(ten)) expect(answer.message.result.content[0].text).toBe('done');
    expect((await t.call('echo', { message: 'm' })).message.result).toBeDefined();
    expect(t.gateway.services.concurrency().active('local')).toBe(0);
    await t.stop();
  });

  it('queues as many as configured, in their order, and refuses the next', async () => {
    const t = await TestGateway.start({ config: { limits: { concurrency: 1, queue: 1 } } });
    await t.initialize();
    const order: string[] = [];
    const noted = (name: string) => (answer: Answer) => {
      order.push(name);
      return answer;
    };
    const first = t.call('slow', { ms: 500 }).then(noted('first'));
    await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
    const second = t.call('echo', { message: 'queued' }).then(noted('second'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(codeOf(await t.call('echo', { message: 'm' }))).toBe('TOO_MANY_CONCURRENT');
    await first;
    expect((await second).message.result.content[0].text).toBe('queued');
    expect(order).toEqual(['first', 'second']);
    await t.stop();
  });
});

describe('the size of a request', () => {
  verifies('XR-EXEC-4');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
    await t.initialize();
  });
  afterAll(() => t.stop());

  const garbage = (bytes: number) => Buffer.alloc(bytes, 0x7b);

  it('parses 1 MiB, and refuses one byte more before it looks at it', async () => {
    const at = await t.raw(garbage(MIB), { headers: t.sessionHeaders });
    expect([at.status, codeOf(at)]).toEqual([400, 'JSON_INVALID']);
    const over = await t.raw(garbage(MIB + 1), { headers: t.sessionHeaders });
    expect([over.status, codeOf(over)]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('refuses it also where no length is announced', async () => {
    const over = await t.raw(garbage(MIB + 1), {
      headers: { ...t.sessionHeaders, 'transfer-encoding': 'chunked' },
    });
    expect([over.status, codeOf(over)]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('answers before the announced body arrives, and never waits for it', async () => {
    const answer = await speak(
      t,
      `POST /servers/t/mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('REQUEST_TOO_LARGE');
  });

  it('holds no more than the bound of a body that never ends', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const answer = await speak(
      t,
      'POST /servers/t/mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
      Array.from({ length: 64 }, () => `100000\r\n${'x'.repeat(MIB)}\r\n`),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB);
  });

  it('takes a smaller bound from the configuration', async () => {
    const small = await TestGateway.start({ config: { limits: { requestBytes: '1KiB' } } });
    expect((await small.raw(garbage(1_025))).status).toBe(413);
    expect((await small.raw(garbage(1_024))).status).toBe(400);
    await small.stop();
  });
});

describe('time and memory of one call', () => {
  let t: TestGateway;
  let mine: () => string[];
  beforeAll(async () => {
    t = await TestGateway.start({ server: { timeout: '1s' } });
    // The gateway's own look at the server has a process too.
    const others = processesOf(t);
    mine = () => processesOf(t).filter((pid) => !others.includes(pid));
    await t.initialize();
  });
  afterAll(() => t.stop());

  it('stops the work itself at the time limit, not only the wait for it', async () => {
    verifies('XR-EXEC-1');
    await t.call('echo', { message: 'm' });
    const before = mine();
    expect(before.length).toBeGreaterThan(0);
    const started = performance.now();
    const answer = await t.call('slow', { ms: 2_000 });
    expect(codeOf(answer)).toBe('TIMEOUT');
    expect(performance.now() - started).toBeLessThan(2_000);
    await expect.poll(() => mine().filter((pid) => before.includes(pid))).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(t.written()).not.toContain('slow finished');
    // The control: within its time the same tool does finish, in a new process.
    expect((await t.call('slow', { ms: 50 })).message.result.content[0].text).toBe('done');
    expect(t.written()).toContain('slow finished');
    expect(mine().length).toBeGreaterThan(0);
  });

  it('stops a call that takes more memory than one operation may', async () => {
    verifies('XR-EXEC-2');
    const before = mine();
    const answer = await t.call('hog', { mebibytes: 200 });
    expect(codeOf(answer)).toBe('MEMORY_LIMIT');
    expect(t.written()).not.toContain('hog finished');
    await expect.poll(() => mine().filter((pid) => before.includes(pid))).toEqual([]);
    expect((await t.call('hog', { mebibytes: 4 })).message.result.content[0].text).toBe('held 4');
    const page = await t.gateway.services.metrics.registry.metrics();
    expect(page).toMatch(/ward_sandbox_violations_total\{server="t",kind="memory"\} [1-9]/);
  });
});

/** Processes of the machine whose command line names this gateway's journal: those of the sandboxed server. */
function processesOf(t: TestGateway): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(t.journal);
    } catch {
      return false;
    }
  });
}

/** Speaks HTTP by hand, and returns what came back until the connection ended. */
function speak(t: TestGateway, head: string, parts: readonly string[] = []): Promise<string> {
  const { port } = new URL(t.gateway.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      servername: 'localhost',
      ca: t.gateway.tls!.caPem,
    });
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('secureConnect', async () => {
      socket.write(head);
      for (const part of parts) {
        if (socket.destroyed) break;
        if (!socket.write(part))
          await new Promise((drained) => {
            socket.once('drain', drained);
            socket.once('close', drained);
          });
      }
    });
  });
}
