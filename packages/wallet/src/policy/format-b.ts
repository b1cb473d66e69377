import { z } from 'zod';
import {
  MAX_ALLOWED_ADDRESSES,
  MAX_BLOCKED_ADDRESSES,
  MAX_BLOCKED_ISSUERS,
  MAX_CONDITION_DEPTH,
  MAX_DROPS,
  MAX_EXCHANGES,
  MAX_PATTERN_CHARS,
  MAX_PATTERNS,
  MAX_RULES,
  MAX_TRUSTED_TAGS,
} from '../limits.ts';
import type { Tier } from '../xrpl/transaction-types.ts';
import type { WalletPolicy } from './model.ts';
import { DEFAULT_AUTONOMOUS_TYPES, DEFAULT_MEMO_PATTERNS, presetPolicy } from './presets.ts';
import { type Condition, RULE_FIELDS, RULE_OPERATORS, RULE_REFERENCES, type RuleValue } from './rule.ts';
import { address, count, typeName, webhookUrl, xrp } from './schema-parts.ts';

const TIERS = { autonomous: 1, delayed: 2, cosign: 3, prohibited: 4 } as const;
const tierName = z.enum(['autonomous', 'delayed', 'cosign', 'prohibited']);

const value = z
  .union([
    z.string().max(1_024),
    z.number(),
    z.boolean(),
    z.array(z.string().max(1_024)).max(MAX_ALLOWED_ADDRESSES),
    z.strictObject({ ref: z.enum(RULE_REFERENCES) }),
  ])
  .transform((given): RuleValue => {
    if (typeof given === 'string') return { text: given };
    if (typeof given === 'number') return { number: String(given) };
    if (typeof given === 'boolean') return { boolean: given };
    return Array.isArray(given) ? { list: given } : given;
  });

/** Nesting is bounded as it is read, not after. */
function condition(depth: number): z.ZodType<Condition> {
  const simple = z.strictObject({ field: z.enum(RULE_FIELDS), operator: z.enum(RULE_OPERATORS), value });
  const always = z.strictObject({ always: z.literal(true) });
  if (depth === 0) return z.union([simple, always]);
  const part = z.lazy(() => condition(depth - 1));
  return z.union([
    simple,
    always,
    z.strictObject({ and: z.array(part).min(2) }),
    z.strictObject({ or: z.array(part).min(2) }),
    z.strictObject({ not: part }),
  ]);
}

const rule = z.strictObject({
  id: z
    .string()
    .min(6)
    .max(64)
    .regex(/^rule-[a-zA-Z0-9-]+$/),
  name: z.string().min(1).max(128),
  description: z.string().max(512).optional(),
  priority: count(1, 9_999),
  enabled: z.boolean().default(true),
  condition: condition(MAX_CONDITION_DEPTH - 1),
  action: z.strictObject({
    tier: tierName,
    reason: z.string().max(256).optional(),
    override_delay_seconds: count(60, 86_400).optional(),
    notify: z.boolean().optional(),
    log_level: z.enum(['info', 'warn', 'error']).optional(),
  }),
});

/**
 * Format B, `policies/schema.json`: XRP as JSON numbers. Strict; two published fields are refused with a reason:
 * `webhook_secret` (a secret has no place in a policy that is hashed and shown) and `auto_deny_on_timeout: false`
 * (timeouts deny).
 */
