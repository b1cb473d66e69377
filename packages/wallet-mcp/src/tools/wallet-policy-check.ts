import { toTimestamp } from '@wardmesh/core';
import { parseUnsigned } from '@wardmesh/wallet';
import { z } from 'zod';
import { ledgerFacts } from '../ledger/facts.ts';
import {
  blob,
  context,
  limitsAfter,
  network,
  policyTier,
  timestamp,
  violation,
  walletAddress,
} from '../schema/parts.ts';
import { presentFinding, presentLimits } from '../schema/present.ts';
import { defineTool, READS } from '../tool.ts';
import { chooseWallet } from '../wallets.ts';

export const walletPolicyCheck = defineTool({
  name: 'wallet_policy_check',
  title: 'Would the policy allow it?',
  description:
    'The decision that wallet_sign would make now, by the same code, without signing and without using up any limit.',
  annotations: READS,
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    unsigned_tx: blob.describe('Hex of the unsigned transaction.'),
    context,
    auto_sequence: z.boolean().default(true).describe('As in wallet_sign.'),
  }),
  output: z.strictObject({
    would_approve: z.boolean(),
    tier: policyTier,
    warnings: z.array(z.string()),
    violations: z.array(violation),
    findings: z.array(violation),
    limits: z.strictObject({
      daily_volume_used_drops: z.string(),
      daily_volume_limit_drops: z.string(),
      hourly_tx_used: z.int(),
      hourly_tx_limit: z.int(),
      daily_tx_used: z.int(),
      daily_tx_limit: z.int(),
    }),
    limits_after: limitsAfter,
    transaction_details: z
      .strictObject({
        type: z.string(),
        destination: z.string().nullable(),
        amount_drops: z.string().nullable(),
        spend_drops: z.string(),
        fee_drops: z.string(),
      })
      .nullable(),
    matched_rule: z.strictObject({ rule_id: z.string(), rule_name: z.string(), priority: z.int() }).nullable(),
    tier_details: z.strictObject({
      delay_seconds: z.int().nullable(),
      quorum: z.int().nullable(),
      explanation: z.array(z.string()),
    }),
    policy_hash: z.string(),
    evaluated_at: timestamp,
  }),
  async run(args, call) {
    const { network: on, address } = await chooseWallet(call, args);
    const [checked, used] = await Promise.all([
      call.signer.request('sign.check', {
        network: on,
        address,
        principal: call.principal,
        blob: args.unsigned_tx,
        facts: args.auto_sequence ? await ledgerFacts(call.networks.ledger(on), address) : null,
        context: args.context ?? null,
      }),
      call.signer.request('limits.get', { network: on, address }),
    ]);
    const { decision } = checked;
    return {
      value: {
        would_approve: decision.tier === 1,
        tier: decision.tier,
        warnings: decision.findings.filter(({ tier }) => tier < decision.tier).map(({ message }) => message),
        violations: decision.violations.map(presentFinding),
        findings: decision.findings.map(presentFinding),
        limits: {
          daily_volume_used_drops: used.spentToday,
          daily_volume_limit_drops: used.dailyVolume,
          hourly_tx_used: used.hourCount,
          hourly_tx_limit: used.perHour,
          daily_tx_used: used.dayCount,
          daily_tx_limit: used.perDay,
        },
        limits_after: presentLimits(decision.limitsAfter),
        transaction_details: detailsOf(checked.blob, decision.spend),
        matched_rule:
          decision.matchedRule === null
            ? null
            : {
                rule_id: decision.matchedRule.id,
                rule_name: decision.matchedRule.name,
                priority: decision.matchedRule.priority,
              },
        tier_details: {
          delay_seconds: decision.delaySeconds,
          quorum: decision.quorum,
          explanation: decision.explanation,
        },
        policy_hash: decision.policyHash,
        evaluated_at: toTimestamp(call.clock.now()),
      },
    };
  },
});

function detailsOf(completed: string, spend: string) {
  const parsed = parseUnsigned(completed);
  if (!parsed.ok) return null;
  const { type, destination, transaction, fee } = parsed.value;
  const amount = transaction.DeliverMax ?? transaction.Amount;
  return {
    type,
    destination: destination?.address ?? null,
    amount_drops: typeof amount === 'string' ? amount : null,
    spend_drops: spend,
    fee_drops: fee.toString(),
  };
}
