import { z } from 'zod';
import {
  MAX_ALLOWED_ADDRESSES,
  MAX_BLOCKED_ADDRESSES,
  MAX_BLOCKED_ISSUERS,
  MAX_CONDITION_DEPTH,
  MAX_CONDITIONS,
  MAX_EXCHANGES,
  MAX_LEDGERS_AHEAD,
  MAX_PATTERN_CHARS,
  MAX_PATTERNS,
  MAX_RATES,
  MAX_RULES,
  MAX_SIGNERS,
  MAX_TRUSTED_TAGS,
} from '../limits.ts';
import type { Tier } from '../xrpl/transaction-types.ts';
import { POLICY_FORMAT } from './json.ts';
import { NETWORKS, type WalletPolicy } from './model.ts';
import { type Condition, RULE_FIELDS, RULE_OPERATORS, RULE_REFERENCES, type Rule } from './rule.ts';
import { address, count, drops, sortedSet, timezone, typeName, webhookUrl } from './schema-parts.ts';

const tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]) satisfies z.ZodType<Tier>;

const ruleValue = z.union([
  z.strictObject({ text: z.string().max(1_024) }),
  z.strictObject({ number: z.string().max(40) }),
  z.strictObject({ boolean: z.boolean() }),
  z.strictObject({ list: z.array(z.string().max(1_024)).max(MAX_ALLOWED_ADDRESSES) }),
  z.strictObject({ ref: z.enum(RULE_REFERENCES) }),
]);

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ always: z.literal(true) }),
    z.strictObject({ and: z.array(condition).min(2) }),
    z.strictObject({ or: z.array(condition).min(2) }),
    z.strictObject({ not: condition }),
    z.strictObject({ field: z.enum(RULE_FIELDS), operator: z.enum(RULE_OPERATORS), value: ruleValue }),
  ]),
);

const rule: z.ZodType<Rule> = z.strictObject({
  id: z
    .string()
    .max(64)
    .regex(/^rule-[a-zA-Z0-9-]+$/),
  name: z.string().min(1).max(128),
  priority: count(1, 9_999),
  enabled: z.boolean(),
  condition,
  tier,
  reason: z.string().max(256).nullable(),
  delaySeconds: count(10, 86_400).nullable(),
});