export const formatB = z.strictObject({
  $schema: z.string().max(256).optional(),
  version: z.string().regex(/^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/),
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9-_]*$/),
  description: z.string().max(1_024).optional(),
  network: z.enum(['mainnet', 'testnet', 'devnet']),
  enabled: z.boolean().default(true),
  tiers: z.strictObject({
    autonomous: z.strictObject({
      max_amount_xrp: xrp(0, 1_000_000),
      daily_limit_xrp: xrp(0, 10_000_000),
      require_known_destination: z.boolean().default(true),
      allowed_transaction_types: z.array(typeName).optional(),
      max_fee_drops: count(10, 100_000_000).default(100_000),
    }),
    delayed: z.strictObject({
      max_amount_xrp: xrp(0, 10_000_000),
      daily_limit_xrp: xrp(0, 100_000_000),
      delay_seconds: count(60, 86_400),
      veto_enabled: z.boolean().default(true),
      notify_on_queue: z.boolean().default(true),
    }),
    cosign: z.strictObject({
      min_amount_xrp: xrp(0, 100_000_000_000).optional(),
      new_destination_always: z.boolean().default(true),
      signer_quorum: count(1, 32),
      approval_timeout_hours: count(1, 168).default(24),
      notify_signers: z.boolean().default(true),
      signer_addresses: z.array(address).max(32).default([]),
    }),
    prohibited: z.strictObject({
      // Names for people; each of them prohibits here whether listed or not.
      reasons: z
        .array(
          z.enum([
            'blocklist',
            'daily_limit_exceeded',
            'hourly_limit_exceeded',
            'unknown_type',
            'high_risk_type',
            'injection_detected',
            'invalid_destination',
            'policy_disabled',
          ]),
        )
        .optional(),
      prohibited_transaction_types: z.array(typeName).default(['Clawback']),
    }),
  }),
  rules: z.array(rule).min(1).max(MAX_RULES),
  blocklist: z
    .strictObject({
      addresses: z.array(address).max(MAX_BLOCKED_ADDRESSES).optional(),
      memo_patterns: z.array(z.string().min(1).max(MAX_PATTERN_CHARS)).max(MAX_PATTERNS).optional(),
      currency_issuers: z.array(address).max(MAX_BLOCKED_ISSUERS).optional(),
    })
    .optional(),
  allowlist: z
    .strictObject({
      addresses: z.array(address).max(MAX_ALLOWED_ADDRESSES).optional(),
      trusted_tags: z.array(count(0, 0xffffffff)).max(MAX_TRUSTED_TAGS).optional(),
      auto_learn: z.boolean().default(false),
      exchange_addresses: z
        .array(z.strictObject({ address, name: z.string().max(64), require_tag: z.boolean().default(true) }))
        .max(MAX_EXCHANGES)
        .optional(),
    })
    .optional(),
  limits: z.strictObject({
    daily_reset_utc_hour: count(0, 23),
    max_transactions_per_hour: count(1, 10_000),
    max_transactions_per_day: count(1, 100_000),
    max_unique_destinations_per_day: count(1, 1_000).default(50),
    max_total_volume_xrp_per_day: xrp(0, 100_000_000).optional(),
    cooldown_after_high_value: z
      .strictObject({
        enabled: z.boolean().default(false),
        threshold_xrp: xrp(0, 100_000_000_000).optional(),
        cooldown_seconds: count(60, 3_600).default(300),
      })
      .optional(),
  }),
  transaction_types: z
    .record(
      typeName,
      z.strictObject({
        enabled: z.boolean().default(true),
        default_tier: tierName.optional(),
        max_amount_xrp: xrp(0, 100_000_000_000).optional(),
        require_cosign: z.boolean().default(false),
      }),
    )
    .optional(),
  escalation: z
    .strictObject({
      webhook_url: webhookUrl.optional(),
      webhook_secret: z.never('a secret has no place in a policy: keep it in the keystore').optional(),
      notification_channels: z.array(z.enum(['webhook', 'email', 'slack', 'discord'])).optional(),
      escalation_contacts: z
        .array(
          z.strictObject({
            name: z.string().max(64),
            type: z.enum(['email', 'phone', 'xrpl_address']),
            address: z.string().max(256),
            priority: count(1, 10).default(5),
          }),
        )
        .max(20)
        .optional(),
      auto_deny_on_timeout: z.literal(true, 'an approval that times out is always denied').optional(),
    })
    .optional(),
  // "Not used in evaluation": read and dropped.
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const DEFAULT_VOLUME = 10_000_000_000n;
const DEFAULT_HIGH_VALUE = 1_000_000_000n;

