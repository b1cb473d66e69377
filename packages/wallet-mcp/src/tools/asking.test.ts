import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob } from '../fixtures/bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.end());
const asked = () => bench.signer.asked.at(-1)?.params;

describe('what a person must do', () => {
  it('wallet_create asks, with the policy and the wishes, and makes nothing', async () => {
    verifies('XR-WAL-1');
    const value = await bench.value('wallet_create', {
      wallet_name: 'Till 1',
      policy: { policy_id: 'till', limits: {} },
      funding_source: bob.address,
      initial_funding_drops: '20000000',
    });
    expect(value).toMatchObject({ status: 'pending_approval', kind: 'create', network: 'local', policy_tier: 3 });
    expect(value.next_step).toBe(
      `A person finishes it on their machine with: ward wallet create --request ${value.approval_id}`,
    );
    expect(asked()).toEqual({
      kind: 'create',
      network: 'local',
      address: null,
      principal: 'agent',
      name: 'Till 1',
      policy: '{"policy_id":"till","limits":{}}',
      reason: `fund from ${bob.address}; start with 20000000 drops`,
      force: false,
    });
    for (const field of ['master_key_backup', 'seed', 'private']) expect(JSON.stringify(value)).not.toContain(field);
  });

  it('wallet_rotate asks with a reason, described where the reason says nothing', async () => {
    const args = { wallet_address: alice.address, reason: 'other' };
    expect(await bench.error('wallet_rotate', args)).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('reason_description'),
    });
    expect(
      await bench.value('wallet_rotate', {
        ...args,
        reason_description: 'new laptop',
        create_backup: false,
        force: true,
      }),
    ).toMatchObject({
      status: 'pending_approval',
      kind: 'rotation',
      next_step: expect.stringContaining('ward wallet rotate --request'),
    });
    expect(asked()).toMatchObject({
      kind: 'rotation',
      address: alice.address,
      reason: 'other: new laptop: without backup',
      force: true,
    });
  });

  it('acknowledge_mainnet asks, for mainnet only and for a day', async () => {
    verifies('XR-NET-1');
    expect(await bench.value('acknowledge_mainnet', { reason: 'go live' })).toMatchObject({
      status: 'pending_approval',
      network: 'mainnet',
      valid_for_hours: 24,
    });
    expect(asked()).toMatchObject({ kind: 'mainnet', network: 'mainnet', reason: 'go live' });
  });

  it('policy_set: tightening is applied, loosening waits', async () => {
    verifies('XR-WAL-6');
    const args = { wallet_address: alice.address, policy: { limits: { perHour: 5 } } };
    expect(await bench.value('policy_set', { ...args, reason: 'tighten after review' })).toMatchObject({
      status: 'applied',
      new_policy_id: 'local-default',
    });
    expect(asked()).toMatchObject({ mode: 'merge', policy: '{"limits":{"perHour":5}}' });
    expect(await bench.value('policy_set', { ...args, mode: 'replace', reason: 'loosen for the sale' })).toMatchObject({
      status: 'pending_approval',
      kind: 'policy',
    });
    expect(await bench.error('policy_set', { ...args, reason: 'short' })).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
