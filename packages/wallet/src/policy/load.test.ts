import { unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { WalletError } from '../error.ts';
import { ALICE, BOB, CAROL } from '../fixture.ts';
import { policyHash } from './compile.ts';
import { policyToJson } from './json.ts';
import { canonical, loadPolicy, mergePatch, type PolicyFault } from './load.ts';
import { NETWORKS, type Network } from './model.ts';
import { presetPolicy } from './presets.ts';

const A = {
  policy_id: 'agent-1',
  policy_version: '1.2.0',
  limits: {
    max_amount_per_tx_drops: '500000000',
    max_daily_volume_drops: '1000000000',
    max_tx_per_hour: 10,
    max_tx_per_day: 100,
  },
  destinations: {
    mode: 'allowlist',
    allowlist: [BOB],
    blocklist: [CAROL],
    allow_new_destinations: true,
    new_destination_tier: 2,
  },
  transaction_types: { allowed: ['Payment', 'OfferCreate'], require_approval: ['EscrowCreate'], blocked: ['TrustSet'] },
  time_controls: { active_hours_utc: { start: 8, end: 18 }, active_days: [1, 2, 3, 4, 5], timezone: 'UTC' },
  escalation: { amount_threshold_drops: '10000000', new_destination: 3, account_settings: 3, delay_seconds: 120 },
  notifications: { webhook_url: 'https://example.org/hook', notify_on: ['tier2', 'tier3'] },
};
const B = {
  version: '1.0',
  name: 'default-mainnet-policy',
  network: 'mainnet',
  tiers: {
    autonomous: { max_amount_xrp: 0.1, daily_limit_xrp: 1000 },
    delayed: { max_amount_xrp: 1000, daily_limit_xrp: 10000, delay_seconds: 300 },
    cosign: { min_amount_xrp: 1000, signer_quorum: 2, signer_addresses: [ALICE, CAROL] },
    prohibited: {},
  },
  rules: [
    {
      id: 'rule-high',
      name: 'high',
      priority: 20,
      condition: { field: 'amount_xrp', operator: '>=', value: 500.5 },
      action: { tier: 'cosign' },
    },
    {
      id: 'rule-block',
      name: 'block',
      priority: 10,
      condition: { field: 'destination', operator: 'in', value: { ref: 'blocklist.addresses' } },
      action: { tier: 'prohibited', reason: 'blocked' },
    },
  ],
  blocklist: { addresses: [BOB] },
  limits: { daily_reset_utc_hour: 6, max_transactions_per_hour: 100, max_transactions_per_day: 1000 },
};

const load = (json: unknown, network: Network = 'mainnet') =>
  loadPolicy(typeof json === 'string' ? json : JSON.stringify(json), { network });
const faultOf = (json: unknown, network: Network = 'mainnet'): string => {
  const loaded = load(json, network);
  return loaded.ok ? 'ok' : `${loaded.error.code} ${(faults(loaded.error)[0]?.path ?? '').toString()}`.trim();
};
const faults = (error: WalletError): readonly PolicyFault[] => (error.details.faults ?? []) as readonly PolicyFault[];

describe('loadPolicy', () => {
  verifies('XR-POL-5');

  test('reads format A', () => {
    const { policy } = unwrap(load(A, 'testnet'));
    expect(policy).toMatchObject({
      id: 'agent-1',
      version: '1.2.0',
      network: 'testnet',
      amounts: { autonomousMax: 10_000_000n, delayedMax: 100_000_000n, transactionMax: 500_000_000n },
      limits: { perHour: 10, perDay: 100, volumePerDay: 1_000_000_000n },
      types: {
        allowed: ['EscrowCreate', 'OfferCreate', 'Payment'],
        autonomous: ['OfferCreate', 'Payment'],
        cosign: ['EscrowCreate'],
        prohibited: ['TrustSet'],
      },
      destinations: { mode: 'allowlist', allow: [BOB], block: [CAROL], newTier: 3, learn: false },
      time: { startHour: 8, endHour: 18, days: [1, 2, 3, 4, 5], timezone: 'UTC' },
      delayed: { seconds: 120 },
    });
  });

  test('reads format B, XRP numbers exactly', () => {
    const { policy, rules } = unwrap(load(B));
    expect(policy).toMatchObject({
      id: 'default-mainnet-policy',
      version: '1.0.0',
      amounts: { autonomousMax: 100_000n, delayedMax: 1_000_000_000n },
      tierVolumes: { autonomous: 1_000_000_000n, delayed: 10_000_000_000n },
      limits: { dailyResetUtcHour: 6, volumePerDay: 10_000_000_000n, destinationsPerDay: 50 },
      fee: { max: 100_000n },
      destinations: { newTier: 3, block: [BOB], learn: false },
      cosign: { quorum: 2, timeoutHours: 24 },
    });
    expect(rules.map(({ rule }) => rule.id)).toEqual(['rule-block', 'rule-high']);
    expect(policy.memos.patterns).toContain('ignore.*previous');
  });

  test.each(NETWORKS)('the preset for %s is sound and reads back to itself', (network) => {
    const preset = unwrap(canonical(presetPolicy(network)));
    const again = unwrap(load(policyToJson(preset), network));
    expect(again.policy).toEqual(preset);
    expect(again.hash).toBe(policyHash(preset));
  });

  test.each<[string, unknown, string]>([
    ['an unknown key', { ...A, extra: 1 }, 'INVALID_POLICY /extra'],
    ['an unknown nested key', { ...B, limits: { ...B.limits, max: 1 } }, 'INVALID_POLICY /limits/max'],
    [
      'W19: a wrong checksum',
      { ...A, destinations: { ...A.destinations, allowlist: ['rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi'] } },
      'INVALID_POLICY /destinations/allowlist/0',
    ],
    [
      'an unknown type',
      { ...A, transaction_types: { allowed: ['FooBar'] } },
      'INVALID_POLICY /transaction_types/allowed/0',
    ],
    ['no type', { ...A, transaction_types: { allowed: [] } }, 'INVALID_POLICY /transaction_types/allowed'],
    [
      'a type allowed and blocked',
      { ...A, transaction_types: { allowed: ['Payment'], blocked: ['Payment'] } },
      'INVALID_POLICY /transaction_types/allowed',
    ],
    [
      'limits that contradict',
      { ...A, limits: { ...A.limits, max_amount_per_tx_drops: '1000000001' } },
      'INVALID_POLICY /limits/max_amount_per_tx_drops',
    ],
    [
      'a plain http webhook',
      { ...A, notifications: { webhook_url: 'http://example.org' } },
      'INVALID_POLICY /notifications/webhook_url',
    ],
    [
      'a delay too short',
      { ...A, escalation: { ...A.escalation, delay_seconds: 59 } },
      'INVALID_POLICY /escalation/delay_seconds',
    ],
    [
      'seven decimals of XRP',
      { ...B, tiers: { ...B.tiers, autonomous: { max_amount_xrp: 0.1234567, daily_limit_xrp: 1 } } },
      'INVALID_POLICY /tiers/autonomous/max_amount_xrp',
    ],
    ['no rules', { ...B, rules: [] }, 'INVALID_POLICY /rules'],
    [
      'a secret in the policy',
      { ...B, escalation: { webhook_secret: 'x'.repeat(32) } },
      'INVALID_POLICY /escalation/webhook_secret',
    ],
    [
      'a timeout that approves',
      { ...B, escalation: { auto_deny_on_timeout: false } },
      'INVALID_POLICY /escalation/auto_deny_on_timeout',
    ],
    ['another network', { ...B, network: 'testnet' }, 'INVALID_POLICY /network'],
    [
      'an unknown zone',
      { ...A, time_controls: { active_days: [1], timezone: 'Mars/Base' } },
      'INVALID_POLICY /time_controls/timezone',
    ],
    ['no object', [], 'INVALID_POLICY'],
    ['W20: a pattern that does not work', { ...B, blocklist: { memo_patterns: ['('] } }, 'INVALID_PATTERN'],
    [
      'W20: a rule whose pattern does not work',
      { ...B, rules: [{ ...B.rules[0], condition: { field: 'memo', operator: 'matches', value: '(?=x)' } }] },
      'INVALID_PATTERN',
    ],
    [
      'a rule that compares text with a number',
      { ...B, rules: [{ ...B.rules[0], condition: { field: 'amount_xrp', operator: '>', value: 'x' } }] },
      'INVALID_POLICY',
    ],
  ])('refuses %s', (_, json, expected) => {
    expect(faultOf(json)).toBe(expected);
  });

  test('says line and column', () => {
    const text = JSON.stringify(A, null, 2).replace('"max_tx_per_hour": 10', '"max_tx_per_hour": 0');
    const loaded = load(text);
    const line = text.split('\n').findIndex((item) => item.includes('max_tx_per_hour')) + 1;
    expect(loaded.ok ? [] : faults(loaded.error)).toMatchObject([
      { path: '/limits/max_tx_per_hour', line, column: 24 },
    ]);
  });

  test('refuses duplicate keys, whose meaning readers differ on', () => {
    expect(load(JSON.stringify(A).replace('{', '{"policy_id":"x",')).ok).toBe(false);
  });

  test('one meaning has one hash, and one change another', () => {
    const shuffled = {
      ...A,
      transaction_types: { ...A.transaction_types, allowed: ['OfferCreate', 'Payment', 'OfferCreate'] },
    };
    expect(unwrap(load(shuffled)).hash).toBe(unwrap(load(A)).hash);
    expect(unwrap(load({ ...A, policy_version: '1.2.1' })).hash).not.toBe(unwrap(load(A)).hash);
  });

  test('merges by RFC 7396: arrays whole, null unsets', () => {
    expect(mergePatch({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, d: null, e: 2 })).toEqual({
      a: { b: 1, c: [3] },
      e: 2,
    });
  });
});