export function fromFormatB(given: z.output<typeof formatB>): WalletPolicy {
  const preset = presetPolicy(given.network);
  const { autonomous, delayed, cosign, prohibited } = given.tiers;
  const overrides = Object.entries(given.transaction_types ?? {});
  const listed = autonomous.allowed_transaction_types ?? [];
  const cooldown = given.limits.cooldown_after_high_value;
  const delayedMax = min(delayed.max_amount_xrp, cosign.min_amount_xrp ?? delayed.max_amount_xrp);
  const newTier: Tier = cosign.new_destination_always ? 3 : autonomous.require_known_destination ? 2 : 1;
  const banned = new Set([
    ...prohibited.prohibited_transaction_types,
    ...overrides.filter(([, type]) => !type.enabled).map(([name]) => name),
  ]);
  return {
    ...preset,
    id: given.name,
    version: `${given.version}.0`,
    description: given.description ?? '',
    enabled: given.enabled,
    amounts: { autonomousMax: min(autonomous.max_amount_xrp, delayedMax), delayedMax, transactionMax: MAX_DROPS },
    tierVolumes: {
      autonomous: min(autonomous.daily_limit_xrp, delayed.daily_limit_xrp),
      delayed: delayed.daily_limit_xrp,
    },
    limits: {
      perHour: given.limits.max_transactions_per_hour,
      perDay: given.limits.max_transactions_per_day,
      destinationsPerDay: given.limits.max_unique_destinations_per_day,
      volumePerDay: given.limits.max_total_volume_xrp_per_day ?? DEFAULT_VOLUME,
      dailyResetUtcHour: given.limits.daily_reset_utc_hour,
      cooldown:
        cooldown?.enabled === true
          ? { threshold: cooldown.threshold_xrp ?? DEFAULT_HIGH_VALUE, seconds: cooldown.cooldown_seconds }
          : null,
    },
    fee: { max: BigInt(autonomous.max_fee_drops), reserveMax: preset.fee.reserveMax },
    types: {
      allowed: null,
      autonomous: (listed.length > 0 ? listed : DEFAULT_AUTONOMOUS_TYPES).filter((name) => !banned.has(name)),
      cosign: overrides.filter(([name, type]) => type.require_cosign && !banned.has(name)).map(([name]) => name),
      prohibited: [...banned],
      tiers: Object.fromEntries(
        overrides.flatMap(([name, type]) =>
          type.default_tier === undefined ? [] : [[name, TIERS[type.default_tier]]],
        ),
      ),
      maxAmounts: Object.fromEntries(
        overrides.flatMap(([name, type]) => (type.max_amount_xrp === undefined ? [] : [[name, type.max_amount_xrp]])),
      ),
    },
    destinations: {
      mode: 'blocklist',
      allow: given.allowlist?.addresses ?? [],
      block: given.blocklist?.addresses ?? [],
      blockedIssuers: given.blocklist?.currency_issuers ?? [],
      newTier,
      learn: given.allowlist?.auto_learn ?? false,
      trustedTags: given.allowlist?.trusted_tags ?? [],
      exchanges: (given.allowlist?.exchange_addresses ?? []).map(({ address: at, name, require_tag }) => ({
        address: at,
        name,
        requireTag: require_tag,
      })),
    },
    memos: { patterns: given.blocklist?.memo_patterns ?? DEFAULT_MEMO_PATTERNS },
    delayed: { seconds: delayed.delay_seconds, veto: delayed.veto_enabled, notify: delayed.notify_on_queue },
    cosign: {
      quorum: cosign.signer_quorum,
      timeoutHours: cosign.approval_timeout_hours,
      notify: cosign.notify_signers,
      signers: cosign.signer_addresses,
    },
    rules: given.rules.map((item) => ({
      id: item.id,
      name: item.name,
      priority: item.priority,
      enabled: item.enabled,
      condition: item.condition,
      tier: TIERS[item.action.tier],
      reason: item.action.reason ?? null,
      delaySeconds: item.action.override_delay_seconds ?? null,
    })),
    notifications: { webhookUrl: given.escalation?.webhook_url ?? null, notifyOn: [] },
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
