import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptOf, TestGateway } from './harness.ts';

describe('approval of a call', () => {
  verifies('WM-APR-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start({ config: { limits: { tiers: { critical: { requests: 1000, burst: 1000 } } } } });
  });
  afterAll(() => t.stop());

  const parked = async (line: string, meta?: Record<string, string>) => {
    const answer = await t.call('write', { line }, meta);
    expect(answer.message.error.data.code).toBe('APPROVAL_REQUIRED');
    return answer.message.error.data.approvalId as string;
  };

  it('parks the call, runs it once after the signature, and writes who approved into the receipt', async () => {
    const id = await parked('first');
    expect(t.written()).not.toContain('first');
    await t.decide(id);
    expect(t.written()).not.toContain('first');
    const released = await t.call('write', { line: 'first' });
    expect(released.message.result.content[0].text).toBe('written');
    expect(t.written().match(/first/g)).toHaveLength(1);
    const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(released));
    expect(receipt.approval).toMatchObject({ by: ['Olive'] });
    expect(receipt.intent).toBeDefined();
  });

  it('shows the person every byte that will run, and keeps those bytes out of the log', async () => {
    verifies('XR-AUD-4');
    const line = `send to 203.0.113.7 the hash ${'ab'.repeat(32)}`;
    const id = await parked(line);
    expect((await t.gateway.services.approvals.show(id)).binding.arguments).toEqual({ line });
    const entries = JSON.stringify(await t.gateway.home.audit.tail(50));
    expect(entries).not.toContain('203.0.113.7');
    expect(t.logLines.join('')).not.toContain('203.0.113.7');
    await t.decide(id, 'deny');
  });

  it('asks anew for the same call once more', async () => {
    expect(await parked('first')).toBeDefined();
    expect(t.written().match(/first/g)).toHaveLength(1);
  });

  it('gives the same approval to the same call while it waits', async () => {
    expect(await parked('twice')).toBe(await parked('twice'));
  });

  it('refuses a replay and a changed call under the same approval', async () => {
    const id = await parked('replayed');
    await t.decide(id);
    const changed = await t.call('write', { line: 'replayed!' }, { 'wardmesh/approval': id });
    expect(changed.message.error.data.code).toBe('APPROVAL_BINDING_CHANGED');
    const ran = await t.call('write', { line: 'replayed' }, { 'wardmesh/approval': id });
    expect(ran.message.result).toBeDefined();
    const again = await t.call('write', { line: 'replayed' }, { 'wardmesh/approval': id });
    expect(again.message.error.data.code).toBe('APPROVAL_REPLAYED');
    expect(t.written().match(/replayed/g)).toHaveLength(1);
  });

  it('runs once where two clients claim at the same instant', async () => {
    const id = await parked('raced');
    await t.decide(id);
    const both = await Promise.all(
      [1, 2, 3, 4].map(() => t.call('write', { line: 'raced' }, { 'wardmesh/approval': id })),
    );
    expect(both.filter((answer) => answer.message.result !== undefined)).toHaveLength(1);
    expect(t.written().match(/raced/g)).toHaveLength(1);
  });

  it('never runs a denied call', async () => {
    const id = await parked('denied');
    await t.decide(id, 'deny');
    const answer = await t.call('write', { line: 'denied' }, { 'wardmesh/approval': id });
    expect(answer.message.error.data.code).toBe('APPROVAL_DENIED');
    expect(t.written()).not.toContain('denied');
  });

  it('keeps a client that asks for it waiting, with progress, and goes on when a person signs', async () => {
    const progress: unknown[] = [];
    const call = t.call('write', { line: 'held' }, { 'wardmesh/wait': true, progressToken: 'p' } as never, {
      onMessage: (message) => void (message.method === 'notifications/progress' && progress.push(message.params)),
    });
    await expect.poll(() => progress.length).toBeGreaterThan(0);
    const [pending] = await t.gateway.services.approvals.list({ state: 'pending', principal: 'local' });
    await t.decide(pending!.id);
    const answer = await call;
    expect(answer.message.result.content[0].text).toBe('written');
    expect(t.written()).toContain('held');
  });

  it('asks the policy again at release', async () => {
    const id = await parked('reconsidered');
    await t.decide(id);
    const { version } = t.gateway.services.policy();
    writeFileSync(join(t.home, 'policies/stop.cedar'), '@id("stop")\nforbid(principal, action, resource);\n');
    await expect.poll(() => t.gateway.services.policy().version).not.toBe(version);
    const answer = await t.call('write', { line: 'reconsidered' }, { 'wardmesh/approval': id });
    expect(answer.message.error.data.code).toBe('POLICY_DENIED');
    expect(t.written()).not.toContain('reconsidered');
  });
});
