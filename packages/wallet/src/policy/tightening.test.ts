import { type JsonObject, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../decide/decide.ts';
import type { UsageSnapshot } from '../decide/usage.ts';
import { ALICE, BOB, CAROL, HASH, intentOf, memo, payment, tx, usd } from '../fixture.ts';
import type { Address } from '../xrpl/address.ts';
import { compilePolicy } from './compile.ts';
import { canonical, loadPolicy } from './load.ts';
import type { WalletPolicy } from './model.ts';
import { presetPolicy } from './presets.ts';
import type { Rule } from './rule.ts';
import { compareStrictness } from './strictness.ts';

const addresses = fc.uniqueArray(fc.constantFrom(BOB as Address, CAROL as Address), { maxLength: 2 });
const drops = fc.bigInt({ min: 0n, max: 300n });
/** Mostly far away: where everything is prohibited anyway, nothing shows. */
const mostly = <T>(usual: T, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rare });
const far = 1_000_000n;
const types = (max: number) =>
  fc.uniqueArray(fc.constantFrom<string>('Payment', 'OfferCreate', 'TrustSet', 'SetRegularKey'), { maxLength: max });
const rule: fc.Arbitrary<Rule> = fc.record({
  id: fc.constantFrom('rule-a', 'rule-b', 'rule-c'),
  name: fc.constant('r'),
  priority: fc.integer({ min: 1, max: 3 }),
  enabled: fc.boolean(),
  condition: fc.constantFrom<Rule['condition']>(
    { always: true },
    { field: 'amount_drops', operator: '<', value: { number: '50' } },
    { field: 'is_new_destination', operator: '==', value: { boolean: false } },
  ),
  tier: fc.constantFrom(1, 2, 3, 4),
  reason: fc.constant(null),
  delaySeconds: fc.constant(null),
});

/** Small figures, so that transactions fall on both sides of each. */
const policies: fc.Arbitrary<WalletPolicy> = fc
  .record({
    enabled: mostly(true, fc.constant(false)),
    amounts: fc.tuple(drops, drops, mostly(far, drops)),
    volumes: fc.tuple(mostly(far, drops), mostly(far, drops)),
    volumePerDay: mostly(far, drops),
    perHour: mostly(4, fc.integer({ min: 1, max: 3 })),
    perDay: mostly(4, fc.integer({ min: 1, max: 3 })),
    destinationsPerDay: mostly(3, fc.integer({ min: 1, max: 2 })),
    cooldown: mostly<WalletPolicy['limits']['cooldown']>(
      null,
      fc.record({ threshold: drops, seconds: fc.integer({ min: 60, max: 120 }) }),
    ),
    fee: mostly(12n, fc.bigInt({ min: 10n, max: 14n })),
    prohibited: mostly<string[]>([], types(2)),
    autonomous: types(4),
    cosign: mostly<string[]>([], types(2)),
    allowed: mostly<string[] | null>(
      null,
      types(4).map((list) => ['DIDDelete', ...list]),
    ),
    tiers: fc.dictionary(fc.constantFrom('Payment', 'TrustSet'), fc.constantFrom(1, 2, 3, 4), { maxKeys: 2 }),
    maxAmounts: fc.dictionary(fc.constant('Payment'), drops, { maxKeys: 1 }),
    allow: addresses,
    block: mostly<Address[]>([], addresses),
    mode: fc.constantFrom('allowlist' as const, 'open' as const),
    learn: fc.boolean(),
    newTier: fc.constantFrom(1 as const, 1 as const, 2 as const, 3 as const, 4 as const),
    requireTag: fc.boolean(),
    patterns: fc.uniqueArray(fc.constantFrom('wire', 'inv.*'), { maxLength: 2 }),
    time: fc.option(
      fc.record({
        startHour: fc.integer({ min: 0, max: 23 }),
        endHour: fc.integer({ min: 0, max: 23 }),
        days: fc.constant([1, 2, 3, 4, 5]),
        timezone: fc.constant('UTC'),
      }),
    ),
    rates: fc.dictionary(fc.constant(`USD.${BOB}`), fc.constantFrom('1', '2', '100'), { maxKeys: 1 }),
    unrated: fc.constantFrom(3 as const, 4 as const),
    uncounted: fc.constantFrom(2 as const, 3 as const, 4 as const),
    rules: fc.uniqueArray(rule, { maxLength: 2, selector: ({ id }) => id }),
  })
  .map((given): WalletPolicy => {
    const base = presetPolicy('testnet');
    const ascending = (list: readonly bigint[]) => list.toSorted((a, b) => (a < b ? -1 : 1));
    const [autonomousMax, delayedMax, transactionMax] = ascending(given.amounts) as [bigint, bigint, bigint];
    const [autonomous, delayed] = ascending(given.volumes) as [bigint, bigint];
    const banned = new Set(given.prohibited);
    return {
      ...base,
      enabled: given.enabled,
      amounts: { autonomousMax, delayedMax, transactionMax },
      tierVolumes: { autonomous, delayed },
      limits: {
        ...base.limits,
        perHour: given.perHour,
        perDay: given.perDay,
        destinationsPerDay: given.destinationsPerDay,
        volumePerDay: given.volumePerDay,
        cooldown: given.cooldown,
      },
      fee: { ...base.fee, max: given.fee },
      types: {
        allowed: given.allowed?.filter((name) => !banned.has(name)) ?? null,
        autonomous: given.autonomous.filter((name) => !banned.has(name)),
        cosign: given.cosign.filter((name) => !banned.has(name)),
        prohibited: given.prohibited,
        tiers: given.tiers as WalletPolicy['types']['tiers'],
        maxAmounts: given.maxAmounts,
      },
      destinations: {
        ...base.destinations,
        mode: given.mode,
        learn: given.learn,
        newTier: given.newTier,
        allow: given.allow.filter((address) => !given.block.includes(address)),
        block: given.block,
        exchanges: given.requireTag ? [{ address: BOB as Address, name: 'x', requireTag: true }] : [],
      },
      memos: { patterns: given.patterns },
      time: given.time,
      values: { rates: given.rates, unrated: given.unrated, uncounted: given.uncounted },
      rules: given.rules,
    };
  });

