import { claimExpired, claimValidated, LIES, prepareTx, type TxFields } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { encode } from 'ripple-binary-codec';
import { afterEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob, carol, textAt } from '../fixtures/bench.ts';

let bench: Bench;
afterEach(() => bench.end());

/** Has the wallet sign a transaction that fits the open ledger, with what the test changes. */
async function signed(fields: TxFields, more: Record<string, unknown> = {}): Promise<string> {
  const whole = prepareTx(bench.ledger, alice.address, { ...fields, ...more } as TxFields);
  const value = await bench.value('wallet_sign', {
    wallet_address: alice.address,
    unsigned_tx: encode(whole),
    auto_sequence: false,
  });
  return textAt(value, 'signed_tx');
}
const payment = (amount = '20000000', more = {}): TxFields => ({
  TransactionType: 'Payment',
  Destination: bob.address,
  Amount: amount,
  ...more,
});
const submit = (signed_tx: string, more = {}) => ({ signed_tx, timeout: 5, ...more });

describe('tx_submit', () => {
  it('W9: reads the result from the validated ledger’s meta.TransactionResult', async () => {
    verifies('XR-WAL-4');
    bench = await Bench.open();
    const blob = await signed(payment());
    const got = await bench.whileClosing(bench.call('tx_submit', submit(blob)));
    expect(got).toMatchObject({
      ok: true,
      value: {
        status: 'validated',
        result: { result_code: 'tesSUCCESS', success: true, final: true },
        tx_type: 'Payment',
        delivered_drops: '20000000',
        failure_category: null,
        retryable: false,
        escrow_reference: null,
      },
      meta: { 'wardmesh/tx': { chain: 'xrpl:31337' } },
    });
    const { sequence_used, next_sequence, ledger_index, validated_at } = got.ok ? got.value : {};
    expect(next_sequence).toBe((sequence_used as number) + 1);
    expect(ledger_index).toBeGreaterThan(0);
    expect(validated_at).toMatch(/Z$/);
  });

  it('W9: gives the reference of an escrow that it created', async () => {
    verifies('XR-WAL-4', 'XR-ESC-1');
    bench = await Bench.open({
      policy: {
        types: { allowed: null, autonomous: ['EscrowCreate'], cosign: [], prohibited: [], tiers: {}, maxAmounts: {} },
      },
    });
    const FinishAfter = Math.floor(bench.clock.now() / 1_000) - 946_684_800 + 3_600;
    const blob = await signed({
      TransactionType: 'EscrowCreate',
      Destination: bob.address,
      Amount: '5000000',
      FinishAfter,
    });
    const value = await bench.whileClosing(bench.value('tx_submit', submit(blob)));
    expect(value).toMatchObject({
      status: 'validated',
      escrow_reference: { owner: alice.address, sequence: value.sequence_used },
    });
  });

  it('W9: a tec is an answer: the fee is gone, nothing else was done', async () => {
    verifies('XR-WAL-4');
    bench = await Bench.open();
    const blob = await signed(payment('1', { Destination: carol.address }));
    expect(await bench.whileClosing(bench.value('tx_submit', submit(blob)))).toMatchObject({
      status: 'validated',
      result: { result_code: 'tecNO_DST_INSUF_XRP', success: false, final: true },
      failure_category: 'claimed_cost_only',
      retryable: false,
      suggestion: expect.stringContaining('base reserve'),
      next_sequence: expect.any(Number),
    });
  });

  it.each([
    ['tef', { Sequence: 1 }, 'tefPAST_SEQ', 'failed_precondition', false],
    ['tel', { Fee: '1' }, 'telINSUF_FEE_P', 'local_error', true],
    ['tem', { Flags: 0x0010_0000 }, /^tem/, 'malformed', false],
  ])(
    'W9: a %s is told with category and advice, and is not final',
    async (_what, fields, code, category, retryable) => {
      verifies('XR-WAL-4');
      bench = await Bench.open();
      const value = await bench.value('tx_submit', submit(await signed(payment(), fields)));
      expect(value).toMatchObject({
        status: retryable ? 'pending' : 'rejected',
        result: { result_code: expect.stringMatching(code), success: false, final: false },
        failure_category: category,
        retryable,
        suggestion: expect.any(String),
        ledger_index: null,
      });
    },
  );

  it('a sequence gap waits for what is missing', async () => {
    verifies('XR-SEQ-1');
    bench = await Bench.open();
    const first = await signed(payment('1000000'));
    const next = await signed(payment('3000000', { Sequence: sequenceOf(await decode(first)) + 1 }));
    expect(await bench.value('tx_submit', submit(next, { wait_for_validation: false }))).toMatchObject({
      status: 'submitted',
      result: { result_code: 'terPRE_SEQ', final: false },
      failure_category: 'retry_possible',
      suggestion: expect.stringContaining('earlier sequence'),
    });
    await bench.value('tx_submit', submit(first, { wait_for_validation: false }));
    expect(await bench.whileClosing(bench.value('tx_submit', submit(next)))).toMatchObject({
      status: 'validated',
      result: { success: true },
    });
  });

  it('the same bytes sent twice are one transaction', async () => {
    bench = await Bench.open();
    const blob = await signed(payment());
    const one = await bench.whileClosing(bench.value('tx_submit', submit(blob)));
    const two = await bench.whileClosing(bench.value('tx_submit', submit(blob)));
    expect(two).toMatchObject({ status: 'validated', tx_hash: one.tx_hash, ledger_index: one.ledger_index });
  });

  it('an expired one can never be applied, and that is final', async () => {
    verifies('XR-SEQ-1');
    bench = await Bench.open();
    const blob = await signed(payment());
    bench.ledger.advance(40);
    expect(await bench.value('tx_submit', submit(blob))).toMatchObject({
      status: 'expired',
      result: { result_code: 'tefMAX_LEDGER', success: false, final: true },
      retryable: false,
      next_sequence: null,
    });
  });

  it('one that is not decided in time is pending, or an error where that is asked for', async () => {
    bench = await Bench.open();
    const blob = await signed(payment());
    expect(await bench.value('tx_submit', submit(blob))).toMatchObject({
      status: 'pending',
      result: { result_code: 'tesSUCCESS', success: false, final: false },
    });
    expect(await bench.error('tx_submit', submit(blob, { fail_if_pending: true }))).toMatchObject({
      code: 'VALIDATION_TIMEOUT',
      hint: expect.stringContaining('do not sign another'),
    });
  });

  it('sends only what this wallet signed, unless the operator said otherwise', async () => {
    verifies('XR-WAL-4');
    bench = await Bench.open();
    const foreign = bob.sign(prepareTx(bench.ledger, bob.address, { TransactionType: 'AccountSet' }));
    expect(await bench.error('tx_submit', submit(foreign.blob))).toMatchObject({ code: 'NOT_SIGNED_HERE' });
    expect(bench.ledger.openCount).toBe(0);
    await bench.start({ submitAny: true });
    expect(await bench.whileClosing(bench.value('tx_submit', submit(foreign.blob)))).toMatchObject({
      status: 'validated',
    });
  });

  it('refuses what is not signed, not for this network, or signed for another', async () => {
    verifies('XR-NET-1');
    bench = await Bench.open();
    const unsigned = encode(prepareTx(bench.ledger, alice.address, payment()));
    expect(await bench.error('tx_submit', submit(unsigned))).toMatchObject({ code: 'MISSING_SIGNATURE' });
    const blob = await signed(payment());
    expect(await bench.error('tx_submit', submit(blob, { network: 'testnet' }))).toMatchObject({
      code: 'NETWORK_MISMATCH',
    });
    const elsewhere = alice.sign({ ...prepareTx(bench.ledger, alice.address, payment()), NetworkID: 21_338 });
    expect(await bench.error('tx_submit', submit(elsewhere.blob))).toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(bench.ledger.openCount).toBe(0);
  });
});

