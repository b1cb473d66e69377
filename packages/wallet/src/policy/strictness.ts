import { canonicalize, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { compareDecimals, parseDecimal } from '../amount/decimal.ts';
import { isActive } from '../decide/active-hours.ts';
import { tierOfType } from '../decide/types.ts';
import { isTransactionType, TRANSACTION_TYPES } from '../xrpl/transaction-types.ts';
import type { CompiledPolicy } from './compile.ts';
import { policyToJson } from './json.ts';
import type { WalletPolicy } from './model.ts';
import { type Bump, greaterBump, skipsVersions } from './version.ts';

/** One difference between two policies. */
export interface PolicyChange {
  /** Where, with dots: `limits.perHour`. */
  readonly field: string;
  readonly operation: 'added' | 'removed' | 'changed';
  readonly previous: Json;
  readonly next: Json;
  /** Whether it allows something that was not allowed before, or cannot be shown not to. */
  readonly restricted: boolean;
}

export interface StrictnessComparison {
  /** `loosening` where any change is restricted: only with an approval bound to exactly these two policies. */
  readonly verdict: 'same' | 'tightening' | 'loosening';
  readonly changes: readonly PolicyChange[];
  /** The restricted ones. */
  readonly restricted: readonly PolicyChange[];
  readonly bump: Bump;
}

interface FieldRule {
  readonly bump: Exclude<Bump, 'none'>;
  readonly loosens: (previous: CompiledPolicy, next: CompiledPolicy) => boolean;
}

type Get<T> = (policy: WalletPolicy) => T;
const rule = (
  bump: FieldRule['bump'],
  loosens: (previous: WalletPolicy, next: WalletPolicy) => boolean,
): FieldRule => ({
  bump,
  loosens: (previous, next) => loosens(previous.policy, next.policy),
});
const up = (get: Get<bigint | number>, bump: FieldRule['bump'] = 'major') => rule(bump, (a, b) => get(b) > get(a));
const down = (get: Get<bigint | number>) => rule('major', (a, b) => get(b) < get(a));
const turnedOn = (get: Get<boolean>) => rule('major', (_, b) => get(b));
const turnedOff = (get: Get<boolean>, bump: FieldRule['bump'] = 'major') => rule(bump, (_, b) => !get(b));
const always: FieldRule = rule('major', () => true);
const never = (bump: FieldRule['bump']) => rule(bump, () => false);
const grew = (get: Get<readonly unknown[]>) => rule('minor', (a, b) => get(b).some((item) => !get(a).includes(item)));
const shrank = (get: Get<readonly unknown[]>) => rule('minor', (a, b) => get(a).some((item) => !get(b).includes(item)));

/** Any type that starts in a lower tier than before; said of every list that has a part in it. */
const types: FieldRule = {
  bump: 'major',
  loosens: (previous, next) =>
    Object.keys(TRANSACTION_TYPES).some(
      (name) => isTransactionType(name) && tierOfType(name, next) < tierOfType(name, previous),
    ),
};

/** What each field's change means. A field that is not here is restricted: deny by default. */
const FIELDS: Readonly<Record<string, FieldRule>> = {
  id: always,
  network: always,
  version: rule('patch', (a, b) => skipsVersions(a.version, b.version)),
  description: never('patch'),
  enabled: turnedOn(({ enabled }) => enabled),
  'ledger.networkId': always,
  'ledger.maxLedgersAhead': up(({ ledger }) => ledger.maxLedgersAhead),
  'amounts.autonomousMax': up(({ amounts }) => amounts.autonomousMax),
  'amounts.delayedMax': up(({ amounts }) => amounts.delayedMax),
  'amounts.transactionMax': up(({ amounts }) => amounts.transactionMax),
  'tierVolumes.autonomous': up(({ tierVolumes }) => tierVolumes.autonomous),
  'tierVolumes.delayed': up(({ tierVolumes }) => tierVolumes.delayed),
  'limits.perHour': up(({ limits }) => limits.perHour),
  'limits.perDay': up(({ limits }) => limits.perDay),
  'limits.destinationsPerDay': up(({ limits }) => limits.destinationsPerDay),
  'limits.volumePerDay': up(({ limits }) => limits.volumePerDay),
  // Another hour begins another day at once.
  'limits.dailyResetUtcHour': always,
  'limits.cooldown': rule('major', ({ limits: a }, { limits: b }) => {
    if (a.cooldown === null) return false;
    return (
      b.cooldown === null || b.cooldown.threshold > a.cooldown.threshold || b.cooldown.seconds < a.cooldown.seconds
    );
  }),
  'fee.max': up(({ fee }) => fee.max),
  'fee.reserveMax': up(({ fee }) => fee.reserveMax),
  'types.allowed': types,
  'types.autonomous': types,
  'types.cosign': types,
  'types.prohibited': types,
  'types.tiers': types,
  'types.maxAmounts': rule('major', ({ types: a }, { types: b }) =>
    Object.entries(a.maxAmounts).some(([name, most]) => {
      const after = b.maxAmounts[name];
      return after === undefined || after > most;
    }),
  ),
  'destinations.mode': rule(
    'major',
    (a, b) => a.destinations.mode === 'allowlist' && b.destinations.mode !== 'allowlist',
  ),
  'destinations.allow': grew(({ destinations }) => destinations.allow),
  'destinations.block': shrank(({ destinations }) => destinations.block),
  'destinations.blockedIssuers': shrank(({ destinations }) => destinations.blockedIssuers),
  'destinations.newTier': down(({ destinations }) => destinations.newTier),
  'destinations.learn': turnedOn(({ destinations }) => destinations.learn),
  // Only rules read them, and a rule may mean either by them.
  'destinations.trustedTags': { ...always, bump: 'minor' },
  'destinations.exchanges': rule('minor', ({ destinations: a }, { destinations: b }) =>
    a.exchanges.some(
      ({ address, requireTag }) =>
        requireTag && !b.exchanges.some((item) => item.address === address && item.requireTag),
    ),
  ),
  'memos.patterns': shrank(({ memos }) => memos.patterns),
  time: rule('patch', (a, b) => hoursGrew(a.time, b.time)),
  'delayed.seconds': down(({ delayed }) => delayed.seconds),
  'delayed.veto': turnedOff(({ delayed }) => delayed.veto),
  // Who is not told cannot veto.
  'delayed.notify': turnedOff(({ delayed }) => delayed.notify, 'patch'),
  'cosign.quorum': down(({ cosign }) => cosign.quorum),
  'cosign.timeoutHours': up(({ cosign }) => cosign.timeoutHours),
  'cosign.notify': turnedOff(({ cosign }) => cosign.notify, 'patch'),
  // Another signer is another person's word.
  'cosign.signers': always,
  'values.rates': rule('major', ({ values: a }, { values: b }) => {
    const assets = new Set([...Object.keys(a.rates), ...Object.keys(b.rates)]);
    return [...assets].some((asset) => {
      const [before, after] = [a.rates[asset], b.rates[asset]];
      // Without its rate an asset meets no limit: tighter only where it is then prohibited.
      if (after === undefined) return b.unrated !== 4;
      return before === undefined || isLess(after, before);
    });
  }),
  'values.unrated': down(({ values }) => values.unrated),
  'values.uncounted': down(({ values }) => values.uncounted),
  rules: rule('major', rulesLoosen),
  // Notices name accounts and amounts: another receiver is told them, and the old one no more.
  'notifications.webhookUrl': { ...always, bump: 'patch' },
  'notifications.notifyOn': { ...shrank(({ notifications }) => notifications.notifyOn), bump: 'patch' },
};

/**
 * Compares two policies of a wallet. Tightening may be applied at once; loosening needs an approval (XR-WAL-6). What
 * cannot be shown to be no loosening counts as one.
 */
export function compareStrictness(previous: CompiledPolicy, next: CompiledPolicy): StrictnessComparison {
  const before = flatten(policyToJson(previous.policy));
  const after = flatten(policyToJson(next.policy));
  const changes: PolicyChange[] = [];
  let bump: Bump = 'none';
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const from = before.get(field) ?? null;
    const to = after.get(field) ?? null;
    if (canonicalize(from) === canonicalize(to)) continue;
    const known = FIELDS[field];
    const restricted = known === undefined || known.loosens(previous, next) || ruleReads(previous, field);
    const operation = from === null ? 'added' : to === null ? 'removed' : 'changed';
    changes.push({ field, operation, previous: from, next: to, restricted });
    if (field !== 'version') bump = greaterBump(bump, known?.bump ?? 'major');
  }
  const restricted = changes.filter((change) => change.restricted);
  const verdict = changes.length === 0 ? 'same' : restricted.length === 0 ? 'tightening' : 'loosening';
  return { verdict, changes, restricted, bump };
}

