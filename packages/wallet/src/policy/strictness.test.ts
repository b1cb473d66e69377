import { unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { BOB, CAROL } from '../fixture.ts';
import type { Address } from '../xrpl/address.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import { policyChange } from './history.ts';
import { policyToJson } from './json.ts';
import { canonical } from './load.ts';
import type { WalletPolicy } from './model.ts';
import { presetPolicy } from './presets.ts';
import type { Rule } from './rule.ts';
import { COMPARED_FIELDS, compareStrictness, flatten } from './strictness.ts';
import { checkVersion, nextVersion } from './version.ts';

const [bob, carol] = [BOB as Address, CAROL as Address];
const blocking: Rule = {
  id: 'rule-a',
  name: 'a',
  priority: 5,
  enabled: true,
  condition: { always: true },
  tier: 4,
  reason: null,
  delaySeconds: null,
};
const start: WalletPolicy = {
  ...presetPolicy('mainnet'),
  amounts: { autonomousMax: 100n, delayedMax: 1_000n, transactionMax: 10_000n },
  limits: { ...presetPolicy('mainnet').limits, cooldown: { threshold: 500n, seconds: 300 } },
  types: { ...presetPolicy('mainnet').types, maxAmounts: { Payment: 50n } },
  destinations: {
    ...presetPolicy('mainnet').destinations,
    mode: 'allowlist',
    allow: [bob],
    exchanges: [{ address: bob, name: 'x', requireTag: true }],
  },
  time: { startHour: 9, endHour: 17, days: [1, 2, 3], timezone: 'UTC' },
  values: { rates: { [`USD.${BOB}`]: '2000000' }, unrated: 4, uncounted: 3 },
};
const compile = (policy: WalletPolicy): CompiledPolicy => unwrap(compilePolicy(unwrap(canonical(policy))));
const previous = compile(start);
type Change = { [K in keyof WalletPolicy]?: Partial<WalletPolicy[K]> | WalletPolicy[K] };
const changed = (change: Change): WalletPolicy =>
  Object.fromEntries(
    Object.entries(start).map(([name, value]) => {
      const to = (change as Record<string, unknown>)[name];
      if (to === undefined) return [name, value];
      const isPart = typeof to === 'object' && to !== null && !Array.isArray(to) && value !== null;
      return [name, isPart ? { ...(value as object), ...to } : to];
    }),
  ) as unknown as WalletPolicy;
const verdict = (change: Change) => {
  const compared = compareStrictness(previous, compile(changed(change)));
  return `${compared.verdict} ${compared.bump}`;
};

describe('compareStrictness', () => {
  verifies('XR-POL-5');

  test('knows every field of the model', () => {
    const fields = [...flatten(policyToJson(start)).keys()];
    expect(fields.filter((field) => !COMPARED_FIELDS.includes(field))).toEqual([]);
    expect(COMPARED_FIELDS.filter((field) => !fields.includes(field))).toEqual([]);
  });

  test('W21: the same policy changes nothing', () => {
    expect(compareStrictness(previous, compile(start))).toEqual({
      verdict: 'same',
      changes: [],
      restricted: [],
      bump: 'none',
    });
  });

  test.each<[string, Change, Change]>([
    ['amounts', { amounts: { autonomousMax: 101n } }, { amounts: { autonomousMax: 99n } }],
    ['hourly limit', { limits: { perHour: 51 } }, { limits: { perHour: 49 } }],
    ['volume', { limits: { volumePerDay: 10n ** 10n } }, { limits: { volumePerDay: 1n } }],
    ['cooldown', { limits: { cooldown: null } }, { limits: { cooldown: { threshold: 400n, seconds: 300 } } }],
    ['fee', { fee: { max: 100_001n } }, { fee: { max: 99_999n } }],
    [
      'prohibited types',
      { types: { prohibited: ['Clawback'] } },
      { types: { prohibited: [...start.types.prohibited, 'TrustSet'] } },
    ],
    [
      'autonomous types',
      { types: { autonomous: [...start.types.autonomous, 'TrustSet'] } },
      { types: { autonomous: ['Payment'] } },
    ],
    ['type amounts', { types: { maxAmounts: {} } }, { types: { maxAmounts: { Payment: 49n, TrustSet: 1n } } }],
    ['new destinations', { destinations: { newTier: 2 } }, { destinations: { newTier: 4 } }],
    ['allowlist', { destinations: { allow: [bob, carol] } }, { destinations: { allow: [] } }],
    [
      'exchange tags',
      { destinations: { exchanges: [] } },
      {
        destinations: { exchanges: [...start.destinations.exchanges, { address: carol, name: 'y', requireTag: true }] },
      },
    ],
    ['memo patterns', { memos: { patterns: [] } }, { memos: { patterns: [...start.memos.patterns, 'wire'] } }],
    ['hours', { time: { endHour: 18 } }, { time: { endHour: 16 } }],
    ['delay', { delayed: { seconds: 299 } }, { delayed: { seconds: 301 } }],
    ['quorum', { cosign: { quorum: 1 } }, { cosign: { quorum: 3 } }],
    [
      'rates',
      { values: { rates: { [`USD.${BOB}`]: '1999999' } } },
      { values: { rates: { [`USD.${BOB}`]: '2000001' } } },
    ],
    ['tier of what has no rate', { values: { unrated: 3 } }, { values: { rates: {} } }],
  ])('%s: up is loosening, down is tightening', (_, looser, tighter) => {
    expect([verdict(looser).split(' ')[0], verdict(tighter).split(' ')[0]]).toEqual(['loosening', 'tightening']);
  });

  test.each<[string, Change, string]>([
    ['no hours at all', { time: null as never }, 'loosening patch'],
    ['the same hours of another zone', { time: { timezone: 'Europe/Berlin' } }, 'loosening patch'],
    ['from allowlist to open', { destinations: { mode: 'open' } }, 'loosening major'],
    ['no veto', { delayed: { veto: false } }, 'loosening major'],
    ['another co-signer', { cosign: { signers: [carol], quorum: 2 } }, 'loosening major'],
    ['a day that begins elsewhere', { limits: { dailyResetUtcHour: 1 } }, 'loosening major'],
    ['a rule that prohibits', { rules: [blocking] }, 'tightening major'],
    ['a rule that allows', { rules: [{ ...blocking, tier: 1 }] }, 'loosening major'],
    ['fewer notices', { notifications: { notifyOn: [] } }, 'loosening patch'],
    ['a blocked address', { destinations: { block: [carol] } }, 'tightening minor'],
    ['disabled', { enabled: false }, 'tightening major'],
  ])('%s', (_, change, expected) => {
    expect(verdict(change)).toBe(expected);
  });

  test('a list or a rate that a rule reads changes under an approval only', () => {
    const reading: Rule = {
      ...blocking,
      condition: { field: 'destination', operator: 'in', value: { ref: 'blocklist.addresses' } },
    };
    const ruled = { ...start, rules: [reading] };
    const blocked = { ...ruled, destinations: { ...start.destinations, block: [carol] } };
    expect(compareStrictness(compile(ruled), compile(blocked)).verdict).toBe('loosening');
  });

  test('to take a rate away is a loosening where what has none is not prohibited', () => {
    const gone = { ...start, values: { ...start.values, rates: {}, unrated: 3 as const } };
    const lenient = { ...start, values: { ...start.values, unrated: 3 as const } };
    expect(compareStrictness(compile(lenient), compile(gone)).verdict).toBe('loosening');
  });

  test('one loosening among tightenings is a loosening, and is named', () => {
    const compared = compareStrictness(previous, compile(changed({ limits: { perHour: 40, perDay: 201 } })));
    expect(compared.verdict).toBe('loosening');
    expect(compared.restricted).toEqual([
      { field: 'limits.perDay', operation: 'changed', previous: 200, next: 201, restricted: true },
    ]);
  });
});

describe('versions and history', () => {
  verifies('XR-POL-5');

  test.each([
    ['patch', '1.2.4'],
    ['minor', '1.3.0'],
    ['major', '2.0.0'],
    ['none', '1.2.3'],
  ] as const)('%s after 1.2.3 is %s', (bump, version) => {
    expect(nextVersion('1.2.3', bump)).toBe(version);
  });

  test.each([
    ['1.2.3', '1.2.4', 'patch', true],
    ['1.2.3', '1.3.0', 'patch', true],
    ['1.2.3', '1.2.9', 'minor', false],
    ['1.9.0', '1.10.0', 'minor', true],
    ['1.2.3', '1.9.9', 'major', false],
    ['1.2.3', '2.0.0', 'major', true],
    ['1.2.3', '1.2.2', 'none', false],
    ['1.2', '1.3.0', 'minor', false],
  ] as const)('%s to %s for a %s change: %s', (from, to, bump, ok) => {
    expect(checkVersion(from, to, bump).ok).toBe(ok);
  });

  test('a change leaves who, why, what, and both hashes', () => {
    const given = { by: 'operator', reason: 'fewer transactions', at: 0 };
    const next = compile(changed({ limits: { perHour: 40 }, version: '2.0.0' }));
    expect(unwrap(policyChange(previous, next, given))).toMatchObject({
      version: '2.0.0',
      policyHash: next.hash,
      previousPolicyHash: previous.hash,
      verdict: 'tightening',
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    expect(policyChange(previous, compile(changed({ limits: { perHour: 40 } })), given)).toMatchObject({
      error: { code: 'INVALID_VERSION' },
    });
    expect(policyChange(previous, compile(changed({ id: 'other' })), given)).toMatchObject({
      error: { code: 'INVALID_POLICY' },
    });
    expect(policyChange(previous, next, { ...given, reason: 'short' })).toMatchObject({
      error: { code: 'INVALID_POLICY' },
    });
  });
});