describe('a ledger with a bad day', () => {
  it('that is silent: the transaction is pending, not failed', async () => {
    bench = await Bench.open();
    const blob = await signed(payment());
    bench.node.faults.silent = new Set(['submit']);
    expect(await bench.value('tx_submit', submit(blob))).toMatchObject({
      status: expect.stringMatching(/^(pending|validated)$/),
      result: { success: false },
    });
  });

  it('that is gone: a coded error, and the signed bytes are not lost', async () => {
    bench = await Bench.open();
    bench.node.faults.dropOn = new Set(['submit']);
    const args = { wallet_address: alice.address, destination: bob.address, amount_xrp: '1', timeout: 5 };
    expect(await bench.value('wallet_pay', args)).toMatchObject({
      signing: { status: 'approved', signed_tx: expect.any(String) },
      submission: { status: 'pending', failure_category: 'network_error', retryable: true },
    });
    bench.node.faults.dropOn = new Set(['server_state']);
    expect(await bench.error('wallet_pay', args)).toMatchObject({ code: 'CONNECTION_LOST' });
    bench.node.faults.dropOn = new Set();
    const whole = payment('1', { Sequence: 77, Fee: '10', LastLedgerSequence: 90, NetworkID: 31_337 });
    const blob = await signed(whole);
    await bench.node.stop();
    expect(await bench.error('tx_submit', submit(blob))).toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('that claims success for what it swallowed is not believed', async () => {
    verifies('XR-WAL-4');
    bench = await Bench.open();
    const blob = await signed(payment());
    bench.node.faults.swallow = new Set(['submit']);
    bench.node.faults.lie = LIES.claimSuccess;
    expect(await bench.whileClosing(bench.value('tx_submit', submit(blob)))).toMatchObject({
      status: 'expired',
      result: { result_code: 'tefMAX_LEDGER', success: false, final: true },
      ledger_index: null,
    });
  });

  it('that invents a validated ledger is found out by the second', async () => {
    bench = await Bench.open({ nodes: 2 });
    const blob = await signed(payment());
    const { hash } = await decode(blob);
    const index = bench.ledger.validated.header.ledger_index;
    bench.node.faults.lie = claimValidated(String(hash), index);
    bench.node.faults.swallow = new Set(['submit']);
    const got = await bench.call('tx_submit', submit(blob));
    expect(got.ok ? got.value.status : got.error.code).toMatch(/^(pending|ENDPOINTS_DISAGREE)$/);
  });

  it('that says it has expired is not believed alone', async () => {
    bench = await Bench.open({ nodes: 2 });
    const blob = await signed(payment());
    const { hash } = await decode(blob);
    bench.node.faults.lie = claimExpired(String(hash), 10_000);
    const got = await bench.call('tx_submit', submit(blob));
    expect(got.ok ? got.value.status : got.error.code).not.toBe('expired');
  });

  it('that is on another network is never used again', async () => {
    verifies('XR-NET-1');
    bench = await Bench.open();
    bench.node.faults.lie = LIES.wrongNetwork;
    const args = { wallet_address: alice.address, destination: bob.address, amount_xrp: '1' };
    expect(await bench.error('wallet_pay', args)).toMatchObject({ code: 'NETWORK_MISMATCH' });
    expect(bench.signer.asked.map(({ method }) => method)).toEqual(['wallets.list']);
  });

  it('that forks: what was there is pending again until it is validated for good', async () => {
    bench = await Bench.open();
    const blob = await signed(payment());
    bench.ledger.lag(2);
    await bench.value('tx_submit', submit(blob, { wait_for_validation: false }));
    bench.ledger.close();
    bench.ledger.fork(1);
    expect(await bench.value('tx_submit', submit(blob, { wait_for_validation: false }))).toMatchObject({
      status: 'submitted',
      result: { final: false },
    });
    bench.ledger.lag(0);
    expect(await bench.whileClosing(bench.value('tx_submit', submit(blob)))).toMatchObject({ status: 'validated' });
  });

  it('W22: the next endpoint takes over when one fails', async () => {
    bench = await Bench.open({ nodes: 2 });
    await bench.value('wallet_balance', { wallet_address: alice.address });
    const [first, second] = bench.nodes;
    if (first === undefined || second === undefined) throw new Error('two nodes');
    first.faults.refuse = true;
    first.dropConnections();
    const before = second.requests.length;
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      balance_drops: '1000000000',
    });
    expect(second.requests.length).toBeGreaterThan(before);
  });

  it('W22: a connection that was lost is made anew', async () => {
    bench = await Bench.open();
    await bench.value('wallet_balance', { wallet_address: alice.address });
    bench.node.dropConnections();
    expect(await bench.value('wallet_balance', { wallet_address: alice.address })).toMatchObject({
      balance_drops: '1000000000',
    });
  });
});

async function decode(blob: string) {
  return bench.value('tx_decode', { tx_blob: blob });
}

function sequenceOf(decoded: Record<string, unknown>): number {
  return (decoded.transaction as { Sequence: number }).Sequence;
}
