import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { TestGateway } from './harness.ts';

const HOSTILE = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));
const WAIT = { 'wardmesh/wait': true };

describe('what an approval releases', () => {
  verifies('WM-APR-1');
  let t: TestGateway;
  afterEach(() => t.stop());

  const pending = async () => {
    for (;;) {
      const [request] = await t.gateway.services.approvals.list({ open: true });
      if (request) return request.id;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('not a call that policy came to deny while its client waited', async () => {
    t = await TestGateway.start();
    const waiting = t.call('write', { line: 'held' }, WAIT);
    const id = await pending();
    writeFileSync(join(t.home, 'policies', 'stop.cedar'), 'forbid (principal, action, resource);');
    await t.gateway.reload();
    await t.decide(id);
    expect((await waiting).message.error.data.code).toBe('POLICY_DENIED');
    expect(t.written()).toBe('');
  });

  it('not a tool that changed while its client waited', async () => {
    t = await TestGateway.start({
      server: {
        command: process.execPath,
        args: [HOSTILE, 'session'],
        read: [HOSTILE],
        tools: { victim: { class: 'sensitive' } },
      },
    });
    const waiting = t.call('victim', {}, WAIT);
    const id = await pending();
    await t.call('turn');
    await t.request('tools/list');
    await t.decide(id);
    expect((await waiting).message.error.data.code).toBe('TOOL_QUARANTINED');
  });

  it('not a call that needs more people by now', async () => {
    t = await TestGateway.start();
    const id = (await t.call('write', { line: 'one' })).message.error.data.approvalId;
    await t.decide(id);
    const file = join(t.home, 'ward.yaml');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), approvals: { quorum: 2 } }));
    await t.gateway.reload();
    const answer = await t.call('write', { line: 'one' }, { 'wardmesh/approval': id });
    expect(answer.message.error.data.code).toBe('APPROVAL_BINDING_CHANGED');
    expect(t.written()).toBe('');
  });

  it('nothing that the person was not shown', async () => {
    t = await TestGateway.start({ variant: 'noting' });
    const smuggled = {
      name: 'write',
      arguments: { line: 'plain' },
      requestState: 'another call’s state',
      inputResponses: { sure: { action: 'accept', content: {} } },
      _meta: { 'com.example/also': 'delete everything', progressToken: 7 },
    };
    const parked = await t.stateless('tools/call', smuggled);
    await t.decide(parked.message.error.data.approvalId);
    const sent = await t.stateless('tools/call', smuggled);
    expect(sent.message.result?.content[0].text).toBe('written');
    const received = readFileSync(`${t.journal}.received`, 'utf8');
    expect(received).toContain('"plain"');
    expect(received).not.toContain('delete everything');
    expect(received).not.toContain('inputResponses');
  });
});
