import { verifies } from '@wardmesh/testkit';
import { NETWORK_IDS, presetPolicy } from '@wardmesh/wallet';
import { describe, expect, test } from 'vitest';
import { BOB, code, HOUR, policyText, type Rig, rig, testKey, XRP } from './fixture.ts';

const propose = (given: Rig, patch: unknown, changes: { mode?: 'merge' | 'replace'; approvalId?: string } = {}) =>
  given.authority.answer('policy.propose', {
    network: given.network,
    address: given.address,
    principal: 'agent-1',
    policy: typeof patch === 'string' ? patch : JSON.stringify(patch),
    mode: changes.mode ?? 'merge',
    reason: 'because it is needed',
    approvalId: changes.approvalId ?? null,
  });
const get = (given: Rig) => given.authority.answer('policy.get', { network: given.network, address: given.address });

/** Asks for a loosening. @returns the id of the request */
async function loosen(given: Rig, patch: unknown): Promise<string> {
  const outcome = await propose(given, patch);
  if (outcome.status !== 'pending_approval') throw new Error(outcome.status);
  return outcome.approval.approvalId;
}

describe('policy.propose (W21)', () => {
  verifies('XR-WAL-6', 'XR-POL-5');

  test('a tightening holds at once, with a new version, hash and history, over a restart', async () => {
    const given = await rig();
    const before = await get(given);
    const outcome = await propose(given, { amounts: { autonomousMax: '5000000' } });
    expect(outcome).toMatchObject({
      status: 'applied',
      previous: { hash: before.hash },
      current: { version: '2.0.0' },
    });
    await given.restart();
    const after = await get(given);
    expect(after).toMatchObject({ version: '2.0.0', policy: { amounts: { autonomousMax: '5000000' } } });
    expect(after.hash).not.toBe(before.hash);
    expect(after.history).toMatchObject([{ verdict: 'tightening', createdBy: 'agent-1', policyHash: after.hash }]);
    expect(await given.ask(given.pay(6n * XRP))).toMatchObject({ status: 'pending_approval' });
  });

  test('a loosening changes nothing until the quorum has signed, then takes effect by itself, once', async () => {
    const given = await rig();
    const before = await get(given);
    const id = await loosen(given, { amounts: { autonomousMax: '20000000000' } });
    expect((await get(given)).hash).toBe(before.hash);
    expect(await loosen(given, { amounts: { autonomousMax: '20000000000' } })).toBe(id);
    const { request } = await given.show(id);
    expect(request.binding).toMatchObject({ tool: 'policy', arguments: { previous: before.hash } });
    await given.approve(given.ada, id);
    const after = await get(given);
    expect(after).toMatchObject({ policy: { amounts: { autonomousMax: '20000000000' } }, version: '2.0.0' });
    expect((await given.status(id)).status).toBe('released');
    await expect(
      propose(given, { amounts: { autonomousMax: '20000000000' } }, { approvalId: id }),
    ).rejects.toMatchObject(code('CONCURRENT_MODIFICATION'));
    expect((await given.restart()) && (await get(given)).hash).toBe(after.hash);
  });

  test('an approval is of one policy over one other: neither may differ', async () => {
    const given = await rig();
    const id = await loosen(given, { limits: { perHour: 1_001 } });
    await expect(propose(given, { limits: { perHour: 1_002 } }, { approvalId: id })).rejects.toMatchObject(
      code('APPROVAL_MISMATCH'),
    );
    await propose(given, { limits: { perDay: 9 } });
    await expect(propose(given, { limits: { perHour: 1_001 } }, { approvalId: id })).rejects.toMatchObject(
      code('CONCURRENT_MODIFICATION'),
    );
    await expect(given.approve(given.ada, id)).rejects.toMatchObject(code('CONCURRENT_MODIFICATION'));
    expect(await get(given)).toMatchObject({ policy: { limits: { perHour: 1_000, perDay: 9 } } });
    expect((await given.status(id)).status).toBe('denied');
  });

  test('of two changes at once, each is decided on what the other left', async () => {
    const given = await rig();
    await Promise.all([propose(given, { limits: { perHour: 10 } }), propose(given, { limits: { perDay: 20 } })]);
    expect(await get(given)).toMatchObject({ policy: { limits: { perHour: 10, perDay: 20 } }, version: '3.0.0' });
  });

  test('a refused or late approval loosens nothing', async () => {
    const given = await rig();
    const refused = await loosen(given, { limits: { perHour: 1_001 } });
    await given.deny(given.bob, refused);
    await expect(propose(given, { limits: { perHour: 1_001 } }, { approvalId: refused })).rejects.toMatchObject(
      code('APPROVAL_DENIED'),
    );
    const late = await loosen(given, { limits: { perHour: 1_002 } });
    given.clock.pass(24 * HOUR);
    await expect(given.approve(given.ada, late)).rejects.toMatchObject(code('APPROVAL_EXPIRED'));
    expect(await get(given)).toMatchObject({ policy: { limits: { perHour: 1_000 } } });
  });

  test('an operator’s loosening needs the approval too', async () => {
    const given = await rig();
    const outcome = await given.authority.answer('policy.set', {
      network: given.network,
      address: given.address,
      policy: JSON.stringify({ limits: { perHour: 1_001 } }),
      mode: 'merge',
      reason: 'because it is needed',
      approvalId: null,
    });
    expect(outcome.status).toBe('pending_approval');
  });

  test('the published format A replaces the policy, and keeps the wallet’s policy id', async () => {
    const given = await rig();
    const formatA = {
      policy_id: 'agent-small',
      policy_version: '1.0.0',
      limits: {
        max_amount_per_tx_drops: '1000000',
        max_daily_volume_drops: '5000000',
        max_tx_per_hour: 5,
        max_tx_per_day: 10,
      },
      destinations: {
        mode: 'allowlist',
        allowlist: [BOB],
        blocklist: [],
        allow_new_destinations: false,
        new_destination_tier: 3,
      },
      transaction_types: { allowed: ['Payment'], require_approval: [], blocked: [] },
      escalation: { amount_threshold_drops: '1000000', new_destination: 3, account_settings: 3, delay_seconds: 300 },
    };
    const outcome = await propose(given, formatA, { mode: 'replace' });
    const now = outcome.status === 'applied' ? outcome.current : outcome.proposed;
    expect(now.id).toBe('testnet-default');
  });

  test.each([
    ['not JSON', '{'],
    ['a duplicate key', '{"limits":{"perHour":1,"perHour":9}}'],
    ['an unknown key', '{"limitz":{}}'],
    ['another network', '{"network":"mainnet"}'],
    ['another id', '{"id":"other"}'],
    ['nothing', '{}'],
    ['a lower version', '{"version":"0.9.0","limits":{"perHour":1}}'],
    ['a pattern that does not work', '{"memos":{"patterns":["("]}}'],
  ])('refuses %s and keeps the policy', async (_, patch) => {
    const given = await rig();
    const before = await get(given);
    await expect(propose(given, patch)).rejects.toMatchObject({ code: expect.stringMatching(/^INVALID_/) });
    expect(await get(given)).toEqual(before);
  });

  test('no log, no change', async () => {
    const given = await rig();
    const before = await get(given);
    given.log.fault = () => {
      throw new Error('planted');
    };
    await expect(propose(given, { limits: { perHour: 1 } })).rejects.toThrow('planted');
    expect(await get(given)).toEqual(before);
  });
});

