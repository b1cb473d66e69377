import { toTimestamp } from '@wardmesh/core';
import type { DecisionJson, SignerApproval, Wallet } from '@wardmesh/signer/client';
import { z } from 'zod';
import { type limitsAfter, networkName, policyTier, timestamp, type violation } from './parts.ts';

/** `12.5` for 12,500,000 drops: exact, without unit. */
export function xrpOf(amount: bigint): string {
  const whole = amount / 1_000_000n;
  const fraction = (amount % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return fraction === '' ? whole.toString() : `${whole}.${fraction}`;
}

export function presentLimits(left: DecisionJson['limitsAfter']): z.output<typeof limitsAfter> {
  return {
    daily_remaining_drops: left.dailyRemaining,
    autonomous_remaining_drops: left.autonomousRemaining,
    hourly_tx_remaining: left.hourlyTransactionsRemaining,
    daily_tx_remaining: left.dailyTransactionsRemaining,
    destinations_remaining: left.destinationsRemaining,
    daily_reset_at: toTimestamp(left.dailyResetAt),
    hourly_reset_at: toTimestamp(left.hourlyResetAt),
  };
}

export function presentFinding(finding: DecisionJson['findings'][number]): z.output<typeof violation> {
  return {
    rule: finding.code,
    message: finding.message,
    limit: finding.limit,
    actual: finding.actual,
    retry_at: finding.retryAt === null ? null : toTimestamp(finding.retryAt),
  };
}

/** A request that waits for a person. */
export const approvalFields = {
  approval_id: z.string(),
  kind: z.string(),
  approval_status: z.enum(['waiting', 'pending', 'ready', 'released', 'denied', 'expired']),
  network: networkName,
  wallet_address: z.string().nullable(),
  policy_tier: policyTier,
  reason: z.string().nullable(),
  /** Tier 2: signed from then on unless vetoed. */
  release_at: timestamp.nullable(),
  auto_approve_in_seconds: z.int().nullable(),
  expires_at: timestamp,
  quorum: z.strictObject({ collected: z.int(), required: z.int() }),
  required_signers: z.array(z.string()),
  explanation: z.array(z.string()),
  deny_reason: z.string().nullable(),
  next_step: z.string(),
};

const OPERATOR_COMMANDS: Readonly<Partial<Record<SignerApproval['kind'], string>>> = {
  create: 'ward wallet create --request',
  import: 'ward wallet import --request',
  rotation: 'ward wallet rotate --request',
};

export function presentApproval(approval: SignerApproval, now: number) {
  const waits = approval.releaseAt === null ? null : Math.max(0, Math.ceil((approval.releaseAt - now) / 1_000));
  return {
    approval_id: approval.approvalId,
    kind: approval.kind,
    approval_status: approval.status,
    network: approval.network,
    wallet_address: approval.address,
    policy_tier: approval.tier,
    reason: approval.reason,
    release_at: approval.releaseAt === null ? null : toTimestamp(approval.releaseAt),
    auto_approve_in_seconds: waits,
    expires_at: toTimestamp(approval.expiresAt),
    quorum: { ...approval.quorum },
    required_signers: [...approval.requiredSigners],
    explanation: [...approval.explanation],
    deny_reason: approval.denyReason,
    next_step: nextStep(approval),
  };
}

/** What has to happen, said for the agent to pass on. */
function nextStep({ kind, status, tier, approvalId }: SignerApproval): string {
  const command = OPERATOR_COMMANDS[kind];
  switch (status) {
    case 'released':
      return 'Done.';
    case 'denied':
      return 'A person refused it. Do not ask again for the same without telling them why.';
    case 'expired':
      return 'Nobody answered in time. Ask again if it is still needed.';
    case 'ready':
      return kind === 'sign'
        ? 'Call approval_status again: it is released now.'
        : 'Call the tool again with this approval_id.';
    default:
      if (command !== undefined) return `A person finishes it on their machine with: ${command} ${approvalId}`;
      return tier === 2
        ? 'It is signed after the delay unless a person vetoes it; call approval_status then.'
        : `A person decides: ward approvals show ${approvalId}. Call approval_status later.`;
  }
}

export const walletFields = {
  wallet_id: z.string(),
  address: z.string(),
  name: z.string(),
  network: networkName,
  status: z.string(),
  kind: z.string(),
  unlocked: z.boolean(),
  policy_id: z.string(),
  created_at: timestamp,
};

export function presentWallet(wallet: Wallet) {
  return {
    wallet_id: wallet.walletId,
    address: wallet.address,
    name: wallet.name,
    network: wallet.network,
    status: wallet.status,
    kind: wallet.kind,
    unlocked: wallet.unlocked,
    policy_id: wallet.policy.id,
    created_at: toTimestamp(wallet.createdAt),
  };
}
