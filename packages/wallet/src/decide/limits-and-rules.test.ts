import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, intentOf, memo, payment, tx, usd } from '../fixture.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Condition, Rule } from '../policy/rule.ts';
import { approvalReason, decide } from './decide.ts';
import { CONTEXT, decideTx, KNOWN, mainnet, NOON, outcome, policy, testnet, USAGE, XRP } from './fixture.ts';
import type { UsageSnapshot } from './usage.ts';

describe('limits and thresholds', () => {
  verifies('XR-POL-1', 'XR-POL-2');

  test.each<[bigint, string]>([
    [0n, '1'],
    [100n * XRP, '1'],
    [100n * XRP + 1n, '2 ABOVE_AUTONOMOUS_AMOUNT'],
    [1_000n * XRP, '2 ABOVE_AUTONOMOUS_AMOUNT'],
    [1_000n * XRP + 1n, '3 ABOVE_DELAYED_AMOUNT'],
    [5_000n * XRP - 12n, '3 ABOVE_DELAYED_AMOUNT'],
    [5_000n * XRP, '4 DAILY_VOLUME_LIMIT'], // the fee counts
    [10n ** 17n, '4 DAILY_VOLUME_LIMIT'],
  ])('a payment of %d drops on mainnet: %s', (drops, expected) => {
    // An empty day's autonomous volume is above all of these but the last two.
    const volumes = policy('mainnet', (base) =>
      KNOWN({ ...base, tierVolumes: { autonomous: 10n ** 17n, delayed: 10n ** 17n } }),
    );
    expect(outcome(payment(drops), volumes)).toBe(expected);
  });

  test.each<[string, Partial<UsageSnapshot>, string]>([
    ['the hour is full', { hourCount: 50, hourResetsAt: NOON + 1 }, '4 HOURLY_LIMIT'],
    ['the hour has one left', { hourCount: 49 }, '1'],
    ['the day is full', { dayCount: 200 }, '4 DAILY_LIMIT'],
    [
      'the day has seen 20 others',
      { dayDestinations: new Set(Array.from({ length: 20 }, (_, i) => `r${i}`)) },
      '4 DESTINATION_COUNT_LIMIT',
    ],
    [
      'the day has seen 20, this one too',
      { dayDestinations: new Set([BOB, ...Array.from({ length: 19 }, (_, i) => `r${i}`)]) },
      '1',
    ],
    [
      'the delayed volume is used up',
      { dayVolume: { autonomous: 0n, delayed: 4_999n * XRP, cosign: 0n } },
      '4 DAILY_VOLUME_LIMIT',
    ],
  ])('%s', (_, usage, expected) => {
    expect(outcome(payment(2n * XRP), mainnet, usage)).toBe(expected);
  });

  test('after a high spend comes a pause', () => {
    const paused = policy('testnet', (base) => ({
      ...base,
      limits: { ...base.limits, cooldown: { threshold: 1_000n * XRP, seconds: 300 } },
    }));
    const usage = { lastSpendOver: (threshold: bigint) => (threshold <= 1_000n * XRP ? NOON - 299_999 : null) };
    expect(decideTx(payment('1'), paused, usage)).toMatchObject({ tier: 4, reasons: ['COOLDOWN'], retryAt: NOON + 1 });
    expect(outcome(payment('1'), paused, { lastSpendOver: () => NOON - 300_000 })).toBe('1');
  });

  test('tells when a wait would help, and only then', () => {
    expect(decideTx(payment('1'), mainnet, { hourCount: 50, hourResetsAt: NOON + 5 }).retryAt).toBe(NOON + 5);
    expect(
      decideTx(payment('1', { Account: CAROL }), mainnet, { hourCount: 50, hourResetsAt: NOON + 5 }).retryAt,
    ).toBeNull();
  });

  test('a new destination asks for the tier that the policy names', () => {
    const fresh = policy('mainnet');
    expect(outcome(payment('1'), fresh)).toBe('3 NEW_DESTINATION');
    expect(approvalReason(decideTx(payment('1'), fresh))).toBe('new_destination');
    const learning = policy('mainnet', (base) => ({ ...base, destinations: { ...base.destinations, learn: true } }));
    expect(outcome(payment('1'), learning, { isKnown: (address) => address === BOB })).toBe('1');
    const listed = policy('mainnet', (base) => ({
      ...base,
      destinations: { ...base.destinations, mode: 'allowlist', learn: true, newTier: 4 },
    }));
    expect(outcome(payment('1'), listed, { isKnown: () => true })).toBe('4 DESTINATION_NOT_ALLOWED');
  });

  test('counts tokens by their rate, rounded up, exactly', () => {
    const rated = policy('mainnet', (base) =>
      KNOWN({ ...base, values: { ...base.values, rates: { [`USD.${BOB}`]: '2000000.5' } } }),
    );
    expect(decideTx(payment('1', { Amount: usd('49.9') }), rated)).toMatchObject({ tier: 1, spend: 99_800_025n });
    expect(decideTx(payment('1', { Amount: usd('0.0000000001') }), rated).spend).toBe(1n);
    expect(outcome(payment('1', { Amount: usd('50') }), rated)).toBe('2 ABOVE_AUTONOMOUS_AMOUNT');
    expect(outcome(payment('1', { Amount: usd('9999999999999999e80') }), rated)).toBe(
      '4 DAILY_VOLUME_LIMIT TRANSACTION_AMOUNT_LIMIT',
    );
    expect(outcome(payment('1', { Amount: usd('1', CAROL) }), rated)).toBe('4 UNRATED_VALUE');
  });

  test('a larger payment never gets a lower tier', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const volume = fc.bigInt({ min: 0n, max: 6_000n * XRP });
    fc.assert(
      fc.property(amount, amount, volume, (a, b, autonomous) => {
        const usage = { dayVolume: { autonomous, delayed: 0n, cosign: 0n } };
        const [small, large] = a < b ? [a, b] : [b, a];
        return decideTx(payment(small), mainnet, usage).tier <= decideTx(payment(large), mainnet, usage).tier;
      }),
      { numRuns: 200 },
    );
  });
});