describe('a wallet’s first policy', () => {
  verifies('XR-POL-5', 'CM-KEY-2');

  test.each(['mainnet', 'testnet', 'devnet', 'local'] as const)(
    'is the preset of %s where none is given',
    async (network) => {
      const given = await rig({ network });
      const wallet = given.keys.add(network, testKey(5));
      const ref = await given.authority.adopt(wallet, null);
      expect(ref).toMatchObject({ id: `${network}-default`, version: '1.0.0' });
      expect(given.authority.policyOf(network, wallet.address)).toEqual(ref);
      expect(presetPolicy(network).ledger.networkId).toBe(NETWORK_IDS[network]);
    },
  );

  test('is adopted once; a second text, or the account in another wallet, loosens nothing', async () => {
    const given = await rig();
    const before = await get(given);
    await given.authority.adopt(
      given.wallet,
      policyText('testnet', (base) => ({ ...base, limits: { ...base.limits, perHour: 999 } })),
    );
    await given.authority.adopt({ ...given.wallet, walletId: 'restored' }, null);
    expect((await get(given)).hash).toBe(before.hash);
  });

  test('without one nothing is signed', async () => {
    const given = await rig();
    const { address } = given.keys.add('testnet', testKey(6));
    await expect(given.ask(given.pay(1n, { Account: address }), { address })).rejects.toMatchObject(
      code('POLICY_MISSING'),
    );
  });

  test('a service wallet has its own policy and key: what one may do, the other may not', async () => {
    const given = await rig();
    const service = given.keys.add('testnet', testKey(7), { kind: 'service', purpose: 'publishes anchors' });
    const only = policyText('testnet', (base) => ({
      ...base,
      types: { ...base.types, allowed: ['AccountSet'], autonomous: ['AccountSet'], tiers: {}, cosign: [] },
    }));
    await given.authority.adopt(service, only);
    const refused = await given.ask(given.pay(1n, { Account: service.address }), { address: service.address });
    expect(refused).toMatchObject({ status: 'rejected', decision: { reasons: ['TRANSACTION_TYPE_NOT_ALLOWED'] } });
    // Asking in the agent's wallet for the service's account, or the other way round, finds another account.
    expect(await given.ask(given.pay(1n, { Account: service.address }))).toMatchObject({
      status: 'rejected',
      decision: { reasons: expect.arrayContaining(['ACCOUNT_MISMATCH']) },
    });
    expect((await given.ask(given.pay(1n))).status).toBe('approved');
    expect(given.keys.signatures.map(({ address }) => address)).toEqual([given.address]);
  });
});
