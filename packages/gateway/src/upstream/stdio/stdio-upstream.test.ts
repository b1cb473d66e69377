import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamEvent } from '../event.ts';
import type { Upstream } from '../port.ts';
import { TestClient } from '../testing/client.ts';
import { isRunning, launchNode, RAW_SERVER } from '../testing/launch.ts';
import type { ChildLike } from './child.ts';
import { type StdioUpstreamOptions, stdioUpstream } from './stdio-upstream.ts';

let upstream: Upstream;
const events: UpstreamEvent[] = [];
let launches = 0;

function start(options: Partial<StdioUpstreamOptions> = {}, ...flags: string[]): Upstream {
  events.length = 0;
  launches = 0;
  upstream = stdioUpstream({
    id: 'raw',
    shared: false,
    profile: 'none',
    clientInfo: { name: 'ward', version: '0' },
    launch: () => {
      launches++;
      return launchNode(RAW_SERVER, ...flags);
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return upstream;
}

afterEach(() => upstream.close());

const timeout = () => new CodedError('CALL_TIMEOUT', 'too late');
const elicitation = { elicitation: {} };

describe('a stdio server', () => {
  it('answers a call under the client own id', async () => {
    const client = await TestClient.attach(start());
    const reply = await client.request('tools/call', { name: 'echo', arguments: { message: 'hi' } });
    expect(reply.message).toMatchObject({ id: 'c1', result: { content: [{ text: 'hi' }] } });
    expect(JSON.parse(Buffer.from(reply.original!).toString())).toEqual(reply.message);
    expect(client.channel.facts).toMatchObject({ era: 'session', revision: '2025-11-25', instructions: 'be good' });
    expect(upstream.status()).toMatchObject({ state: 'ready', processes: 1, restarts: 0, sandbox: 'none' });
  });

  it('carries many calls of clients with equal ids at once', async () => {
    const up = start();
    const clients = await Promise.all(['s1', 's2', 's3'].map((session) => TestClient.attach(up, { session })));
    const answers = await Promise.all(
      clients.flatMap((client, i) =>
        Array.from({ length: 50 }, (_, n) => client.call('echo', { message: `${i}.${n}` })),
      ),
    );
    expect(answers).toEqual(clients.flatMap((_, i) => Array.from({ length: 50 }, (_, n) => `${i}.${n}`)));
    expect(launches).toBe(1);
  });

  it('gives each principal a child of its own, and each set of capabilities', async () => {
    const up = start();
    const pids = await Promise.all(
      [
        { principal: 'a' },
        { principal: 'b' },
        { principal: 'a', capabilities: elicitation },
        { principal: 'a', session: 'other' },
      ].map(async (options) => (await TestClient.attach(up, options)).call('pid')),
    );
    expect(new Set(pids).size).toBe(3);
    expect(pids[3]).toBe(pids[0]);
  });

  it('gives one principal only so many children, and others theirs', async () => {
    const up = start();
    for (let i = 0; i < 8; i++)
      await TestClient.attach(up, { principal: 'a', capabilities: { experimental: { [i]: {} } } });
    await expect(TestClient.attach(up, { principal: 'a' })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await TestClient.attach(up, { principal: 'b' });
    expect(launches).toBe(9);
  });

  it('shares one child where declared so, and then asks nobody', async () => {
    const up = start({ shared: true });
    const a = await TestClient.attach(up, { principal: 'a', capabilities: elicitation });
    const b = await TestClient.attach(up, { principal: 'b' });
    expect(await a.call('pid')).toBe(await b.call('pid'));
    expect(await a.call('elicit')).toContain('-32601');
    expect(a.asked).toEqual([]);
  });

  it('starts once for simultaneous attachments', async () => {
    const up = start();
    await Promise.all(Array.from({ length: 20 }, (_, i) => TestClient.attach(up, { session: `s${i}` })));
    expect(launches).toBe(1);
  });

  it('accepts a server of an older session revision, in the client own form', async () => {
    const client = await TestClient.attach(start({}, 'old'));
    expect(client.channel.facts.revision).toBe('2025-11-25');
    expect((await client.request('tasks/list')).message).toMatchObject({ error: { code: -32601 } });
    expect(events).toContainEqual({ type: 'ready', upstream: 'raw', era: 'session', revision: '2025-06-18' });
  });

  it('restores the progress token and drops foreign ones', async () => {
    verifies('CM-CONN-1');
    const client = await TestClient.attach(start());
    await client.request('tools/call', { name: 'progress', arguments: { count: 3 }, _meta: { progressToken: 'mine' } });
    expect(client.notifications.map((one) => one.params)).toEqual(
      [1, 2, 3].map((progress) => ({ progressToken: 'mine', progress })),
    );
    await client.call('foreign-progress');
    expect(client.notifications).toHaveLength(3);
    expect(events.filter((event) => event.type === 'violation')).toHaveLength(4);
  });

  it('asks the client whose call is in flight, and answers pings itself', async () => {
    const up = start();
    const idle = await TestClient.attach(up, { session: 'idle', capabilities: elicitation });
    const busy = await TestClient.attach(up, { session: 'busy', capabilities: elicitation });
    expect(JSON.parse(await busy.call('elicit'))).toEqual({ action: 'decline' });
    expect(busy.asked.map((one) => one.method)).toEqual(['elicitation/create']);
    expect(idle.asked).toEqual([]);
    expect(await busy.call('ping')).toBe('{}');
    expect(await busy.call('odd')).toContain('-32601');
  });

  it('refuses what the client has not declared', async () => {
    const client = await TestClient.attach(start());
    expect(await client.call('elicit')).toContain('-32601');
    expect(client.asked).toEqual([]);
  });

  it('merges repeated list_changed and tells every attachment', async () => {
    const up = start();
    const a = await TestClient.attach(up, { session: 'a' });
    const b = await TestClient.attach(up, { session: 'b' });
    await a.call('changed', { times: 200 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(a.notifications).toHaveLength(2);
    expect(b.notifications).toHaveLength(2);
  });

  it('keeps subscriptions and log levels of sessions apart on one child', async () => {
    const up = start();
    const a = await TestClient.attach(up, { session: 'a' });
    const b = await TestClient.attach(up, { session: 'b' });
    await a.request('resources/subscribe', { uri: 'file:///a' });
    await b.request('resources/subscribe', { uri: 'file:///b' });
    await a.call('updated', { uri: 'file:///b' });
    expect([a.notifications.length, b.notifications.length]).toEqual([0, 1]);
    await a.request('logging/setLevel', { level: 'error' });
    await b.request('logging/setLevel', { level: 'debug' });
    expect(await a.call('level')).toBe('debug');
    await a.call('log');
    expect(a.notifications).toHaveLength(0);
    await b.call('log');
    expect(b.notifications).toHaveLength(2);
    await b.channel.close();
    expect(await a.call('subscribed')).toBe('file:///a');
  });

  it('reaps an idle child, starts it again on the next call and restores its state', async () => {
    const client = await TestClient.attach(start({ idleReapMs: 60 }));
    await client.request('logging/setLevel', { level: 'error' });
    const first = await client.call('pid');
    await expect.poll(() => upstream.status().state, { timeout: 5_000 }).toBe('idle');
    expect(isRunning(Number(first))).toBe(false);
    expect(await client.call('pid')).not.toBe(first);
    expect(await client.call('level')).toBe('error');
    expect(client.lost).toEqual([]);
  });

  it('ends the children when it is closed', async () => {
    const client = await TestClient.attach(start());
    const pid = Number(await client.call('pid'));
    await upstream.close();
    expect(isRunning(pid)).toBe(false);
    expect(upstream.status()).toMatchObject({ state: 'closed', processes: 0 });
    await expect(upstream.attach(client.attachment)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('a time limit', () => {
  it('ends the whole process group and fails the neighbours as retryable', async () => {
    verifies('XR-EXEC-1');
    const client = await TestClient.attach(start());
    const pid = Number(await client.call('pid'));
    const grandchild = Number(await client.call('fork'));
    const limit = new AbortController();
    const neighbour = client.call('sleep', { ms: 60_000 });
    const spinning = client.call('spin', { ms: 60_000 }, { signal: limit.signal });
    const failures = Promise.allSettled([spinning, neighbour]);
    setTimeout(() => limit.abort(timeout()), 100);
    const [first, second] = await failures;
    expect(first).toMatchObject({ reason: { code: 'UPSTREAM_TIMEOUT' } });
    expect(second).toMatchObject({ reason: { code: 'UPSTREAM_CRASHED', retryAfter: 1 } });
    expect(isRunning(pid)).toBe(false);
    await expect.poll(() => isRunning(grandchild)).toBe(false);
    expect(client.lost).toEqual(['UPSTREAM_TIMEOUT']);
    expect(await client.call('echo', { message: 'again' })).toBe('again');
  });

  it('is not needed for a client that cancels: the child lives on and its late answer is no fault', async () => {
    const client = await TestClient.attach(start());
    const pid = await client.call('pid');
    const cancel = new AbortController();
    const call = client.call('spin', { ms: 150 }, { signal: cancel.signal });
    setTimeout(() => cancel.abort(new CodedError('CLIENT_GONE', 'left')), 30);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED' });
    expect(await client.call('pid')).toBe(pid);
    expect(events.filter((event) => event.type === 'violation')).toEqual([]);
  });

  it('also covers a server that never reads', async () => {
    const client = await TestClient.attach(start());
    const pid = Number(await client.call('pid'));
    void client.call('stop-reading').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    const big = 'x'.repeat(900_000);
    const limit = new AbortController();
    const calls = Array.from({ length: 8 }, () => client.call('echo', { message: big }, { signal: limit.signal }));
    const settled = Promise.allSettled(calls);
    setTimeout(() => limit.abort(timeout()), 200);
    const codes = (await settled).map((one) => (one as PromiseRejectedResult).reason.code);
    expect(codes).toContain('UPSTREAM_UNAVAILABLE'); // the backlog is bounded
    expect(codes).toContain('UPSTREAM_TIMEOUT');
    expect(isRunning(pid)).toBe(false);
  });
});

describe('a misbehaving server', () => {
  it('that prints a little garbage is heard on', async () => {
    verifies('CM-CONN-1');
    const client = await TestClient.attach(start());
    expect(await client.call('garbage-once')).toBe('still here');
    expect(events.filter((event) => event.type === 'violation').map((event) => 'what' in event && event.what)).toEqual([
      'not strict JSON',
      'not strict JSON',
      'not UTF-8',
      'not strict JSON',
    ]);
  });

  it.each([
    ['prints garbage without end', 'garbage', 'UPSTREAM_PROTOCOL'],
    ['floods with notifications', 'flood', 'UPSTREAM_PROTOCOL'],
    ['answers with a line without end', 'huge', 'UPSTREAM_TOO_LARGE'],
    ['exits in the middle of a call', 'exit', 'UPSTREAM_CRASHED'],
  ])('that %s is ended', async (_what, tool, code) => {
    const client = await TestClient.attach(start());
    const pid = Number(await client.call('pid'));
    const before = process.memoryUsage.rss();
    await expect(client.call(tool)).rejects.toMatchObject({ code });
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
    expect(isRunning(pid)).toBe(false);
    expect(client.lost).toEqual([code]);
  });

  it('that answers other ids than ours is not believed', async () => {
    const client = await TestClient.attach(start());
    const limit = new AbortController();
    const call = client.call('wrong-id', {}, { signal: limit.signal });
    setTimeout(() => limit.abort(timeout()), 200);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(events.filter((event) => event.type === 'violation')).toHaveLength(3);
  });

  it('that answers twice is heard once', async () => {
    const client = await TestClient.attach(start());
    expect(await client.call('duplicate')).toBe('first');
    expect(await client.call('echo', { message: 'next' })).toBe('next');
    expect(events.filter((event) => event.type === 'violation')).toHaveLength(1);
  });

  it('that crashes again and again trips the breaker', async () => {
    const up = start({ breaker: { maxCrashes: 3, windowMs: 60_000, cooldownMs: 400 } }, 'die');
    const codes: string[] = [];
    for (let i = 0; i < 4; i++)
      codes.push(
        await TestClient.attach(up).then(
          () => 'up',
          (error) => error.code,
        ),
      );
    expect(codes).toEqual([
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_BREAKER_OPEN',
    ]);
    expect(launches).toBe(3);
    expect(up.status()).toMatchObject({ state: 'broken' });
    expect(events).toContainEqual({ type: 'breaker-open', upstream: 'raw', retryAfter: 1 });
    await new Promise((resolve) => setTimeout(resolve, 450));
    await expect(TestClient.attach(up)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(launches).toBe(4);
  });

  it('that never answers the handshake is ended in time', async () => {
    const up = start({ handshakeTimeoutMs: 100 }, 'mute');
    await expect(TestClient.attach(up)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(up.status().processes).toBe(0);
  });

  it('that hangs in its launch is given up, and ended when it comes after all', async () => {
    let late: ChildLike | undefined;
    const launch = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      late = await launchNode(RAW_SERVER);
      return late;
    };
    await expect(TestClient.attach(start({ launch, handshakeTimeoutMs: 50 }))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    await expect.poll(() => late !== undefined && !isRunning(late.pid!), { timeout: 5_000 }).toBe(true);
  });

  it('does not fall with a front that throws', async () => {
    const thrower = () => {
      throw new Error('front');
    };
    const client = await TestClient.attach(start(), { capabilities: elicitation });
    expect(await client.call('log', {}, { notify: thrower })).toBe('logged');
    expect(await client.call('elicit', {}, { ask: thrower })).toContain('did not answer');
    expect(await client.call('echo', { message: 'fine' })).toBe('fine');
  });

  it('that passes its memory limit is said to have done so', async () => {
    const launch = async () => {
      const child = await launchNode(RAW_SERVER);
      return { ...child, exited: child.exited.then((exit) => ({ ...exit, reason: 'memory' })) };
    };
    const client = await TestClient.attach(start({ launch }));
    await expect(client.call('exit')).rejects.toMatchObject({ code: 'UPSTREAM_MEMORY' });
  });

  it('keeps its secrets out of the log', async () => {
    const client = await TestClient.attach(start());
    await client.call('stderr');
    await expect.poll(() => events.find((event) => event.type === 'stderr')).toBeDefined();
    expect(JSON.stringify(events)).not.toContain('abcdefghijklmnop');
  });
});
