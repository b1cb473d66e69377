import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { TestGateway } from './harness.ts';
import { control } from './stream.ts';

const HOSTILE = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));
const hostile = { command: process.execPath, args: [HOSTILE, 'session'], read: [HOSTILE], tools: {} };
let t: TestGateway;
afterEach(() => t.stop());

describe('what an agent leaves in memory', () => {
  verifies('XR-EXEC-4');
  const capabilities = { experimental: { x: { filler: 'x'.repeat(100_000) } } };

  it('is not as many capabilities as fit into a request', async () => {
    t = await TestGateway.start();
    const before = t.gateway.sessions.size;
    expect((await t.initialize(capabilities)).message.error.data.code).toBe('PARAMS_INVALID');
    expect((await t.stateless('tools/list', {}, capabilities)).message.error.data.code).toBe('PARAMS_INVALID');
    expect(t.gateway.sessions.size).toBe(before);
    expect((await t.initialize({ experimental: { x: {} } })).message.result).toBeDefined();
  });
});

describe('what policy keeps from an agent', () => {
  verifies('WM-GW-1', 'XR-TOOL-2');
  const onlyTools = {
    'default.cedar': 'permit (principal, action == Ward::Action::"call", resource);',
  };

  it.each([
    ['/servers/t/mcp', { type: 'ref/prompt', name: 'p' }],
    ['/servers/t/mcp', { type: 'ref/resource', uri: 'h://{x}' }],
    ['/mcp', { type: 'ref/prompt', name: 't.p' }],
    ['/mcp', { type: 'ref/resource', uri: 't+h://{x}' }],
  ])('on %s the completion of %o tells nothing of', async (path, ref) => {
    t = await TestGateway.start({ server: hostile, policies: onlyTools });
    const params = { ref, argument: { name: 'x', value: '' } };
    const answer = await t.request('completion/complete', params, { path });
    expect(answer.message.error?.data.code).toBe('POLICY_DENIED');
  });

  it.each([
    ['/servers/t/mcp', 'h://secret'],
    ['/mcp', 't+h://secret'],
  ])('on %s a subscription tells nothing of', async (path, uri) => {
    t = await TestGateway.start({ server: hostile, policies: onlyTools });
    const closed = new AbortController();
    const acknowledged = new Promise((resolve) => {
      const listen = { notifications: { resourceSubscriptions: [uri] } };
      t.stateless('subscriptions/listen', listen, {}, { path, signal: closed.signal, onMessage: resolve }).catch(
        () => {},
      );
    });
    expect(JSON.stringify(await acknowledged)).not.toContain('secret');
    closed.abort();
  });
});

describe('what an agent makes servers do', () => {
  verifies('XR-RATE-1');

  it('is limited for notifications too', async () => {
    t = await TestGateway.start({
      variant: 'noting',
      config: { limits: { tiers: { standard: { requests: 10, window: '60s', burst: 0 } } } },
    });
    await t.initialize();
    const noise = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' } as const;
    for (let i = 0; i < 30; i++) {
      expect((await t.send(noise, { headers: t.sessionHeaders })).status).toBe(202);
    }
    const received = readFileSync(`${t.journal}.received`, 'utf8').match(/roots\/list_changed/g) ?? [];
    expect(received.length).toBeLessThanOrEqual(10);
    expect(received.length).toBeGreaterThan(0);
  });
});

describe('another agent’s approval', () => {
  verifies('WM-APR-1');

  it('is as good as none, whatever its state', async () => {
    t = await TestGateway.start();
    const token = await t.gateway.services.agents.add('mallory');
    const id = (await t.call('write', { line: 'mine' })).message.error.data.approvalId;
    const steal = () =>
      t.stateless(
        'tools/call',
        { name: 'write', arguments: { line: 'mine' }, _meta: { 'wardmesh/approval': id, 'wardmesh/wait': true } },
        {},
        { token },
      );
    expect((await steal()).message.error.data.code).toBe('APPROVAL_UNKNOWN');
    await t.decide(id);
    expect((await steal()).message.error.data.code).toBe('APPROVAL_UNKNOWN');
    expect((await t.call('write', { line: 'mine' })).message.result).toBeDefined();
  });
});

describe('a review', () => {
  verifies('WM-PIN-1');

  it('shows a new tool whole, and accepts no other than was shown', async () => {
    t = await TestGateway.start({ server: hostile, unpinned: true });
    await t.gateway.look();
    const shown = await control(t, 'GET', '/v1/servers/t/diff');
    expect(shown.added).toContain('victim');
    const victim = shown.definitions.find((one: { tool: string }) => one.tool === 'victim');
    expect(victim.lines.join('\n')).toContain('The tool victim.');
    const refused = await control(t, 'POST', '/v1/servers/t/pin', { by: 'Olive', offer: `sha256:${'0'.repeat(64)}` });
    expect(refused.code).toBe('OFFER_CHANGED');
    const pinned = await control(t, 'POST', '/v1/servers/t/pin', { by: 'Olive', offer: shown.offer });
    expect(pinned.pinned).toContain('victim');
  });
});
