import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { BOB, code, HOUR, type policyText, type Rig, rig, XRP } from './fixture.ts';

/** Testnet: above 10,000 XRP is tier 2 (60 s), above 100,000 tier 3. */
const T2 = 20_000n * XRP;
const T3 = 200_000n * XRP;

async function park(given: Rig, drops: bigint, fields = {}) {
  const answer = await given.ask(given.pay(drops, fields));
  if (answer.status !== 'pending_approval') throw new Error(answer.status);
  return answer.approval;
}

describe('W12: tier 2', () => {
  verifies('XR-POL-1', 'XR-WAL-2', 'CH-TEE-4');

  test('waits, is released by time alone, and is signed once', async () => {
    const given = await rig();
    const parked = await park(given, T2);
    expect(parked).toMatchObject({ status: 'waiting', tier: 2, reason: 'exceeds_autonomous_limit', signed: null });
    given.clock.pass(59_999);
    expect(await given.status(parked.approvalId)).toMatchObject({ status: 'waiting', signed: null });
    given.clock.pass(1);
    const done = await given.status(parked.approvalId);
    expect(done).toMatchObject({ status: 'released', signed: { hash: expect.any(String) } });
    expect(await given.status(parked.approvalId)).toEqual(done);
    expect(given.keys.signatures).toHaveLength(1);
    expect(given.log.signed).toHaveLength(1);
  });

  test('a veto ends it for good, also after a restart', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T2);
    const denied = await given.deny(given.ada, approvalId, 'unknown invoice');
    expect(denied.approval).toMatchObject({ status: 'denied', denyReason: 'unknown invoice' });
    given.clock.pass(HOUR);
    await given.restart();
    expect(await given.status(approvalId)).toMatchObject({ status: 'denied', signed: null });
    await expect(given.ask(given.pay(T2), { approvalId })).rejects.toMatchObject(code('APPROVAL_DENIED'));
    expect(given.keys.signatures).toEqual([]);
  });

  test('survives a restart and is released by the sweep where it needs no facts', async () => {
    const given = await rig();
    const whole = { Sequence: 7, LastLedgerSequence: 5_000, Fee: '12' };
    const { approvalId } = await park(given, T2, whole);
    const open = await park(given, T2 + 1n);
    const authority = await given.restart();
    await authority.sweep();
    expect((await given.status(approvalId)).status).toBe('waiting');
    given.clock.pass(61_000);
    await authority.sweep();
    expect((await given.show(approvalId)).approval).toMatchObject({ status: 'released' });
    // This one leaves its sequence open: it waits until somebody asks with facts.
    expect((await given.show(open.approvalId)).approval.status).toBe('ready');
    expect(await given.status(open.approvalId, null)).toMatchObject({ status: 'ready', signed: null });
    expect((await given.status(open.approvalId)).signed).not.toBeNull();
    expect(given.alerts).toEqual([]);
  });

  test('a clock that jumps ahead shortens no delay', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T2);
    given.clock.wall += 61_000;
    expect((await given.status(approvalId)).status).toBe('waiting');
    given.clock.elapsed += 61_000;
    expect((await given.status(approvalId)).status).toBe('released');
  });

  test('is decided again at release: a policy tightened meanwhile refuses it', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T2);
    const outcome = await given.authority.answer('policy.set', {
      network: given.network,
      address: given.address,
      policy: JSON.stringify({ destinations: { block: [BOB] } }),
      mode: 'merge',
      reason: 'a fraud was reported',
      approvalId: null,
    });
    expect(outcome.status).toBe('applied');
    given.clock.pass(61_000);
    expect(await given.status(approvalId)).toMatchObject({
      status: 'denied',
      denyReason: expect.stringContaining('DESTINATION_BLOCKED'),
    });
    expect(given.keys.signatures).toEqual([]);
  });

  test('a person may release it early; a locked wallet leaves it ready', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T2);
    await given.approve(given.ada, approvalId);
    given.keys.add(given.network, given.key, { unlocked: false });
    await expect(given.status(approvalId)).rejects.toMatchObject(code('WALLET_LOCKED'));
    given.keys.add(given.network, given.key);
    expect((await given.status(approvalId)).status).toBe('released');
  });

  test('is over when nobody asked for a day', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T2);
    given.clock.pass(25 * HOUR);
    expect((await given.status(approvalId)).status).toBe('expired');
    await expect(given.ask(given.pay(T2), { approvalId })).rejects.toMatchObject(code('APPROVAL_EXPIRED'));
  });
});

