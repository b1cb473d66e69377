import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code, HOUR, type Rig, rig, testKey } from './fixture.ts';

type Ask = Parameters<Rig['authority']['answer']>[1];

const wishOf = (kind: 'create' | 'import' | 'rotation' | 'mainnet', changes: object = {}) => ({
  kind,
  network: 'testnet' as const,
  address: null,
  principal: 'agent-1',
  name: 'savings',
  policy: null,
  reason: null,
  force: false,
  ...changes,
});
const ask = async (given: Rig, wish: Ask) => {
  const { approval } = await given.authority.answer('operator.ask', wish as never);
  return approval;
};

describe('operator.ask', () => {
  verifies('XR-WAL-1');

  test('a wish waits for the operator’s command, is fulfilled once, and tells its wallet', async () => {
    const given = await rig();
    const { approvalId, status } = await ask(given, wishOf('create'));
    expect(status).toBe('pending');
    expect((await ask(given, wishOf('create'))).approvalId).toBe(approvalId);
    await given.restart();
    expect(await given.authority.wish(approvalId)).toEqual({
      kind: 'create',
      network: 'testnet',
      address: null,
      name: 'savings',
      policy: null,
    });
    const { address } = testKey(8);
    await given.authority.fulfil(approvalId, address);
    await given.authority.fulfil(approvalId, address);
    expect(await given.status(approvalId)).toMatchObject({ status: 'released', address });
    await expect(given.authority.wish(approvalId)).rejects.toMatchObject({ code: expect.stringMatching(/^APPROVAL_/) });
  });

  test('a refused, late or unknown wish is not fulfilled', async () => {
    const given = await rig();
    const refused = await ask(given, wishOf('import'));
    await given.deny(given.ada, refused.approvalId);
    await expect(given.authority.wish(refused.approvalId)).rejects.toMatchObject(code('APPROVAL_DENIED'));
    await expect(given.authority.fulfil(refused.approvalId, 'r')).rejects.toMatchObject(code('APPROVAL_DENIED'));
    const late = await ask(given, wishOf('create'));
    given.clock.pass(24 * HOUR);
    await expect(given.authority.wish(late.approvalId)).rejects.toMatchObject(code('APPROVAL_EXPIRED'));
    await expect(given.authority.wish('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject(
      code('APPROVAL_NOT_FOUND'),
    );
  });

  test('a signature finishes no wish, and a parked transaction is none', async () => {
    const given = await rig();
    const { approvalId } = await ask(given, wishOf('create'));
    await expect(given.approve(given.ada, approvalId)).rejects.toMatchObject(code('APPROVAL_WRONG_SIGNATURE'));
    const parked = await given.ask(given.pay(20_000_000_000n));
    const id = parked.status === 'pending_approval' ? parked.approval.approvalId : '';
    await expect(given.authority.wish(id)).rejects.toMatchObject(code('APPROVAL_MISMATCH'));
    await expect(given.authority.fulfil(id, given.address)).rejects.toMatchObject(code('APPROVAL_MISMATCH'));
  });

  test('a policy that would not load, or a wallet that is not there, is refused at once', async () => {
    const given = await rig();
    await expect(ask(given, wishOf('create', { policy: '{}' }))).rejects.toMatchObject(code('INVALID_POLICY'));
    const { address } = testKey(9);
    await expect(ask(given, wishOf('rotation', { address }))).rejects.toMatchObject(code('WALLET_NOT_FOUND'));
  });
});

describe('consent to a rotation', () => {
  verifies('CH-TEE-3');

  test('is asked once per rotation, needs a person, and survives a restart', async () => {
    const given = await rig();
    const newKey = { publicKey: testKey(12).publicKey, address: testKey(12).address };
    const request = {
      rotationId: 'rotation-1',
      network: given.network,
      address: given.address,
      reason: 'scheduled',
      newKey,
      approvalId: null,
    };
    const id = await given.authority.requestRotation(request);
    expect(await given.authority.requestRotation(request)).toBe(id);
    expect(await given.authority.rotationStatus(id)).toBe('pending');
    await given.approve(given.ada, id);
    await given.restart();
    expect(await given.authority.rotationStatus(id)).toBe('granted');
    expect(await given.authority.requestRotation(request)).toBe(id);
    const other = await given.authority.requestRotation({ ...request, rotationId: 'rotation-2' });
    await given.deny(given.bob, other);
    expect(await given.authority.rotationStatus(other)).toBe('denied');
    await expect(given.authority.rotationStatus('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject(
      code('APPROVAL_NOT_FOUND'),
    );
  });
});

describe('other answers', () => {
  test('the clock is accepted again after it had run ahead', async () => {
    const given = await rig();
    const ref = { network: given.network, address: given.address };
    await given.ask(given.pay(1n));
    given.clock.wall += 400 * 24 * HOUR;
    await given.ask(given.pay(1n));
    given.clock.wall -= 400 * 24 * HOUR;
    expect((await given.authority.answer('limits.get', ref)).dayCount).toBe(1);
    await given.authority.answer('clock.accept', ref);
    expect((await given.authority.answer('limits.get', ref)).dayCount).toBe(2);
    expect(given.log.entries.at(-1)).toMatchObject({ eventType: 'system.clock_back' });
  });

  test('lists what waits and what is over, with what was signed over', async () => {
    const given = await rig();
    const first = await ask(given, wishOf('create'));
    await given.deny(given.ada, first.approvalId, 'no\u202E need');
    await ask(given, wishOf('import'));
    const list = async (open: boolean) => (await given.authority.answer('approvals.list', { open })).approvals;
    expect((await list(true)).map(({ approval }) => approval.kind)).toEqual(['import']);
    const [denied] = await list(false);
    expect(denied).toMatchObject({
      approval: { status: 'denied', denyReason: 'no need' },
      request: { over: expect.stringMatching(/^sha256:/), binding: { tool: 'create', server: 'signer' } },
    });
    expect(given.authority.pending()).toBe(1);
    const { approvers } = await given.authority.answer('approvers.list', {});
    expect(approvers.map(({ by }) => by)).toEqual(['ada', 'bob', 'cyd']);
  });

  test('acts of the operator are recorded under their types', async () => {
    const given = await rig();
    const act = (type: string, details = {}) =>
      given.authority.record({ type, network: given.network, address: given.address, details });
    await act('wallet.create');
    await act('wallet.unlock');
    await act('wallet.revoke', { reason: 'lost' });
    await act('wallet.set_regular_key', { transaction: 'AB'.repeat(32) });
    expect(given.log.entries.slice(-4).map(({ eventType }) => eventType)).toEqual([
      'wallet.create',
      'auth.success',
      'key.rotate',
      'transaction.sign',
    ]);
    await given.restart();
  });

  test('an unknown transaction is none of ours', async () => {
    const given = await rig();
    const { transaction } = await given.authority.answer('transaction.find', { hash: 'AB'.repeat(32) });
    expect(transaction).toBeNull();
  });

  test('old requests are forgotten by the sweep, and the log keeps them', async () => {
    const given = await rig();
    const { approvalId } = await ask(given, wishOf('create'));
    given.clock.pass(31 * 24 * HOUR);
    await given.authority.sweep();
    expect(given.alerts).toEqual([]);
    await expect(given.show(approvalId)).rejects.toMatchObject(code('APPROVAL_NOT_FOUND'));
    expect(given.log.entries.some(({ eventType }) => eventType === 'approval.request')).toBe(true);
    await given.restart();
  });
});
