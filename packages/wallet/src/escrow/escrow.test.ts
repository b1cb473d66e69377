import { systemRandom, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOB, intentOf, payment, tx } from '../fixture.ts';
import { conditionOf, fulfills, generateCondition, parseCondition, parseFulfillment } from './condition.ts';
import { checkEscrowCreate, checkEscrowFinish, escrowFinishFee, escrowState, escrowTermsOf } from './escrow.ts';
import { fromRippleTime, RIPPLE_EPOCH, toRippleTime } from './time.ts';

describe('conditions', () => {
  verifies('XR-ESC-1');

  test('of the empty preimage is the one of the reference', () => {
    expect(conditionOf(new Uint8Array())).toEqual({
      condition: 'A0258020E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855810100',
      fulfillment: 'A0028000',
    });
  });

  test('condition and fulfilment read back and belong together, at every length', () => {
    for (let length = 0; length <= 128; length++) {
      const preimage = systemRandom.bytes(length);
      const { condition, fulfillment } = conditionOf(preimage);
      expect(unwrap(parseCondition(condition)).preimageLength).toBe(length);
      expect(unwrap(parseFulfillment(fulfillment))).toEqual(preimage);
      expect(fulfills(fulfillment, condition)).toBe(true);
    }
    expect(() => conditionOf(new Uint8Array(253))).toThrow(RangeError);
  });

  test('no other fulfilment fulfils, and every changed byte is refused', () => {
    const { condition, fulfillment } = generateCondition(systemRandom);
    expect(fulfills(generateCondition(systemRandom).fulfillment, condition)).toBe(false);
    fc.assert(
      fc.property(
        fc.nat({ max: condition.length / 2 - 1 }),
        fc.nat({ max: fulfillment.length / 2 - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (i, j, flip) => {
          const changed = (hex: string, at: number) => {
            const bytes = Buffer.from(hex, 'hex');
            bytes[at] = bytes[at]! ^ flip;
            return bytes.toString('hex').toUpperCase();
          };
          expect(fulfills(fulfillment, changed(condition, i))).toBe(false);
          expect(fulfills(changed(fulfillment, j), condition)).toBe(false);
        },
      ),
    );
  });

  test.each([
    '',
    'zz',
    'A0',
    'A0258020',
    'A3258020E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855810100',
    `A0268020${'00'.repeat(32)}81020000`,
  ])('refuses %j', (hex) => {
    expect(parseCondition(hex)).toMatchObject({ ok: false, error: { code: 'INVALID_CONDITION' } });
  });
});

describe('escrow times', () => {
  verifies('XR-ESC-1');

  test('are Ripple seconds', () => {
    expect(RIPPLE_EPOCH).toBe(946_684_800);
    expect(toRippleTime(Date.UTC(2000, 0, 1))).toBe(0);
    expect(fromRippleTime(toRippleTime(Date.UTC(2026, 0, 1)))).toBe(Date.UTC(2026, 0, 1));
    expect(() => toRippleTime(0)).toThrow(RangeError);
  });

  const { condition, fulfillment } = conditionOf(Uint8Array.of(1, 2, 3));
  test.each<[string, Parameters<typeof checkEscrowCreate>[0], string]>([
    ['a time to finish', { finishAfter: 101, cancelAfter: null, condition: null }, 'ok'],
    ['a condition and an end', { finishAfter: null, cancelAfter: 101, condition }, 'ok'],
    ['all three', { finishAfter: 101, cancelAfter: 102, condition }, 'ok'],
    ['nothing', { finishAfter: null, cancelAfter: null, condition: null }, 'INVALID_ESCROW'],
    ['a condition that could lock for ever', { finishAfter: null, cancelAfter: null, condition }, 'INVALID_ESCROW'],
    ['only an end', { finishAfter: null, cancelAfter: 101, condition: null }, 'INVALID_ESCROW'],
    ['finish at the end', { finishAfter: 101, cancelAfter: 101, condition: null }, 'INVALID_ESCROW'],
    ['finish after the end', { finishAfter: 102, cancelAfter: 101, condition: null }, 'INVALID_ESCROW'],
    ['an end in the past', { finishAfter: null, cancelAfter: 100, condition }, 'INVALID_ESCROW'],
    ['a finish in the past', { finishAfter: 100, cancelAfter: null, condition: null }, 'INVALID_ESCROW'],
    ['no condition', { finishAfter: 101, cancelAfter: null, condition: 'A0' }, 'INVALID_CONDITION'],
  ])('create with %s', (_, terms, expected) => {
    const checked = checkEscrowCreate(terms, 100);
    expect(checked.ok ? 'ok' : checked.error.code).toBe(expected);
  });

  test('are read from the transaction itself', () => {
    const fields = {
      TransactionType: 'EscrowCreate',
      Destination: BOB,
      Amount: '1',
      FinishAfter: 101,
      Condition: condition,
    };
    expect(escrowTermsOf(intentOf(tx(fields)))).toEqual({ finishAfter: 101, cancelAfter: null, condition });
    expect(escrowTermsOf(intentOf(payment('1')))).toBeNull();
  });

  test('finish and cancel follow the close time of the ledger, strictly', () => {
    const terms = { finishAfter: 100, cancelAfter: 200, condition };
    expect([100, 101, 200, 201].map((closeTime) => escrowState(terms, closeTime))).toEqual([
      'locked',
      'finishable',
      'finishable',
      'cancelable',
    ]);
    expect(checkEscrowFinish(terms, fulfillment, 101).ok).toBe(true);
    expect(checkEscrowFinish(terms, fulfillment, 100).ok).toBe(false);
    expect(checkEscrowFinish(terms, fulfillment, 201).ok).toBe(false);
    expect(checkEscrowFinish(terms, null, 101).ok).toBe(false);
    expect(checkEscrowFinish(terms, conditionOf(Uint8Array.of(9)).fulfillment, 101).ok).toBe(false);
    expect(escrowFinishFee(10n, null)).toBe(10n);
    expect(escrowFinishFee(10n, `A0228020${'00'.repeat(32)}`)).toBe(350n);
  });
});