/** Two policies that differ in few parts: most pairs of random ones would be loosenings. */
const pairs = fc
  .tuple(
    policies,
    policies,
    fc.uniqueArray(fc.constantFrom(...Object.keys(presetPolicy('testnet'))), { minLength: 1, maxLength: 2 }),
  )
  .map(([before, other, parts]): [WalletPolicy, WalletPolicy] => [
    before,
    Object.fromEntries(
      Object.entries(before).map(([name, value]) => [
        name,
        parts.includes(name) ? (other as unknown as Record<string, unknown>)[name] : value,
      ]),
    ) as unknown as WalletPolicy,
  ]);

const transactions: readonly JsonObject[] = [
  payment('0'),
  payment('60'),
  payment('200', { DestinationTag: 0 }),
  payment('5', { Destination: CAROL, Memos: [memo('wire it')] }),
  payment('1', { Amount: usd('3') }),
  payment('1', { Amount: usd('1'), SendMax: '40' }),
  tx({ TransactionType: 'OfferCreate', TakerGets: '30', TakerPays: usd('1') }),
  tx({ TransactionType: 'TrustSet', LimitAmount: usd('1') }),
  tx({ TransactionType: 'SetRegularKey', RegularKey: CAROL }),
  tx({ TransactionType: 'NFTokenBurn', NFTokenID: HASH }),
  tx({ TransactionType: 'DIDDelete' }),
];
const intents = transactions.map(intentOf);
const NOW = Date.UTC(2026, 0, 14, 12);
const usage: UsageSnapshot = {
  hourCount: 1,
  dayCount: 2,
  dayVolume: { autonomous: 40n, delayed: 30n, cosign: 20n },
  dayDestinations: new Set(['rOther']),
  isKnown: (address) => address === BOB,
  lastSpendOver: (threshold) => (threshold <= 100n ? NOW - 90_000 : null),
  hourResetsAt: NOW + 1,
  dayResetsAt: NOW + 2,
};

describe('tightening', () => {
  verifies('XR-POL-5');

  test('never lowers the tier of any transaction', () => {
    let tightenings = 0;
    let loosened = 0;
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [before, after] = [canonical(a), canonical(b)];
        if (!before.ok || !after.ok) return;
        const [old, next] = [unwrap(compilePolicy(before.value)), unwrap(compilePolicy(after.value))];
        const { verdict } = compareStrictness(old, next);
        for (const intent of intents) {
          const context = { account: ALICE, now: NOW, ledgerIndex: 100 };
          const [was, is] = [decide(intent, old, usage, context).tier, decide(intent, next, usage, context).tier];
          if (verdict === 'loosening' && is < was) loosened++;
          if (verdict === 'tightening') expect([intent.type, is >= was]).toEqual([intent.type, true]);
        }
        if (verdict === 'tightening') tightenings++;
      }),
      { numRuns: 600 },
    );
    expect(tightenings).toBeGreaterThan(30);
    expect(loosened).toBeGreaterThan(30); // control: the same transactions do notice a loosening
  });
});

describe('loadPolicy', () => {
  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom('', 'policy_id', 'format', 'tiers'),
        (text, name) => {
          expect(loadPolicy(name === '' ? text : `{"${name}":${text}}`, { network: 'testnet' }).ok).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
