import { CodedError, type JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { type Fixture, startFixture } from '@wardmesh/testkit/fixture';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonRpcRequest, JsonRpcResponse } from '../protocol/message.ts';
import type { Era } from '../protocol/revision.ts';
import { httpUpstream } from '../upstream/http/http-upstream.ts';
import type { Upstream } from '../upstream/port.ts';
import { stdioUpstream } from '../upstream/stdio/stdio-upstream.ts';
import { TestClient } from '../upstream/testing/client.ts';
import { launchNode, RAW_SERVER } from '../upstream/testing/launch.ts';

let fixture: Fixture;
let upstream: Upstream;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
afterEach(() => upstream.close());

const clientInfo = { name: 'ward', version: '0' };

/** The dual-era fixture, held to one era. */
function http(era: Era): Upstream {
  upstream = httpUpstream({
    id: 'fixture',
    url: fixture.url,
    transport: 'auto',
    era,
    insecureLoopback: true,
    clientInfo,
  });
  return upstream;
}

function raw(...flags: string[]): Upstream {
  upstream = stdioUpstream({
    id: 'raw',
    shared: false,
    profile: 'none',
    clientInfo,
    launch: () => launchNode(RAW_SERVER, ...flags),
  });
  return upstream;
}

async function answer({ id, method, params }: JsonRpcRequest): Promise<JsonRpcResponse> {
  const results: Record<string, JsonObject> = {
    'roots/list': { roots: [{ uri: 'file:///home' }] },
    'sampling/createMessage': { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' },
    'elicitation/create': {
      action: 'accept',
      content: { name: 'Ann', color: 'blue', ok: true, username: 'ann', email: 'a@b.c' },
    },
  };
  if (params?.mode === 'url') return { jsonrpc: '2.0', id, result: { action: 'accept' } };
  return { jsonrpc: '2.0', id, result: results[method]! };
}

const everything = { roots: {}, sampling: {}, elicitation: {} };

describe('a session client of a stateless server', () => {
  const attach = (capabilities: JsonObject = everything) =>
    TestClient.attach(http('stateless'), { capabilities, ask: answer });

  it('calls tools, lists and reads as in a session', async () => {
    verifies('WM-GW-1');
    const client = await attach();
    expect(client.channel.facts).toMatchObject({ era: 'session', revision: '2025-11-25' });
    const { message } = await client.request('tools/call', { name: 'test_simple_text', arguments: {} });
    expect(Object.keys((message as { result: object }).result)).toEqual(['content']);
    const list = await client.request('tools/list');
    expect((list.message as { result: JsonObject }).result.ttlMs).toBeUndefined();
    expect((await client.request('ping')).message).toEqual({ jsonrpc: '2.0', id: 'c3', result: {} });
    expect((await client.request('resources/read', { uri: 'test://nothing' })).message).toMatchObject({
      error: { code: -32002 },
    });
    expect((await client.request('tasks/list')).message).toMatchObject({ error: { code: -32601 } });
  });

  it('answers what the server asks, round by round', async () => {
    const client = await attach();
    expect(await client.call('test_input_required_result_multi_round')).toBe('Ann likes blue');
    expect(client.asked.map(({ method }) => method)).toEqual(['elicitation/create', 'elicitation/create']);
    expect(await client.call('test_input_required_result_request_state')).toBe('state-ok');
    client.asked.length = 0;
    expect(await client.call('test_input_required_result_multiple_inputs')).toContain('1 roots');
    expect(client.asked.map(({ method }) => method).sort()).toEqual([
      'elicitation/create',
      'roots/list',
      'sampling/createMessage',
    ]);
  });

  it('is never asked what it did not declare', async () => {
    const client = await attach({});
    const { message } = await client.request('tools/call', {
      name: 'test_input_required_result_list_roots',
      arguments: {},
    });
    expect(client.asked).toEqual([]);
    // The server itself refuses first: the client's true capabilities rode along.
    expect(message).toMatchObject({ error: { code: -32600 } });
  });

  it('ends with the time limit while the client is asked', async () => {
    const client = await TestClient.attach(http('stateless'), {
      capabilities: everything,
      ask: () => new Promise(() => {}),
    });
    const limit = new AbortController();
    setTimeout(() => limit.abort(new CodedError('CALL_TIMEOUT', 'late')), 100);
    await expect(
      client.call('test_input_required_result_elicitation', {}, { signal: limit.signal }),
    ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('hears progress, and logs at the level it set', async () => {
    const client = await attach();
    await client.request('tools/call', {
      name: 'test_tool_with_progress',
      arguments: {},
      _meta: { progressToken: 'p' },
    });
    expect(client.notifications.map(({ params }) => params?.progressToken)).toEqual(['p', 'p', 'p']);
    client.notifications.length = 0;
    await client.call('test_logging_tool');
    expect(client.notifications).toEqual([]);
    await client.request('logging/setLevel', { level: 'debug' });
    await client.call('test_logging_tool');
    expect(client.notifications.map(({ method }) => method)).toEqual(['notifications/message']);
  });

  it('hears of changed lists', async () => {
    const client = await attach();
    await expect
      .poll(
        async () => {
          await client.call('test_trigger_tool_change');
          return client.notifications.map(({ method }) => method);
        },
        { timeout: 5_000 },
      )
      .toContain('notifications/tools/list_changed');
    expect(client.notifications[0]).toEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  });

  it('sends the parameter headers that the server demands', async () => {
    const client = await attach();
    const { message } = await client.request('tools/list');
    const tools = (message as unknown as { result: { tools: { name: string; inputSchema: JsonObject }[] } }).result
      .tools;
    const tool = tools.find(({ inputSchema }) => JSON.stringify(inputSchema).includes('x-mcp-header'));
    if (tool === undefined) return;
    const fresh = await attach();
    const args = Object.fromEntries(
      Object.entries(tool.inputSchema.properties as Record<string, { type: string }>).map(([name, { type }]) => [
        name,
        type === 'string' ? 'grüße' : type === 'boolean' ? true : 7,
      ]),
    );
    expect((await fresh.request('tools/call', { name: tool.name, arguments: args })).message).toHaveProperty('result');
  });

  it('works over stdio too', async () => {
    const client = await TestClient.attach(raw('modern', 'no-session'));
    expect(await client.call('echo', { message: 'hi' })).toBe('hi');
    expect(JSON.parse(await client.call('meta'))).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    });
    await expect
      .poll(() => client.notifications.map(({ method }) => method))
      .toEqual(['notifications/tools/list_changed']);
  });
});

describe('a crash', () => {
  const listChanged = 'notifications/tools/list_changed';
  it('starts nothing by itself, and subscribes anew with the next call', async () => {
    const client = await TestClient.attach(raw('modern', 'no-session'));
    await expect.poll(() => client.notifications.map(({ method }) => method)).toEqual([listChanged]);
    await expect(client.call('exit')).rejects.toMatchObject({ code: 'UPSTREAM_CRASHED' });
    expect(client.lost).toEqual(['UPSTREAM_CRASHED']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(upstream.status()).toMatchObject({ processes: 0 });
    expect(await client.call('echo', { message: 'again' })).toBe('again');
    await expect.poll(() => client.notifications.map(({ method }) => method)).toEqual([listChanged, listChanged]);
  });
});

describe('a stateless client of a session server', () => {
  const attach = (capabilities: JsonObject = everything) =>
    TestClient.attach(http('session'), { revision: '2026-07-28', capabilities, ask: answer });

  it('calls tools, lists and reads as a stateless one', async () => {
    verifies('WM-GW-1');
    const client = await attach();
    expect(client.channel.facts).toMatchObject({ era: 'stateless', revision: '2026-07-28' });
    expect((await client.request('server/discover')).message).toMatchObject({
      result: { resultType: 'complete', supportedVersions: ['2026-07-28'], ttlMs: 0, cacheScope: 'private' },
    });
    expect((await client.request('tools/call', { name: 'test_simple_text', arguments: {} })).message).toMatchObject({
      id: 'c2',
      result: { resultType: 'complete', content: [{ type: 'text' }] },
    });
    expect((await client.request('tools/list')).message).toMatchObject({ result: { ttlMs: 0, cacheScope: 'private' } });
    expect((await client.request('resources/read', { uri: 'test://nothing' })).message).toMatchObject({
      error: { code: -32602 },
    });
    for (const method of ['ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'tasks/list']) {
      expect((await client.request(method)).message).toMatchObject({ error: { code: -32601 } });
    }
  });

  it('is asked within its call', async () => {
    const client = await attach();
    expect(await client.call('test_elicitation', { message: 'who?' })).toContain('ann');
    expect(client.asked.map(({ method, params }) => [method, params?.elicitationId])).toEqual([
      ['elicitation/create', undefined],
    ]);
    expect(await client.call('test_sampling', { prompt: 'x' })).toContain('Paris');
  });

  it('hears progress under its own token, and logs only where it asked for them', async () => {
    const client = await attach();
    await client.request('tools/call', {
      name: 'test_tool_with_progress',
      arguments: {},
      _meta: { progressToken: 'p' },
    });
    expect(client.notifications.map(({ params }) => params?.progressToken)).toEqual(['p', 'p', 'p']);
    client.notifications.length = 0;
    await client.call('test_tool_with_logging');
    expect(client.notifications).toEqual([]);
    const logLevel = { _meta: { 'io.modelcontextprotocol/logLevel': 'info' } };
    await client.request('tools/call', { name: 'test_tool_with_logging', arguments: {}, ...logLevel });
    expect(client.notifications.map(({ method }) => method)).toEqual(Array(3).fill('notifications/message'));
  });

  it('is sent to the pages that a session server wants visited first', async () => {
    const both = { capabilities: { elicitation: { url: {}, form: {} } }, ask: answer };
    const client = await TestClient.attach(raw(), { revision: '2026-07-28', ...both });
    expect(await client.call('url-first')).toBe('visited');
    expect(client.asked.map(({ params }) => params)).toEqual([
      { mode: 'url', url: 'https://bank.example/', message: 'Sign in' },
    ]);
    expect(JSON.parse(await client.call('elicit-url'))).toEqual({ action: 'accept' });
    const blind = await TestClient.attach(upstream, {
      revision: '2026-07-28',
      principal: 'bob',
      capabilities: { elicitation: {} },
    });
    const { message } = await blind.request('tools/call', { name: 'url-first', arguments: {} });
    expect(message).toMatchObject({ error: { code: -32603 } });
    expect(await blind.call('elicit-url')).toContain('-32602');
    expect(blind.asked).toEqual([]);
  });

  it('refuses a request state that nobody gave out', async () => {
    const client = await attach();
    const forged = client.request('tools/call', {
      name: 'test_simple_text',
      arguments: {},
      requestState: 'forged',
    });
    await expect(forged).rejects.toMatchObject({ code: 'STATE_REFUSED' });
  });

  it('listens: acknowledged, stamped, filtered, undone', async () => {
    const client = await TestClient.attach(raw(), { revision: '2026-07-28' });
    const leave = new AbortController();
    const wanted = {
      notifications: { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['a:b'] },
    };
    const listening = client.request('subscriptions/listen', wanted, { signal: leave.signal });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'c1' };
    await expect
      .poll(() => client.notifications)
      .toEqual([
        {
          jsonrpc: '2.0',
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['a:b'] }, _meta },
        },
      ]);
    await client.call('updated', { uri: 'a:b' });
    await client.call('updated', { uri: 'a:c' });
    await client.call('changed', { times: 1 });
    expect(client.notifications.slice(1)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a:b', _meta } },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta } },
    ]);
    expect(await client.call('subscribed')).toBe('a:b');
    leave.abort(new CodedError('CLIENT_GONE', 'left'));
    await expect(listening).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED' });
    expect(await client.call('subscribed')).toBe('');
  });

  it('gets an empty subscription completed at once, and all of them when the channel closes', async () => {
    const client = await TestClient.attach(raw(), { revision: '2026-07-28' });
    expect((await client.request('subscriptions/listen', { notifications: {} })).message).toMatchObject({
      result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 'c1' } },
    });
    expect((await client.request('subscriptions/listen', {})).message).toMatchObject({ error: { code: -32602 } });
    const listening = client.request('subscriptions/listen', { notifications: { toolsListChanged: true } });
    await expect.poll(() => client.notifications.length).toBe(2);
    await client.channel.close();
    expect((await listening).message).toMatchObject({ result: { resultType: 'complete' } });
  });

  it('loses its subscriptions when the server crashes', async () => {
    const client = await TestClient.attach(raw(), { revision: '2026-07-28' });
    const listening = client.request('subscriptions/listen', { notifications: { toolsListChanged: true } });
    const lost = expect(listening).rejects.toMatchObject({ code: 'UPSTREAM_CRASHED' });
    await expect(client.call('exit')).rejects.toMatchObject({ code: 'UPSTREAM_CRASHED' });
    await lost;
  });

  it('may share ids with another client of its attachment', async () => {
    const client = await attach();
    const twins = await Promise.all(
      [1, 2].map(() =>
        client.channel.request({
          message: {
            jsonrpc: '2.0',
            id: 'same',
            method: 'tools/call',
            params: { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 'same' } },
          },
          client: client.client,
          signal: new AbortController().signal,
          notify: (message) => client.notifications.push(message),
          ask: answer,
        }),
      ),
    );
    expect(twins.map(({ message }) => message.id)).toEqual(['same', 'same']);
    expect(client.notifications).toHaveLength(6);
  });
});

describe('what the gateway itself asks in the stateless era', () => {
  it.each(['http', 'stdio'])('gets the envelope it came without, over %s', async (transport) => {
    const up = transport === 'http' ? http('stateless') : raw('modern');
    const { channel, client } = await TestClient.attach(up, { revision: '2026-07-28' });
    const { message } = await channel.request({
      message: { jsonrpc: '2.0', id: 'own', method: 'tools/list' },
      client,
      signal: new AbortController().signal,
      notify: () => {},
      ask: answer,
    });
    expect(message).toMatchObject({ id: 'own', result: { tools: expect.any(Array) } });
  });
});

describe('a client and a server of one era', () => {
  it('are not translated, in either era, where the server speaks both', async () => {
    upstream = httpUpstream({ id: 'f', url: fixture.url, transport: 'auto', insecureLoopback: true, clientInfo });
    const session = await TestClient.attach(upstream, { revision: '2025-06-18' });
    const stateless = await TestClient.attach(upstream, { revision: '2026-07-28' });
    expect(session.channel.facts).toMatchObject({ era: 'session', revision: '2025-06-18' });
    for (const client of [session, stateless]) {
      expect((await client.request('tools/list')).original).toBeDefined();
    }
  });
});