/** The canonical format, as {@link policyToJson} writes it. Everything is required; nothing else is allowed. */
export const policySchema = z
  .strictObject({
    format: z.literal(POLICY_FORMAT),
    id: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/),
    version: z.string().regex(/^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/),
    description: z.string().max(1_024),
    network: z.enum(NETWORKS),
    enabled: z.boolean(),
    ledger: z.strictObject({ networkId: count(0, 0xffffffff), maxLedgersAhead: count(1, MAX_LEDGERS_AHEAD) }),
    amounts: z.strictObject({ autonomousMax: drops, delayedMax: drops, transactionMax: drops }),
    tierVolumes: z.strictObject({ autonomous: drops, delayed: drops }),
    limits: z.strictObject({
      perHour: count(1, 10_000),
      perDay: count(1, 100_000),
      destinationsPerDay: count(1, 100_000),
      volumePerDay: drops,
      dailyResetUtcHour: count(0, 23),
      cooldown: z.strictObject({ threshold: drops, seconds: count(60, 3_600) }).nullable(),
    }),
    fee: z.strictObject({ max: drops, reserveMax: drops }),
    types: z.strictObject({
      allowed: z.array(typeName).min(1).transform(sortedSet).nullable(),
      autonomous: z.array(typeName).transform(sortedSet),
      cosign: z.array(typeName).transform(sortedSet),
      prohibited: z.array(typeName).transform(sortedSet),
      tiers: z.record(typeName, tier),
      maxAmounts: z.record(typeName, drops),
    }),
    destinations: z.strictObject({
      mode: z.enum(['allowlist', 'blocklist', 'open']),
      allow: z.array(address).max(MAX_ALLOWED_ADDRESSES).transform(sortedSet),
      block: z.array(address).max(MAX_BLOCKED_ADDRESSES).transform(sortedSet),
      blockedIssuers: z.array(address).max(MAX_BLOCKED_ISSUERS).transform(sortedSet),
      newTier: tier,
      learn: z.boolean(),
      trustedTags: z
        .array(count(0, 0xffffffff))
        .max(MAX_TRUSTED_TAGS)
        .transform((tags) => [...new Set(tags)].sort((a, b) => a - b)),
      exchanges: z
        .array(z.strictObject({ address, name: z.string().max(64), requireTag: z.boolean() }))
        .max(MAX_EXCHANGES)
        .transform((list) => list.toSorted((a, b) => (a.address < b.address ? -1 : 1))),
    }),
    memos: z.strictObject({
      patterns: z.array(z.string().min(1).max(MAX_PATTERN_CHARS)).max(MAX_PATTERNS).transform(sortedSet),
    }),
    time: z
      .strictObject({
        startHour: count(0, 23),
        endHour: count(0, 23),
        days: z
          .array(count(0, 6))
          .min(1)
          .transform((days) => [...new Set(days)].sort()),
        timezone,
      })
      .nullable(),
    delayed: z.strictObject({ seconds: count(10, 86_400), veto: z.boolean(), notify: z.boolean() }),
    cosign: z.strictObject({
      quorum: count(1, MAX_SIGNERS),
      timeoutHours: count(1, 168),
      notify: z.boolean(),
      signers: z.array(address).max(MAX_SIGNERS).transform(sortedSet),
    }),
    values: z.strictObject({
      rates: z.record(
        z.string().regex(/^(mpt:[0-9A-F]{48}|[^.\s]{3,40}\.r[1-9A-HJ-NP-Za-km-z]{24,34})$/),
        z.string().max(60),
      ),
      unrated: z.union([z.literal(3), z.literal(4)]),
      uncounted: z.union([z.literal(2), z.literal(3), z.literal(4)]),
    }),
    rules: z
      .array(rule)
      .max(MAX_RULES)
      .transform((rules) => rules.toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))),
    notifications: z.strictObject({ webhookUrl: webhookUrl.nullable(), notifyOn: z.array(z.string().max(32)).max(16) }),
  })
  .superRefine((policy, context) => {
    const fault = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { amounts, types, destinations, tierVolumes, cosign } = policy;
    if (amounts.autonomousMax > amounts.delayedMax) fault(['amounts', 'delayedMax'], 'below autonomousMax');
    if (amounts.delayedMax > amounts.transactionMax) fault(['amounts', 'transactionMax'], 'below delayedMax');
    if (tierVolumes.autonomous > tierVolumes.delayed) fault(['tierVolumes', 'delayed'], 'below the autonomous volume');
    const banned = new Set(types.prohibited);
    for (const list of ['allowed', 'autonomous', 'cosign'] as const) {
      const both = types[list]?.find((name) => banned.has(name));
      if (both !== undefined) fault(['types', list], `${both} is prohibited as well`);
    }
    const blocked = new Set<string>(destinations.block);
    const both = destinations.allow.find((name) => blocked.has(name));
    if (both !== undefined) fault(['destinations', 'allow'], `${both} is on the blocklist as well`);
    // The agent's own signature counts as one.
    if (cosign.signers.length > 0 && cosign.quorum > cosign.signers.length + 1) {
      fault(['cosign', 'quorum'], 'more signatures than there are signers');
    }
    if (new Set(policy.rules.map(({ id }) => id)).size < policy.rules.length) fault(['rules'], 'two rules share an id');
    const { size, depth } = measure(policy.rules.map((item) => item.condition));
    if (size > MAX_CONDITIONS || depth > MAX_CONDITION_DEPTH)
      fault(['rules'], 'conditions are too many or nest too deep');
    if (Object.keys(policy.values.rates).length > MAX_RATES) fault(['values', 'rates'], `more than ${MAX_RATES} rates`);
  })
  .transform(({ format: _, ...policy }): WalletPolicy => policy);

function measure(conditions: readonly Condition[]): { size: number; depth: number } {
  let size = 0;
  let depth = 0;
  const walk = (item: Condition, level: number): void => {
    size++;
    depth = Math.max(depth, level);
    if ('and' in item) for (const part of item.and) walk(part, level + 1);
    if ('or' in item) for (const part of item.or) walk(part, level + 1);
    if ('not' in item) walk(item.not, level + 1);
  };
  for (const item of conditions) walk(item, 1);
  return { size, depth };
}
