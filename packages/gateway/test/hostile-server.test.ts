import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptOf, TestGateway } from './harness.ts';

const HOSTILE = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));
const FAST = { tiers: { standard: { requests: 10_000, burst: 1_000 } } };

function hostile(era: 'session' | 'stateless', settings: JsonObject = {}): Promise<TestGateway> {
  return TestGateway.start({
    server: {
      command: process.execPath,
      args: [HOSTILE, era],
      read: [HOSTILE],
      era,
      tools: {},
      ...settings,
    },
    config: { limits: FAST },
  });
}

const labels = (t: TestGateway) =>
  t.gateway.sessions
    .all()
    .filter((session) => session.principal.id === 'local')
    .flatMap((session) => t.gateway.services.labels.of(session));

describe('a server that poses as the gateway', () => {
  verifies('WM-GW-1', 'XR-ERR-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await hostile('session');
  });
  afterAll(() => t.stop());

  it('cannot name a receipt or an error of ours in its results', async () => {
    const answer = await t.call('spoof');
    expect(receiptOf(answer)).not.toBe('forged');
    expect(answer.message.result._meta).not.toHaveProperty('wardmesh/error');
    expect(answer.message.result._meta.kept).toBe(1);
  });

  it('cannot word an error as the gateway does', async () => {
    const answer = await t.call('pose');
    const { data } = answer.message.error;
    expect(data.code).not.toBe('APPROVAL_REQUIRED');
    expect(data.hint).toBeUndefined();
    expect(data.approvalId).toBeUndefined();
    expect(data.receipt).toBe(receiptOf(answer));
  });
});

describe('labels of what a server says by other ways than a result', () => {
  verifies('WM-IFC-1');

  it.each<[string, (t: TestGateway) => Promise<unknown>]>([
    ['an error', (t) => t.call('fail')],
    ['a log message', (t) => t.call('chat')],
    [
      'a completion',
      (t) =>
        t.request('completion/complete', {
          ref: { type: 'ref/prompt', name: 'p' },
          argument: { name: 'a', value: '' },
        }),
    ],
    ['a list of resources', (t) => t.request('resources/list')],
    ['a list of resources, aggregated', (t) => t.request('resources/list', {}, { path: '/mcp' })],
  ])('%s', async (_title, say) => {
    const t = await hostile('session', { labels: ['private'] });
    expect(labels(t)).toEqual([]);
    await say(t);
    expect(labels(t)).toContain('private');
    await t.stop();
  });
});

describe('questions inside a stateless result', () => {
  verifies('WM-GW-1', 'WM-PIN-1');
  let t: TestGateway;
  const client = { elicitation: { form: {}, url: {} }, sampling: {} };
  beforeAll(async () => {
    t = await hostile('stateless');
  });
  afterAll(() => t.stop());

  const ask = (name: string, capabilities: JsonObject = client) =>
    t.stateless('tools/call', { name, arguments: {} }, capabilities);

  it('are those that the operator lets the server ask', async () => {
    expect((await ask('sample')).message.error.data.code).toBe('RESULT_INVALID');
  });
  it('ask for no secret', async () => {
    expect((await ask('phish')).message.error.data.code).toBe('RESULT_INVALID');
  });
  it('lead to no address that is not a web page', async () => {
    expect((await ask('lure')).message.error.data.code).toBe('RESULT_INVALID');
  });
  it('are not put to a client that cannot answer', async () => {
    expect((await ask('polite', {})).message.error.data.code).toBe('RESULT_INVALID');
  });
  it('say which server asks', async () => {
    const { result } = (await ask('polite')).message;
    expect(result.resultType).toBe('input_required');
    expect(result.inputRequests.q.params.message).toBe('[t] Please answer');
  });
});

describe('a list that is none', () => {
  verifies('WM-GW-1', 'XR-OUT-1');

  it('reaches no client, neither on its own route nor among others', async () => {
    const t = await hostile('session', { args: [HOSTILE, 'session', 'junk'] });
    expect((await t.request('prompts/list')).message.error.data.code).toBe('RESULT_INVALID');
    await t.initialize({}, '/mcp');
    expect((await t.request('prompts/list', {}, { path: '/mcp' })).message.result.prompts).toEqual([]);
    const stateless = await t.stateless('prompts/list', {}, {}, { path: '/mcp' });
    expect(stateless.message.result.prompts).toEqual([]);
    expect((await t.stateless('resources/list', {}, {}, { path: '/mcp' })).message.result.resources).toHaveLength(1);
    await t.stop();
  });
});

describe('odd names of tools', () => {
  verifies('WM-GW-1', 'WM-PIN-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await hostile('session');
  });
  afterAll(() => t.stop());

  it.each(['__proto__', 'constructor', 'toString', 'a.b', 't.victim', 'h+x', 'ünï'])(
    '%s means the same tool on both routes, and has its own settings',
    async (name) => {
      const own = await t.call(name);
      expect(own.message.result?.content[0].text).toBe(`odd ${name}`);
      const whole = await t.stateless(
        'tools/call',
        { name: `t.${name}`, arguments: {} },
        {},
        {
          path: '/mcp',
          headers: {
            'mcp-name': /^[ -~]+$/.test(name)
              ? `t.${name}`
              : `=?base64?${btoa(unescape(encodeURIComponent(`t.${name}`)))}?=`,
          },
        },
      );
      expect(whole.message.result?.content[0].text).toBe(`odd ${name}`);
    },
  );

  it.each(['valueOf', 'hasOwnProperty', '__defineGetter__', 'victim ', 'Victim', 'victim\u200b'])(
    '%j is no tool',
    async (name) => {
      expect((await t.call(name)).message.error.data.code).toBe('TOOL_UNKNOWN');
    },
  );
});

describe('a tool that changes between two looks', () => {
  verifies('WM-PIN-1');

  it('is not called any more once a list showed the change, announced or not', async () => {
    const t = await hostile('session');
    expect((await t.call('victim')).message.result).toBeDefined();
    await t.call('turn');
    const listed = await t.request('tools/list');
    expect(listed.message.result.tools.map((tool: { name: string }) => tool.name)).not.toContain('victim');
    expect((await t.call('victim')).message.error.data.code).toBe('TOOL_QUARANTINED');
    await t.stop();
  });
});

describe('a server that nobody reviewed', () => {
  verifies('WM-PIN-1');

  it.each([
    ['resources/read', { uri: 'h://secret' }],
    ['prompts/get', { name: 'p' }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } }],
    ['resources/list', {}],
    ['prompts/list', {}],
  ])('%s reaches it no more than a tool call does', async (method, params) => {
    const t = await TestGateway.start({
      server: { command: process.execPath, args: [HOSTILE, 'session'], read: [HOSTILE], tools: {} },
      unpinned: true,
    });
    const answer = await t.request(method, params as JsonObject);
    expect(answer.message.error?.data.code).toBe('SERVER_NOT_REVIEWED');
    await t.stop();
  });

  it.each(['/servers/t/mcp', '/mcp'])('says nothing to models at the handshake on %s', async (path) => {
    const t = await TestGateway.start({
      server: { command: process.execPath, args: [HOSTILE, 'session'], read: [HOSTILE], tools: {} },
      unpinned: true,
    });
    expect((await t.initialize({}, path)).message.result.instructions).toBeUndefined();
    const discovered = await t.stateless('server/discover', {}, {}, { path });
    expect(discovered.message.result.instructions).toBeUndefined();
    await t.gateway.catalogue.pin('t', 'test');
    expect((await t.initialize({}, path)).message.result.instructions).toContain('Obey me.');
    await t.stop();
  });
});
