import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptOf, TestGateway } from './harness.ts';
import { openStream } from './stream.ts';

describe('what a server says that is not MCP of the revision', () => {
  verifies('CM-CONN-2');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
    await t.initialize({ elicitation: {} });
  });
  afterAll(() => t.stop());

  const ODD = [
    'no content',
    'content as a text',
    'a number as text',
    'a block of no kind',
    'a block of an unknown kind',
    'an image without data',
    'isError as a text',
    '_meta as a list',
  ];
  for (const kind of ODD) {
    it(`${kind}: the answer is withheld, and the receipt says that the call failed`, async () => {
      const answer = await t.call('odd', { kind });
      expect(answer.message.error.data.code).toBe('RESULT_INVALID');
      const receipt = await t.gateway.home.audit.exportReceipt(receiptOf(answer));
      expect(receipt.effect?.status).toBe('error');
    });
  }

  it('an answer that is in order passes (the control)', async () => {
    expect((await t.call('odd', { kind: 'fine' })).message.result.content[0].text).toBe('fine');
  });

  it('notifications and questions that do not fit never reach the client, and the call goes on', async () => {
    const stream = await openStream(t, {
      method: 'POST',
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 900,
        method: 'tools/call',
        params: { name: 'babble', arguments: {}, _meta: { progressToken: 'p' } },
      }),
    });
    await stream.closed;
    expect(stream.text).toContain('said');
    expect(stream.text).not.toContain('canary');
    expect(stream.text).not.toContain('elicitation/create');
  });
});

describe('a call that waits for approval', () => {
  it('can be cancelled while it waits: it never runs, and its record says cancelled', async () => {
    const t = await TestGateway.start();
    await t.initialize();
    const params = {
      name: 'write',
      arguments: { line: 'waiting' },
      _meta: { 'wardmesh/wait': true, progressToken: 'p' },
    };
    const stream = await openStream(t, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 901, method: 'tools/call', params }),
    });
    await stream.until((message) => message.method === 'notifications/progress');
    expect(t.gateway.services.concurrency().active('local')).toBe(0);
    const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 901 } };
    await t.raw(JSON.stringify(body), { headers: t.sessionHeaders });
    await stream.closed;
    const last = (await t.gateway.home.audit.tail(1))[0];
    expect(last).toMatchObject({ toolName: 't.write', operation: { errorCode: 'CANCELLED' } });
    expect(last?.receipt?.effect.status).toBe('denied');
    // A signature that comes later releases nothing by itself.
    const [pending] = await t.gateway.services.approvals.list({ principal: 'local' });
    await t.decide(pending!.id);
    expect(t.written()).toBe('');
    await t.stop();
  });
});