describe('rules', () => {
  const rule = (priority: number, condition: Condition, tier: Rule['tier'], id = `rule-${priority}`): Rule => ({
    id,
    name: id,
    priority,
    enabled: true,
    condition,
    tier,
    reason: null,
    delaySeconds: null,
  });
  const withRules = (...rules: Rule[]) => policy('testnet', (base) => ({ ...base, rules }));

  test('the lowest number is tried first, and the first that matches decides', () => {
    const over = (number: string): Condition => ({ field: 'amount_xrp', operator: '>', value: { number } });
    const compiled = withRules(rule(30, { always: true }, 4), rule(10, over('5'), 3), rule(20, over('1'), 2));
    expect(outcome(payment(6n * XRP), compiled)).toBe('3 RULE_MATCHED');
    expect(decideTx(payment(2n * XRP), compiled)).toMatchObject({
      tier: 2,
      matchedRule: { id: 'rule-20', priority: 20 },
    });
    expect(outcome(payment(1n), compiled)).toBe('4 RULE_MATCHED');
  });

  test('W6: a rule that allows everything opens nothing', () => {
    const compiled = withRules(rule(999, { always: true }, 1));
    expect(outcome(tx({ TransactionType: 'TrustSet', LimitAmount: usd('1') }), compiled)).toBe(
      '2 TRANSACTION_TYPE_NEEDS_APPROVAL',
    );
    expect(decideTx(tx({ TransactionType: 'SetRegularKey', RegularKey: CAROL }), compiled).tier).toBe(3);
    expect(decideTx(payment('1'), compiled).matchedRule?.id).toBe('rule-999');
  });

  test('W20: a rule that throws denies; it is not skipped', () => {
    const compiled = withRules(rule(10, { always: true }, 1));
    const planted: CompiledPolicy = {
      ...compiled,
      rules: [
        {
          rule: compiled.rules[0]!.rule,
          matches: () => {
            throw new Error('planted');
          },
        },
      ],
    };
    expect(outcome(payment('1'), planted)).toBe('4 RULE_FAILED');
  });

  test('W20: a check that throws denies', () => {
    verifies('XR-POL-1');
    const usage = {
      lastSpendOver: () => null,
      get hourCount(): number {
        throw new Error('planted');
      },
    };
    const planted = Object.defineProperties({ ...USAGE }, Object.getOwnPropertyDescriptors(usage)) as UsageSnapshot;
    expect(decide(intentOf(payment('1')), testnet, planted, CONTEXT)).toMatchObject({
      tier: 4,
      reasons: ['CHECK_FAILED'],
      limitsAfter: { dailyRemaining: 0n },
    });
  });

  test.each<[string, Condition, JsonObject, boolean]>([
    ['destination in a list', { field: 'destination', operator: 'in', value: { list: [BOB] } }, payment('1'), true],
    [
      'no destination is in no list',
      { field: 'destination', operator: 'not_in', value: { ref: 'allowlist.addresses' } },
      tx({ TransactionType: 'DIDDelete' }),
      true,
    ],
    [
      'a memo',
      { field: 'memo', operator: 'matches', value: { text: '^inv' } },
      payment('1', { Memos: [memo('invoice')] }),
      true,
    ],
    [
      'a memo by the published patterns',
      { field: 'memo', operator: 'in', value: { ref: 'blocklist.memo_patterns' } },
      payment('1', { Memos: [memo('[INST]')] }),
      true,
    ],
    [
      'tag 0',
      { field: 'destination_tag', operator: '==', value: { number: '0' } },
      payment('1', { DestinationTag: 0 }),
      true,
    ],
    ['no tag is not 0', { field: 'destination_tag', operator: '==', value: { number: '0' } }, payment('1'), false],
    [
      'a category',
      { field: 'transaction_type', operator: 'in_category', value: { text: 'account' } },
      tx({ TransactionType: 'TicketCreate', TicketCount: 1 }),
      true,
    ],
    [
      'a new destination',
      { field: 'is_new_destination', operator: '==', value: { boolean: true } },
      payment('1'),
      true,
    ],
    [
      'what cannot be counted is above every number',
      { field: 'amount_xrp', operator: '>', value: { number: '99999999999' } },
      payment('1', { Amount: usd('1') }),
      true,
    ],
    [
      'a currency',
      { field: 'currency', operator: '==', value: { text: 'USD' } },
      payment('1', { Amount: usd('1') }),
      true,
    ],
    [
      'nested',
      {
        and: [
          { not: { field: 'fee_drops', operator: '<', value: { number: '12' } } },
          {
            or: [
              { field: 'issuer', operator: '==', value: { text: CAROL } },
              { field: 'hourly_count', operator: '<=', value: { number: '0' } },
            ],
          },
        ],
      },
      payment('1'),
      true,
    ],
  ])('%s', (_, condition, fields, matches) => {
    expect(
      decideTx(fields, withRules(rule(1, condition, 4))).findings.some(({ code }) => code === 'RULE_MATCHED'),
    ).toBe(matches);
  });
});

describe('a decision', () => {
  test('says what it decided, by which policy, and why', () => {
    const decision = decideTx(payment(150n * XRP, { DestinationTag: 3 }));
    expect(decision).toMatchObject({ tier: 2, delaySeconds: 300, quorum: null, policyHash: mainnet.hash });
    expect(decision.digest).toBe(intentOf(payment(150n * XRP, { DestinationTag: 3 })).digest);
    expect(decision.explanation).toEqual([
      `Payment of ${ALICE}, fee 0.000012 XRP`,
      `  gives 150 XRP to ${BOB}`,
      '  destination tag 3',
      'tier 2: waits, and can be vetoed',
      'tier 2: 150 XRP is above 100 XRP [ABOVE_AUTONOMOUS_AMOUNT]',
    ]);
    expect(decision.limitsAfter).toMatchObject({ dailyRemaining: 4_850n * XRP - 12n, hourlyTransactionsRemaining: 49 });
  });

  test('W21: a check and a signature are the same function with the same answer', () => {
    const first = decideTx(payment(50n * XRP));
    expect(decideTx(payment(50n * XRP))).toEqual(first);
  });
});
