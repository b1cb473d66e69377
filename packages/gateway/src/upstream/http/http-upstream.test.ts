import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { type Fixture, startFixture } from '@wardmesh/testkit/fixture';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { UpstreamEvent } from '../event.ts';
import type { Upstream } from '../port.ts';
import { TestClient } from '../testing/client.ts';
import { type HttpUpstreamOptions, httpUpstream } from './http-upstream.ts';

let fixture: Fixture;
let upstream: Upstream;
const events: UpstreamEvent[] = [];

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
afterEach(() => upstream.close());

function start(options: Partial<HttpUpstreamOptions> = {}): Upstream {
  events.length = 0;
  upstream = httpUpstream({
    id: 'fixture',
    url: fixture.url,
    transport: 'auto',
    insecureLoopback: true,
    clientInfo: { name: 'ward', version: '0' },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return upstream;
}

describe('a session-era client of a Streamable HTTP server', () => {
  it('calls a tool and gets the server own bytes', async () => {
    const client = await TestClient.attach(start());
    const reply = await client.request('tools/call', { name: 'test_simple_text', arguments: {} });
    expect(reply.message).toMatchObject({ id: 'c1', result: { content: [{ type: 'text' }] } });
    expect(JSON.parse(Buffer.from(reply.original!).toString())).toEqual(reply.message);
    expect(client.channel.facts).toMatchObject({ era: 'session', revision: '2025-11-25' });
    expect(upstream.status()).toMatchObject({ state: 'ready', sandbox: 'remote' });
  });

  it('hears progress and log messages of its call', async () => {
    const client = await TestClient.attach(start());
    await client.request('tools/call', {
      name: 'test_tool_with_progress',
      arguments: {},
      _meta: { progressToken: 'p' },
    });
    await client.call('test_tool_with_logging');
    const methods = client.notifications.map((one) => one.method);
    expect(methods.filter((one) => one === 'notifications/progress')).toHaveLength(3);
    expect(methods.filter((one) => one === 'notifications/message')).toHaveLength(3);
  });

  it('is asked in the stream of its own call', async () => {
    const ask: TestClient['ask'] = async ({ id }) => ({
      jsonrpc: '2.0',
      id,
      result: { action: 'accept', content: { username: 'ann', email: 'a@b.c' } },
    });
    const client = await TestClient.attach(start(), { capabilities: { elicitation: {} }, ask });
    expect(await client.call('test_elicitation', { message: 'who?' })).toContain('ann');
    expect(client.asked.map(({ method }) => method)).toEqual(['elicitation/create']);
  });

  it('has a session of its own', async () => {
    const up = start();
    const [a, b] = await Promise.all([
      TestClient.attach(up, { session: 'a' }),
      TestClient.attach(up, { session: 'b' }),
    ]);
    const answers = await Promise.all([a, b].map((client) => client.request('tools/list')));
    expect(answers.map(({ message }) => message.id)).toEqual(['c1', 'c1']);
    await a.channel.close();
    await b.request('tools/list');
  });

  it('ends with the time limit', async () => {
    const client = await TestClient.attach(start());
    const limit = new AbortController();
    setTimeout(() => limit.abort(new CodedError('CALL_TIMEOUT', 'late')), 20);
    await expect(
      client.request(
        'tools/call',
        { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } },
        { signal: limit.signal },
      ),
    ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await client.request('tools/list');
  });
});

describe('a stateless-era client of a Streamable HTTP server', () => {
  it('calls a tool with its own bytes', async () => {
    verifies('WM-GW-1');
    const client = await TestClient.attach(start(), { revision: '2026-07-28' });
    const reply = await client.request('tools/call', { name: 'test_simple_text', arguments: {} });
    expect(reply.message).toMatchObject({ id: 'c1', result: { resultType: 'complete' } });
    expect(client.channel.facts).toMatchObject({ era: 'stateless', revision: '2026-07-28' });
  });

  it('gets input_required as the server gave it', async () => {
    const client = await TestClient.attach(start(), { revision: '2026-07-28', capabilities: { elicitation: {} } });
    const { message } = await client.request('tools/call', {
      name: 'test_input_required_result_elicitation',
      arguments: {},
    });
    expect(message).toMatchObject({ result: { resultType: 'input_required', inputRequests: {} } });
  });

  it('subscribes until it leaves', async () => {
    const client = await TestClient.attach(start(), { revision: '2026-07-28' });
    const leave = new AbortController();
    const listening = client.request(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { signal: leave.signal },
    );
    await expect
      .poll(() => client.notifications.map(({ method }) => method))
      .toEqual(['notifications/subscriptions/acknowledged']);
    leave.abort(new CodedError('CLIENT_GONE', 'left'));
    await expect(listening).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED' });
  });
});