describe('W12: tier 3', () => {
  verifies('XR-POL-1', 'XR-WAL-2', 'CH-TEE-3', 'CH-TEE-4');
  const two = {
    policy: (base: Parameters<typeof policyText>[1] extends ((b: infer P) => unknown) | undefined ? P : never) => ({
      ...base,
      cosign: { ...base.cosign, quorum: 3 },
    }),
  };

  test('needs the quorum, distinct people, over these bytes', async () => {
    const given = await rig(two);
    const { approvalId, quorum, status } = await park(given, T3);
    expect([status, quorum]).toEqual(['pending', { collected: 0, required: 2 }]);
    await given.approve(given.ada, approvalId);
    await given.approve(given.ada, approvalId);
    expect(await given.status(approvalId)).toMatchObject({ status: 'pending', quorum: { collected: 1, required: 2 } });
    await given.approve(given.bob, approvalId);
    const done = await given.status(approvalId);
    expect(done.status).toBe('released');
    expect(given.log.signed[0]?.receipt?.approval).toMatchObject({ by: ['ada', 'bob'] });
    // Asking for the transaction itself answers the same; nothing is signed twice.
    const again = await given.ask(given.pay(T3), { approvalId });
    expect(again).toMatchObject({ status: 'approved', signed: { hash: done.signed?.hash } });
    expect(given.keys.signatures).toHaveLength(1);
  });

  test('one refusal ends it, also after others approved', async () => {
    const given = await rig(two);
    const { approvalId } = await park(given, T3);
    await given.approve(given.ada, approvalId);
    await given.deny(given.bob, approvalId);
    await expect(given.approve(given.cyd, approvalId)).rejects.toMatchObject(code('APPROVAL_DENIED'));
    expect((await given.status(approvalId)).status).toBe('denied');
  });

  test('an approval of one request is none of another', async () => {
    const given = await rig();
    const first = await park(given, T3);
    const second = await park(given, T3 + 1n);
    const { request } = await given.show(first.approvalId);
    const signature = given.ada.over('approve', request.over);
    const foreign = given.authority.answer('approvals.approve', { approvalId: second.approvalId, ...signature });
    await expect(foreign).rejects.toMatchObject(code('APPROVAL_SIGNATURE_NOT_GENUINE'));
    // A refusal is no consent either.
    const denial = given.ada.over('deny', request.over);
    await expect(
      given.authority.answer('approvals.approve', { approvalId: first.approvalId, ...denial }),
    ).rejects.toMatchObject(code('APPROVAL_SIGNATURE_NOT_GENUINE'));
    expect((await given.status(first.approvalId)).status).toBe('pending');
  });

  test('an approval releases no other bytes', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T3);
    await given.approve(given.ada, approvalId);
    for (const [blob, changes] of [
      [given.pay(T3 + 1n), {}],
      [given.pay(T3, { Destination: given.address === BOB ? BOB : 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7' }), {}],
      [given.pay(T3, { Fee: '13' }), {}],
      [given.pay(T3), { principal: 'agent-2' }],
    ] as const) {
      await expect(given.ask(blob, { approvalId, ...changes })).rejects.toMatchObject(code('APPROVAL_MISMATCH'));
    }
    expect(given.keys.signatures).toEqual([]);
  });

  test('an agent cannot approve: its own name counts for nothing, and strangers’ keys are none', async () => {
    const given = await rig();
    const answer = await given.ask(given.pay(T3), { principal: 'ada' });
    const approvalId = answer.status === 'pending_approval' ? answer.approval.approvalId : '';
    await expect(given.approve(given.ada, approvalId)).rejects.toMatchObject(code('APPROVAL_SELF'));
    const { request } = await given.show(approvalId);
    const stranger = { ...given.bob.over('approve', request.over), keyId: 'key-stranger' };
    await expect(given.authority.answer('approvals.approve', { approvalId, ...stranger })).rejects.toMatchObject(
      code('APPROVAL_KEY_UNKNOWN'),
    );
    await given.approve(given.bob, approvalId);
    expect((await given.status(approvalId)).status).toBe('released');
  });

  test('after five signatures that do not verify it takes no more', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T3);
    const wrong = { approvalId, ...given.ada.over('approve', `sha256:${'0'.repeat(64)}`) };
    for (let i = 0; i < 5; i++) {
      await expect(given.authority.answer('approvals.approve', wrong)).rejects.toMatchObject(
        code('APPROVAL_SIGNATURE_NOT_GENUINE'),
      );
    }
    await given.restart();
    await expect(given.approve(given.ada, approvalId)).rejects.toMatchObject(code('APPROVAL_LOCKED'));
  });

  test('time denies', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T3);
    given.clock.pass(24 * HOUR);
    await expect(given.approve(given.ada, approvalId)).rejects.toMatchObject(code('APPROVAL_EXPIRED'));
    expect((await given.status(approvalId)).status).toBe('expired');
  });

  test('a policy changed after the approval voids it', async () => {
    const given = await rig();
    const { approvalId } = await park(given, T3);
    await given.approve(given.ada, approvalId);
    await given.authority.answer('policy.set', {
      network: given.network,
      address: given.address,
      policy: JSON.stringify({ limits: { perHour: 999 } }),
      mode: 'merge',
      reason: 'one less an hour',
      approvalId: null,
    });
    expect(await given.status(approvalId)).toMatchObject({ status: 'denied', signed: null });
    expect(given.keys.signatures).toEqual([]);
  });

  test('with too few approvers nothing is parked that nobody could release', async () => {
    const given = await rig({ policy: (base) => ({ ...base, cosign: { ...base.cosign, quorum: 5 } }) });
    await expect(given.ask(given.pay(T3))).rejects.toMatchObject(code('APPROVERS_TOO_FEW'));
  });
});

describe('floods', () => {
  test('the same request is one; ten wait at most, and twenty are made in an hour', async () => {
    const given = await rig();
    const first = await park(given, T2);
    expect((await park(given, T2)).approvalId).toBe(first.approvalId);
    const ids = [first.approvalId];
    for (let i = 1; i < 10; i++) ids.push((await park(given, T2 + BigInt(i))).approvalId);
    await expect(park(given, T2 + 99n)).rejects.toMatchObject(code('APPROVAL_LIMIT'));
    for (const id of ids) await given.deny(given.ada, id);
    await given.restart();
    for (let i = 0; i < 10; i++) await given.deny(given.ada, (await park(given, T2 + 100n + BigInt(i))).approvalId);
    await expect(park(given, T2 + 999n)).rejects.toMatchObject({ code: 'APPROVAL_LIMIT', retryAfter: 3_600 });
    given.clock.pass(HOUR);
    expect((await park(given, T2 + 999n)).status).toBe('waiting');
  });
});
