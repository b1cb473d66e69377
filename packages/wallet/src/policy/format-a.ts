import { z } from 'zod';
import { formatXrp } from '../amount/drops.ts';
import { MAX_ALLOWED_ADDRESSES, MAX_BLOCKED_ADDRESSES } from '../limits.ts';
import { factsOf, isTransactionType } from '../xrpl/transaction-types.ts';
import type { Network, WalletPolicy } from './model.ts';
import { presetPolicy } from './presets.ts';
import { address, count, drops, timezone, typeName, webhookUrl } from './schema-parts.ts';

const newTier = z.union([z.literal(2), z.literal(3)]);

/** Format A, `AgentWalletPolicy`: amounts as text of drops. Strict: what it does not know it refuses. */
export const formatA = z
  .strictObject({
    policy_id: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[a-z0-9][a-z0-9-]*$/),
    policy_version: z.string().regex(/^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8}))?$/),
    limits: z.strictObject({
      max_amount_per_tx_drops: drops,
      max_daily_volume_drops: drops,
      max_tx_per_hour: count(1, 1_000),
      max_tx_per_day: count(1, 10_000),
    }),
    destinations: z.strictObject({
      mode: z.enum(['allowlist', 'blocklist', 'open']),
      allowlist: z.array(address).max(MAX_ALLOWED_ADDRESSES).optional(),
      blocklist: z.array(address).max(MAX_BLOCKED_ADDRESSES).optional(),
      allow_new_destinations: z.boolean(),
      new_destination_tier: newTier.optional(),
    }),
    transaction_types: z.strictObject({
      allowed: z.array(typeName).min(1),
      require_approval: z.array(typeName).optional(),
      blocked: z.array(typeName).optional(),
    }),
    time_controls: z
      .strictObject({
        active_hours_utc: z.strictObject({ start: count(0, 23), end: count(0, 23) }).optional(),
        active_days: z.array(count(0, 6)).min(1).optional(),
        timezone: timezone.optional(),
      })
      .optional(),
    escalation: z.strictObject({
      amount_threshold_drops: drops,
      new_destination: newTier,
      account_settings: z.literal(3),
      delay_seconds: count(60, 86_400).optional(),
    }),
    notifications: z
      .strictObject({
        webhook_url: webhookUrl.optional(),
        notify_on: z.array(z.enum(['tier2', 'tier3', 'rejection', 'all'])).optional(),
      })
      .optional(),
  })
  .superRefine(({ limits, escalation, transaction_types: types, destinations }, context) => {
    const fault = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (limits.max_amount_per_tx_drops > limits.max_daily_volume_drops) {
      fault(['limits', 'max_amount_per_tx_drops'], 'more than max_daily_volume_drops');
    }
    if (limits.max_tx_per_hour > limits.max_tx_per_day)
      fault(['limits', 'max_tx_per_hour'], 'more than max_tx_per_day');
    if (escalation.amount_threshold_drops > limits.max_amount_per_tx_drops) {
      fault(['escalation', 'amount_threshold_drops'], 'more than max_amount_per_tx_drops');
    }
    for (const list of ['allowed', 'require_approval'] as const) {
      const both = types[list]?.find((name) => types.blocked?.includes(name));
      if (both !== undefined) fault(['transaction_types', list], `${both} is blocked as well`);
    }
    const both = destinations.allowlist?.find((name) => destinations.blocklist?.includes(name));
    if (both !== undefined) fault(['destinations', 'allowlist'], `${both} is on the blocklist as well`);
  });

/** Settings that format A has no words for, from the network's preset. */
export function fromFormatA(given: z.output<typeof formatA>, network: Network): WalletPolicy {
  const preset = presetPolicy(network);
  const { limits, destinations, transaction_types: types, escalation, time_controls: time, notifications } = given;
  const most = limits.max_amount_per_tx_drops;
  const threshold = escalation.amount_threshold_drops;
  const approval = types.require_approval ?? [];
  const newTier = Math.max(destinations.new_destination_tier ?? 2, escalation.new_destination) as 2 | 3;
  return {
    ...preset,
    id: given.policy_id,
    version: given.policy_version.split('.').length === 2 ? `${given.policy_version}.0` : given.policy_version,
    description: `${given.policy_id}: up to ${formatXrp(threshold)} unattended`,
    amounts: { autonomousMax: threshold, delayedMax: min(threshold * 10n, most), transactionMax: most },
    tierVolumes: { autonomous: limits.max_daily_volume_drops, delayed: limits.max_daily_volume_drops },
    limits: {
      perHour: limits.max_tx_per_hour,
      perDay: limits.max_tx_per_day,
      destinationsPerDay: limits.max_tx_per_day,
      volumePerDay: limits.max_daily_volume_drops,
      dailyResetUtcHour: 0,
      cooldown: null,
    },
    types: {
      // What needs approval is allowed, with approval; what is in no list is not allowed at all.
      allowed: [...types.allowed, ...approval],
      // An operator's word makes a type autonomous, but for those the table itself keeps with people.
      autonomous: types.allowed.filter((name) => isTransactionType(name) && factsOf(name).tier <= 2),
      cosign: approval,
      prohibited: types.blocked ?? [],
      tiers: {},
      maxAmounts: {},
    },
    destinations: {
      ...preset.destinations,
      mode: destinations.mode,
      allow: destinations.allowlist ?? [],
      block: destinations.blocklist ?? [],
      newTier: destinations.allow_new_destinations ? newTier : 4,
      learn: destinations.mode !== 'allowlist',
    },
    time:
      time === undefined || (time.active_hours_utc === undefined && time.active_days === undefined)
        ? null
        : {
            startHour: time.active_hours_utc?.start ?? 0,
            endHour: time.active_hours_utc?.end ?? 0,
            days: time.active_days ?? [0, 1, 2, 3, 4, 5, 6],
            timezone: time.timezone ?? 'UTC',
          },
    delayed: { seconds: escalation.delay_seconds ?? 300, veto: true, notify: true },
    notifications: { webhookUrl: notifications?.webhook_url ?? null, notifyOn: notifications?.notify_on ?? [] },
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
