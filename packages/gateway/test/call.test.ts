import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { verifyReceipt } from '@wardmesh/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptOf, TestGateway } from './harness.ts';

describe('a protected call', () => {
  verifies('XR-TOOL-2', 'WM-RCP-1', 'CM-CONN-3');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
  });
  afterAll(() => t.stop());

  it('is answered by the sandboxed server, with the id of a receipt that a stranger verifies', async () => {
    const answer = await t.call('echo', { message: 'hi' });
    expect(answer.status).toBe(200);
    expect(answer.message.result.content).toEqual([{ type: 'text', text: 'hi' }]);
    const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(answer));
    const publicKey = readFileSync(join(t.home, 'log/key.vkey'), 'utf8').trim();
    const facts = verifyReceipt(canonicalize(receipt), { vkey: publicKey });
    expect(facts).toMatchObject({ ok: true });
    expect(receipt).toMatchObject({
      agent: { id: 'local' },
      tool: { server: 't', name: 'echo' },
      effect: { status: 'ok' },
      policy: { decision: 'allow' },
    });
    expect(receipt.sandbox?.profile).toMatch(/^sha256:/);
  });

  it('carries the limits left in its headers', async () => {
    verifies('XR-RATE-2');
    const { headers } = await t.call('echo', { message: 'hi' });
    expect(headers['x-ratelimit-limit']).toBe('110');
    expect(Number(headers['x-ratelimit-remaining'])).toBeLessThan(110);
    expect(headers['x-ratelimit-reset']).toMatch(/^\d+$/);
  });

  it('refuses arguments that do not fit, as an error the model can read', async () => {
    verifies('XR-VAL-1', 'XR-VAL-5');
    const answer = await t.call('echo', { message: 'hi', extra: 1 });
    expect(answer.message.result).toMatchObject({ isError: true });
    expect(answer.message.result._meta['wardmesh/error']).toMatchObject({
      code: 'ARGUMENTS_INVALID',
      reason: 'SCHEMA_UNKNOWN_PROPERTY',
    });
  });

  it('refuses text that a person could not see', async () => {
    verifies('XR-VAL-4');
    const answer = await t.call('echo', { message: 'pay\u202Eevil' });
    expect(answer.message.result._meta['wardmesh/error'].code).toBe('ARGUMENTS_HIDDEN_TEXT');
  });

  it('refuses a tool nobody offered, and leaves a receipt of the refusal', async () => {
    const answer = await t.call('nothing');
    expect(answer.message.error.data).toMatchObject({ code: 'TOOL_UNKNOWN' });
    const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(answer));
    expect(receipt.effect?.status).toBe('denied');
  });

  it('neutralises instructions in results and keeps the hash of the original', async () => {
    verifies('XR-OUT-1');
    const answer = await t.call('inject');
    const { text } = answer.message.result.content[0];
    expect(text).not.toContain('[INST]');
    expect(text).not.toContain('<<SYS>>');
    const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(answer));
    expect(receipt.effect?.originalHash).toMatch(/^sha256:/);
    expect(receipt.effect?.originalHash).not.toBe(receipt.effect?.resultHash);
  });

  it('tells the client nothing of the inside', async () => {
    verifies('XR-ERR-1');
    const answer = await t.call('crash');
    const id = answer.message.error.data.approvalId;
    await t.decide(id);
    const crashed = await t.call('crash');
    expect(crashed.message.error.data).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(Object.keys(crashed.message.error.data).sort()).toEqual(['code', 'correlationId', 'receipt', 'retryAfter']);
    expect(JSON.stringify(crashed.message)).not.toMatch(/node:|\.ts|\.mjs|exit|stack/);
  });

  it('speaks to all servers on the aggregate route, names qualified', async () => {
    const aggregate = await TestGateway.prototype.initialize.call(t, {}, '/mcp');
    expect(aggregate.message.result.serverInfo.name).toBe('wardmesh');
    const list = await t.request('tools/list', {}, { path: '/mcp' });
    expect(list.message.result.tools.map((tool: { name: string }) => tool.name)).toContain('t.echo');
    const answer = await t.call('t.echo', { message: 'both' }, undefined, { path: '/mcp' });
    expect(answer.message.result.content[0].text).toBe('both');
    const resources = await t.request('resources/list', {}, { path: '/mcp' });
    expect(resources.message.result.resources[0].uri).toBe('t+test://one');
    const read = await t.request('resources/read', { uri: 't+test://one' }, { path: '/mcp' });
    expect(read.message.result.contents[0]).toMatchObject({ uri: 't+test://one', text: 'one' });
  });
});