/** Fields that a rule may read, and how its condition spells that. */
const READ_BY_RULES: Readonly<Record<string, readonly string[]>> = {
  'destinations.allow': ['"ref"', 'is_new_destination'],
  'destinations.block': ['"ref"'],
  'destinations.mode': ['is_new_destination'],
  'destinations.learn': ['is_new_destination'],
  'memos.patterns': ['"ref"'],
  'values.rates': ['amount_'],
};

/** Whether a rule that makes stricter may stop to match by the field's change, whichever way it changes. */
function ruleReads({ rules }: CompiledPolicy, field: string): boolean {
  const spellings = READ_BY_RULES[field];
  if (spellings === undefined) return false;
  const conditions = canonicalize(rules.filter((item) => item.rule.tier > 1).map((item) => item.rule.condition));
  return spellings.some((spelling) => conditions.includes(spelling));
}

/** The fields that {@link compareStrictness} knows; for the test that none is missing. */
export const COMPARED_FIELDS: readonly string[] = Object.keys(FIELDS);

/** Two levels deep: as deep as the model's fields go that are decided on as one. */
export function flatten(json: JsonObject): Map<string, Json> {
  const flat = new Map<string, Json>();
  for (const [name, value] of Object.entries(json)) {
    if (name === 'format') continue;
    if (name === 'time' || !isJsonObject(value)) flat.set(name, value);
    else for (const [inner, member] of Object.entries(value)) flat.set(`${name}.${inner}`, member);
  }
  return flat;
}

function hoursGrew(before: WalletPolicy['time'], after: WalletPolicy['time']): boolean {
  if (before === null) return false;
  if (after === null || before.timezone !== after.timezone) return true;
  // The hours of one week, read as UTC in both: only their difference matters.
  const [a, b] = [before, after].map((time) => ({ ...time, timezone: 'UTC' })) as [typeof before, typeof after];
  return Array.from({ length: 168 }, (_, hour) => hour * 3_600_000).some((at) => isActive(at, b) && !isActive(at, a));
}

/** Only added rules that prohibit are sure to tighten: all others may keep a stricter one from being reached. */
function rulesLoosen(before: WalletPolicy, after: WalletPolicy): boolean {
  const had = new Set(before.rules.map((item) => canonicalize(item)));
  const has = new Set(after.rules.map((item) => canonicalize(item)));
  const removed = [...had].some((item) => !has.has(item));
  return removed || after.rules.some((item) => !had.has(canonicalize(item)) && item.tier !== 4 && item.enabled);
}

function isLess(a: string, b: string): boolean {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  return !x.ok || !y.ok || compareDecimals(x.value, y.value) < 0;
}
