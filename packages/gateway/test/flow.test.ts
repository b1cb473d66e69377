import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from './harness.ts';

describe('information flow', () => {
  verifies('WM-IFC-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
  });
  afterAll(() => t.stop());

  it('lets an outward tool run while only one of the two labels is there', async () => {
    await t.call('inject'); // untrusted
    expect((await t.call('post', { body: 'x' })).message.result.content[0].text).toBe('posted x');
  });

  it('needs a person once untrusted text and private data met, also in a new session', async () => {
    await t.call('secret'); // private
    const stopped = await t.call('post', { body: '7' });
    expect(stopped.message.error.data.code).toBe('APPROVAL_REQUIRED');
    expect((await t.call('echo', { message: 'inward' })).message.result).toBeDefined();
    await t.initialize();
    expect((await t.call('post', { body: '7' })).message.error.data.code).toBe('APPROVAL_REQUIRED');
  });
});

describe('information flow, denied outright', () => {
  it('denies where the operator said so', async () => {
    const t = await TestGateway.start({ config: { flow: { decision: 'deny' } } });
    await t.call('inject');
    await t.call('secret');
    expect((await t.call('post', { body: '7' })).message.error.data.code).toBe('POLICY_DENIED');
    await t.stop();
  });
});
