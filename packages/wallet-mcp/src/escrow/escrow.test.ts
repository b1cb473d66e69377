import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { type Address, accountId } from '@wardmesh/wallet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob, textAt } from '../fixtures/bench.ts';
import { escrowIndex } from './find.ts';

const EASY = {
  types: {
    allowed: null,
    autonomous: ['EscrowCreate', 'EscrowFinish', 'EscrowCancel'],
    cosign: [],
    prohibited: [],
    tiers: {},
    maxAmounts: {},
  },
};

describe('escrows', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open({ policy: EASY });
    bench.signer.add('local', bob, EASY);
  });
  afterEach(() => bench.end());

  const inSeconds = (seconds: number): number => Math.floor(bench.clock.now() / 1_000) + seconds;
  const create = (terms: Record<string, unknown>) =>
    bench.whileClosing(
      bench.value('escrow_create', {
        wallet_address: alice.address,
        destination: bob.address,
        amount_xrp: '25',
        ...terms,
      }),
    );
  const reference = (created: JsonObject) =>
    (created.submission as { escrow_reference: { owner: string; sequence: number } }).escrow_reference;

  it('are created with a condition, listed, and finished by whoever has the fulfilment', async () => {
    verifies('XR-ESC-1');
    const { condition, fulfillment } = await bench.value('generate_condition');
    const created = await create({ condition, cancel_after: inSeconds(3_600) });
    expect(created).toMatchObject({
      signing: { status: 'approved' },
      submission: { status: 'validated' },
      escrow: { condition, amount_drops: '25000000' },
    });
    const escrow = reference(created);
    for (const wallet_address of [alice.address, bob.address]) {
      expect(await bench.value('escrow_list', { wallet_address })).toMatchObject({
        escrows: [
          {
            ...escrow,
            state: 'finishable',
            needs_fulfillment: true,
            destination: bob.address,
            amount_drops: '25000000',
          },
        ],
        has_more: false,
      });
    }
    expect(await bench.value('escrow_list', { wallet_address: bob.address, role: 'owner' })).toMatchObject({
      escrows: [],
    });
    expect(JSON.stringify(created)).not.toContain(fulfillment);
    const finish = { wallet_address: bob.address, ...escrow };
    const other = await bench.value('generate_condition');
    for (const wrong of [{}, { fulfillment: other.fulfillment }, { fulfillment: 'A0028000' }]) {
      expect(await bench.error('escrow_finish', { ...finish, ...wrong })).toMatchObject({ code: 'INVALID_CONDITION' });
    }
    const finished = await bench.whileClosing(bench.value('escrow_finish', { ...finish, fulfillment }));
    expect(finished).toMatchObject({ submission: { status: 'validated', result: { success: true } } });
    expect(await bench.error('escrow_status', escrow)).toMatchObject({ code: 'ESCROW_NOT_FOUND' });
    expect(await bench.error('escrow_finish', { ...finish, fulfillment })).toMatchObject({ code: 'ESCROW_NOT_FOUND' });
  });

  it('follow the close time of the ledger, not this machine’s clock', async () => {
    verifies('XR-ESC-1');
    const escrow = reference(await create({ finish_after: inSeconds(600), cancel_after: inSeconds(1_200) }));
    const finish = { wallet_address: bob.address, ...escrow };
    expect(await bench.value('escrow_status', escrow)).toMatchObject({ state: 'locked' });
    expect(await bench.error('escrow_finish', finish)).toMatchObject({ code: 'INVALID_ESCROW' });
    expect(await bench.error('escrow_cancel', finish)).toMatchObject({ code: 'INVALID_ESCROW' });
    // The clock alone opens nothing.
    bench.clock.ahead += 800_000;
    expect(await bench.value('escrow_status', escrow)).toMatchObject({ state: 'locked' });
    bench.ledger.close();
    expect(await bench.value('escrow_status', escrow)).toMatchObject({ state: 'finishable' });
    bench.pass(800);
    expect(await bench.value('escrow_status', escrow)).toMatchObject({ state: 'cancelable' });
    expect(await bench.error('escrow_finish', finish)).toMatchObject({ code: 'INVALID_ESCROW' });
    const cancelled = await bench.whileClosing(
      bench.value('escrow_cancel', { wallet_address: alice.address, sequence: escrow.sequence }),
    );
    expect(cancelled).toMatchObject({ submission: { status: 'validated', result: { success: true } } });
  });

  it.each([
    ['nothing to end it', {}, 'INVALID_ESCROW'],
    [
      'a condition that could lock it for ever',
      { condition: 'A0258020E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855810100' },
      'INVALID_ESCROW',
    ],
    ['a time that has passed', { finish_after: '2020-01-01T00:00:00Z' }, 'INVALID_ESCROW'],
    [
      'an end before its begin',
      { finish_after: '2099-01-02T00:00:00Z', cancel_after: '2099-01-01T00:00:00Z' },
      'INVALID_ESCROW',
    ],
    ['a time without zone', { finish_after: '2099-01-01T00:00:00' }, 'VALIDATION_ERROR'],
    ['a time that the ledger cannot write', { finish_after: '2200-01-01T00:00:00Z' }, 'VALIDATION_ERROR'],
    ['no condition', { condition: 'A0', finish_after: '2099-01-01T00:00:00Z' }, 'INVALID_CONDITION'],
  ])('with %s are refused before anything is signed', async (_what, terms, code) => {
    const args = { wallet_address: alice.address, destination: bob.address, amount_xrp: '25', ...terms };
    expect(await bench.error('escrow_create', args)).toMatchObject({ code });
    expect(bench.signer.asked.some(({ method }) => method === 'sign.request')).toBe(false);
  });

  it('times may be given with any zone', async () => {
    const created = await create({ finish_after: '2099-01-01T02:00:00+02:00', submit: false });
    expect(created).toMatchObject({ escrow: { finish_after: '2099-01-01T00:00:00.000Z' }, submission: null });
  });

  it('that a policy parks are not submitted', async () => {
    const value = await bench.value('escrow_create', {
      wallet_address: alice.address,
      destination: bob.address,
      amount_xrp: '500',
      finish_after: inSeconds(600),
    });
    expect(value).toMatchObject({ signing: { status: 'pending_approval', policy_tier: 2 }, submission: null });
    expect(bench.ledger.openCount).toBe(0);
    expect(textAt(value, 'signing.approval_id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('made with a ticket are found by the ticket', async () => {
    expect(escrowIndex(alice.address as Address, 7)).toMatch(/^[0-9A-F]{64}$/);
    expect(escrowIndex(alice.address as Address, 7)).not.toBe(escrowIndex(alice.address as Address, 8));
    expect(accountId(alice.address as Address)).toHaveLength(20);
  });
});

describe('generate_condition', () => {
  it('gives a fresh one each time, to the caller alone', async () => {
    verifies('XR-ESC-1');
    const bench = await Bench.open();
    const [one, two] = [await bench.value('generate_condition'), await bench.value('generate_condition')];
    expect(one.fulfillment).not.toBe(two.fulfillment);
    expect(one).toMatchObject({
      type: 'PREIMAGE-SHA-256',
      condition: expect.stringMatching(/^A0258020[0-9A-F]{64}810120$/),
    });
    expect(bench.signer.asked).toEqual([]);
    expect(bench.failures).toEqual([]);
    await bench.end();
  });
});
