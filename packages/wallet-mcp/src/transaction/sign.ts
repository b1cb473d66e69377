import { toTimestamp } from '@wardmesh/core';
import { LedgersError } from '@wardmesh/ledgers';
import type { SignOutcome } from '@wardmesh/signer/client';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { ledgerFacts } from '../ledger/facts.ts';
import { limitsAfter, policyTier, timestamp, violation } from '../schema/parts.ts';
import { approvalFields, presentApproval, presentFinding, presentLimits } from '../schema/present.ts';
import type { EffectTransaction } from '../tool.ts';
import type { ChosenWallet } from '../wallets.ts';

const approved = z.strictObject({
  status: z.literal('approved'),
  signed_tx: z.string(),
  tx_hash: z.string(),
  policy_tier: policyTier,
  last_ledger_sequence: z.int(),
  limits_after: limitsAfter,
  signed_at: timestamp,
  /** Entry of the signer's own log. */
  log_entry: z.string(),
});
const pending = z.strictObject({ status: z.literal('pending_approval'), ...approvalFields });
const rejected = z.strictObject({
  status: z.literal('rejected'),
  reason: z.string(),
  policy_tier: policyTier,
  policy_violation: violation.nullable(),
  violations: z.array(violation),
  suggestions: z.array(z.string()),
  retry_at: timestamp.nullable(),
});

/** What became of a wish to sign: signed, parked, or refused by policy. */
export const signingResult = z.discriminatedUnion('status', [approved, pending, rejected]);
export type SigningResult = z.output<typeof signingResult>;

export interface SignRequest {
  readonly blob: string;
  readonly context: string | undefined;
  readonly approvalId?: string | undefined;
  /** Complete Sequence, Fee, LastLedgerSequence and NetworkID from the ledger where they are left open. */
  readonly complete: boolean;
}

/** Asks the signer, which decides, counts and signs; nothing is decided here. */
export async function sign(
  call: Call,
  { network, address }: ChosenWallet,
  request: SignRequest,
): Promise<SigningResult> {
  const facts = request.complete ? await ledgerFacts(call.networks.ledger(network), address).catch(sayUnfunded) : null;
  const outcome = await call.signer.request('sign.request', {
    network,
    address,
    principal: call.principal,
    blob: request.blob,
    facts,
    context: request.context ?? null,
    approvalId: request.approvalId ?? null,
  });
  return presentSigning(outcome, call.clock.now());
}

function sayUnfunded(error: unknown): never {
  if (!(error instanceof LedgersError) || error.code !== 'ACCOUNT_NOT_FOUND') throw error;
  throw new LedgersError('ACCOUNT_NOT_FOUND', 'the account does not exist on the ledger yet', {
    hint: 'Fund it first: wallet_fund on a test network.',
    cause: error,
  });
}

function presentSigning(outcome: SignOutcome, now: number): SigningResult {
  const { decision } = outcome;
  if (outcome.status === 'approved') {
    const { signed } = outcome;
    return {
      status: 'approved',
      signed_tx: signed.signedTx,
      tx_hash: signed.hash,
      policy_tier: decision.tier,
      last_ledger_sequence: signed.lastLedgerSequence,
      limits_after: presentLimits(decision.limitsAfter),
      signed_at: toTimestamp(signed.signedAt),
      log_entry: signed.entry,
    };
  }
  if (outcome.status === 'pending_approval') {
    return { status: 'pending_approval', ...presentApproval(outcome.approval, now) };
  }
  const violations = decision.violations.map(presentFinding);
  return {
    status: 'rejected',
    reason: violations[0]?.message ?? 'the policy prohibits it',
    policy_tier: decision.tier,
    policy_violation: violations[0] ?? null,
    violations,
    suggestions: outcome.suggestions,
    retry_at: decision.retryAt === null ? null : toTimestamp(decision.retryAt),
  };
}

/** The transaction that an answer is about, for receipts; none where nothing was signed. */
export function effectOf({ network }: ChosenWallet, result: SigningResult): { transaction?: EffectTransaction } {
  return result.status === 'approved' ? { transaction: { network, hash: result.tx_hash } } : {};
}
