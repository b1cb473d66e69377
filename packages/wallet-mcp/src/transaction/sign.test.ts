import { verifies } from '@wardmesh/testkit';
import { encode } from 'ripple-binary-codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob, carol, textAt } from '../fixtures/bench.ts';

const blobOf = (fields: Record<string, unknown>): string => encode({ Account: alice.address, ...fields });
const payment = (drops: string, more = {}): string =>
  blobOf({ TransactionType: 'Payment', Destination: bob.address, Amount: drops, ...more });

describe('wallet_sign', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.end());

  const sign = (unsigned_tx: string, more = {}) => ({ wallet_address: alice.address, unsigned_tx, ...more });

  it('answers approved with the signature, the limits left and the transaction for the receipt', async () => {
    verifies('XR-WAL-2');
    const got = await bench.call('wallet_sign', sign(payment('1000000'), { context: 'order 7' }));
    expect(got).toMatchObject({
      ok: true,
      value: {
        status: 'approved',
        policy_tier: 1,
        limits_after: { hourly_tx_remaining: 999, daily_tx_remaining: 9_999 },
      },
      meta: { 'wardmesh/tx': { chain: 'xrpl:31337', hash: got.ok ? got.value.tx_hash : '' } },
    });
    expect(bench.signer.asked.at(-1)?.params).toMatchObject({
      context: 'order 7',
      principal: 'agent',
      network: 'local',
    });
  });

  it('answers pending_approval with when and by whom, and nothing signed', async () => {
    verifies('XR-WAL-2');
    expect(await bench.value('wallet_sign', sign(payment('500000000')))).toMatchObject({
      status: 'pending_approval',
      approval_status: 'waiting',
      policy_tier: 2,
      reason: 'exceeds_autonomous_limit',
      auto_approve_in_seconds: 10,
    });
    const third = await bench.call('wallet_sign', sign(payment('2000000000')));
    expect(third).toMatchObject({
      ok: true,
      value: { status: 'pending_approval', policy_tier: 3, quorum: { required: 1 } },
      meta: {},
    });
    expect(JSON.stringify(third)).not.toContain('wardmesh/tx');
  });

  it('answers rejected with the rule, which is no error', async () => {
    verifies('XR-WAL-2');
    expect(await bench.value('wallet_sign', sign(payment('1', { Fee: '99000000000' })))).toMatchObject({
      status: 'rejected',
      policy_tier: 4,
      policy_violation: { rule: 'FEE_TOO_HIGH', actual: '99000000000' },
    });
    const foreign = encode({
      TransactionType: 'Payment',
      Account: carol.address,
      Destination: bob.address,
      Amount: '1',
    });
    expect(await bench.value('wallet_sign', sign(foreign))).toMatchObject({
      policy_violation: { rule: 'ACCOUNT_MISMATCH' },
    });
  });

  it('fills in what is left open, from the ledger, and keeps what is given', async () => {
    verifies('XR-SEQ-1');
    const [first, second] = [
      await bench.value('wallet_sign', sign(payment('1'))),
      await bench.value('wallet_sign', sign(payment('2'))),
    ];
    const read = async (value: typeof first) =>
      (await bench.value('tx_decode', { tx_blob: textAt(value, 'signed_tx') })).transaction as { Sequence: number };
    const [one, two] = [await read(first), await read(second)];
    expect(one).toMatchObject({
      Fee: '10',
      NetworkID: 31_337,
      LastLedgerSequence: bench.ledger.validated.header.ledger_index + 20,
    });
    // The ledger has not moved: the second does not use the first one's sequence.
    expect(two.Sequence).toBe(one.Sequence + 1);
    const given = await bench.value(
      'wallet_sign',
      sign(payment('3', { Sequence: 40, Fee: '15', LastLedgerSequence: 900 })),
    );
    expect(await read(given)).toMatchObject({ Sequence: 40, Fee: '15', LastLedgerSequence: 900 });
  });

  it('W8: a ticketed transaction keeps Sequence 0', async () => {
    verifies('XR-SEQ-1');
    const value = await bench.value('wallet_sign', sign(payment('1', { Sequence: 0, TicketSequence: 13 })));
    const { transaction, metadata } = await bench.value('tx_decode', { tx_blob: textAt(value, 'signed_tx') });
    expect(transaction).toMatchObject({ Sequence: 0, TicketSequence: 13 });
    expect(metadata).toMatchObject({ ticketed: true });
    const without = await bench.value('wallet_sign', sign(payment('1', { TicketSequence: 14 })));
    expect((await bench.value('tx_decode', { tx_blob: textAt(without, 'signed_tx') })).transaction).toMatchObject({
      Sequence: 0,
    });
  });

  it.each([
    ['Sequence 0 without a ticket', payment('1', { Sequence: 0 }), 'SEQUENCE_ERROR'],
    ['a Sequence beside a ticket', payment('1', { Sequence: 5, TicketSequence: 6 }), 'SEQUENCE_ERROR'],
    ['trailing bytes', `${payment('1')}00`, /DECODE_FAILED|TRANSACTION_NOT_CANONICAL/],
    [
      'a signed blob',
      alice.sign({ TransactionType: 'AccountSet', Account: alice.address, Fee: '10', Sequence: 1 }).blob,
      'TRANSACTION_ALREADY_SIGNED',
    ],
    ['no transaction', 'AB'.repeat(40), /DECODE_FAILED|TRANSACTION_NOT_CANONICAL/],
  ])('W18: %s has a code of its own', async (_what, blob, code) => {
    const error = await bench.error('wallet_sign', sign(blob));
    expect(error.code).toEqual(typeof code === 'string' ? code : expect.stringMatching(code));
  });

  it('signs a whole blob without asking the ledger', async () => {
    const whole = payment('1', { Sequence: 9, Fee: '10', LastLedgerSequence: 50, NetworkID: 31_337 });
    expect(await bench.value('wallet_sign', sign(whole, { auto_sequence: false }))).toMatchObject({
      status: 'approved',
    });
    expect(bench.node.requests).toEqual([]);
  });

  it('says of an unfunded account that it is', async () => {
    bench.signer.add('local', carol);
    expect(
      await bench.error('wallet_sign', { wallet_address: carol.address, unsigned_tx: payment('1') }),
    ).toMatchObject({
      code: 'ACCOUNT_NOT_FOUND',
      hint: expect.stringContaining('wallet_fund'),
    });
  });

  it('wallet_policy_check decides the same and uses nothing up', async () => {
    verifies('XR-WAL-3');
    for (let i = 0; i < 3; i++) {
      expect(await bench.value('wallet_policy_check', sign(payment('90000000')))).toMatchObject({
        would_approve: true,
        tier: 1,
        limits: { hourly_tx_used: 0, daily_volume_used_drops: '0' },
        transaction_details: { type: 'Payment', destination: bob.address, amount_drops: '90000000', fee_drops: '10' },
      });
    }
    await bench.value('wallet_sign', sign(payment('90000000')));
    expect(await bench.value('wallet_policy_check', sign(payment('500000000')))).toMatchObject({
      would_approve: false,
      tier: 2,
      tier_details: { delay_seconds: 10 },
      limits: { hourly_tx_used: 1, daily_volume_used_drops: '90000010' },
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'ABOVE_AUTONOMOUS_AMOUNT' })]),
    });
  });

  it('approval_status releases what is ready, completed from the ledger as it is then', async () => {
    const parked = await bench.value('wallet_sign', sign(payment('500000000')));
    const approval_id = textAt(parked, 'approval_id');
    expect(await bench.value('approval_status', { approval_id })).toMatchObject({
      approval_status: 'waiting',
      signed_tx: null,
    });
    bench.pass(60);
    const request = bench.signer.parked.get(approval_id);
    if (request !== undefined) request.approval = { ...request.approval, status: 'ready' };
    bench.ledger.advance(30);
    const got = await bench.call('approval_status', { approval_id });
    expect(got).toMatchObject({ ok: true, value: { approval_status: 'released', next_step: 'Done.' } });
    expect(got.ok && got.meta['wardmesh/tx']).toMatchObject({ chain: 'xrpl:31337' });
    const submitted = await bench.whileClosing(
      bench.value('tx_submit', { signed_tx: textAt(got.ok ? got.value : {}, 'signed_tx') }),
    );
    expect(submitted).toMatchObject({ status: 'validated', result: { success: true } });
    expect(await bench.error('approval_status', { approval_id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' })).toMatchObject(
      {
        code: 'APPROVAL_NOT_FOUND',
      },
    );
  });
});
