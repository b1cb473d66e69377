import type { CompiledPolicy } from '../policy/compile.ts';
import type { Rule } from '../policy/rule.ts';
import type { Intent } from '../xrpl/intent.ts';
import type { Tier } from '../xrpl/transaction-types.ts';
import { checkActiveHours } from './active-hours.ts';
import type { CheckInput, DecisionContext } from './context.ts';
import { checkEnvelope } from './envelope.ts';
import { explain } from './explain.ts';
import { type Finding, type FindingCode, finding } from './finding.ts';
import { checkAmounts, checkLimits, checkUncounted } from './money.ts';
import { checkDestinations, checkMemos, checkParties } from './parties.ts';
import { checkRules } from './rules.ts';
import { leavesOf, newToday, recipientsOf, type Spend, spendOf } from './spend.ts';
import { checkExchange, checkTypes } from './types.ts';
import type { UsageSnapshot } from './usage.ts';

/** What would be left if the transaction were signed now. */
export interface LimitsAfter {
  readonly autonomousRemaining: bigint;
  readonly dailyRemaining: bigint;
  readonly hourlyTransactionsRemaining: number;
  readonly dailyTransactionsRemaining: number;
  readonly destinationsRemaining: number;
  /** Unix milliseconds. */
  readonly hourlyResetAt: number;
  readonly dailyResetAt: number;
}

export interface Decision {
  readonly tier: Tier;
  /** Why not a lower tier: codes of the findings of this tier, in the order of the checks. Empty in tier 1. */
  readonly reasons: readonly FindingCode[];
  /** All findings, in the order of the checks. */
  readonly findings: readonly Finding[];
  /** The findings that prohibit. */
  readonly violations: readonly Finding[];
  readonly matchedRule: Pick<Rule, 'id' | 'name' | 'priority'> | null;
  /** Spend in drops without the fee, as far as it can be counted. */
  readonly spend: bigint;
  /** Tier 2: seconds to wait, else null. */
  readonly delaySeconds: number | null;
  /** Tier 3: signatures needed, the agent's included, else null. */
  readonly quorum: number | null;
  readonly limitsAfter: LimitsAfter;
  /** Unix milliseconds from which it may pass, where only waiting is needed; null otherwise. */
  readonly retryAt: number | null;
  /** For people, one line each: what it does, then why it stands where it does. */
  readonly explanation: readonly string[];
  readonly policyHash: `sha256:${string}`;
  /** The transaction that was decided. */
  readonly digest: `sha256:${string}`;
}

/** In the order that the published classification gives: who, which type, hard limits, governance, hours, destination, amount. */
const CHECKS: readonly ((input: CheckInput) => Finding[])[] = [
  checkEnvelope,
  checkParties,
  checkMemos,
  checkTypes,
  checkExchange,
  checkLimits,
  checkUncounted,
  checkActiveHours,
  checkDestinations,
  checkAmounts,
];

/**
 * Decides one transaction: the worst tier that any check asks for. Pure: the same for a dry run and for signing. A check
 * that throws prohibits.
 */
export function decide(
  intent: Intent,
  compiled: CompiledPolicy,
  usage: UsageSnapshot,
  context: DecisionContext,
): Decision {
  const findings: Finding[] = [];
  let matched: Rule | null = null;
  let spend: Spend = { drops: 0n, unrated: [], uncounted: [], hidden: [], wholeBalance: [] };
  let left: LimitsAfter = NOTHING_LEFT;
  try {
    spend = spendOf(intent, compiled.rates);
    const recipients = recipientsOf(intent);
    const input: CheckInput = { intent, compiled, usage, context, spend, recipients };
    for (const check of CHECKS) findings.push(...check(input));
    const rules = checkRules(input);
    matched = rules.matched;
    findings.push(...rules.findings);
    left = limitsAfter(input);
  } catch {
    findings.push(finding(4, 'CHECK_FAILED', 'internal error - access denied'));
  }
  const tier = Math.max(1, ...findings.map((item) => item.tier)) as Tier;
  const deciding = findings.filter((item) => item.tier === tier);
  const { policy } = compiled;
  const waits = deciding.map(({ retryAt }) => retryAt);
  return {
    tier,
    reasons: [...new Set(deciding.map(({ code }) => code))],
    findings,
    violations: tier === 4 ? deciding : [],
    matchedRule: matched === null ? null : { id: matched.id, name: matched.name, priority: matched.priority },
    spend: spend.drops,
    delaySeconds: tier === 2 ? Math.max(policy.delayed.seconds, matched?.delaySeconds ?? 0) : null,
    quorum: tier === 3 ? policy.cosign.quorum : null,
    limitsAfter: left,
    retryAt: tier === 4 && waits.every((at) => at !== null) ? Math.max(...waits) : null,
    explanation: explain(intent, tier, findings),
    policyHash: compiled.hash,
    digest: intent.digest,
  };
}

/** What a failed check leaves: nothing that anyone could count on. */
const NOTHING_LEFT: LimitsAfter = {
  autonomousRemaining: 0n,
  dailyRemaining: 0n,
  hourlyTransactionsRemaining: 0,
  dailyTransactionsRemaining: 0,
  destinationsRemaining: 0,
  hourlyResetAt: 0,
  dailyResetAt: 0,
};

function limitsAfter({ intent, spend, recipients, compiled, usage, context }: CheckInput): LimitsAfter {
  const { limits, tierVolumes } = compiled.policy;
  const transactions = leavesOf(intent).length;
  const cost = spend.drops + intent.fee;
  const { autonomous, delayed, cosign } = usage.dayVolume;
  return {
    autonomousRemaining: atLeastZero(tierVolumes.autonomous - autonomous - cost),
    dailyRemaining: atLeastZero(limits.volumePerDay - autonomous - delayed - cosign - cost),
    hourlyTransactionsRemaining: Math.max(0, limits.perHour - usage.hourCount - transactions),
    dailyTransactionsRemaining: Math.max(0, limits.perDay - usage.dayCount - transactions),
    destinationsRemaining: Math.max(
      0,
      limits.destinationsPerDay - usage.dayDestinations.size - newToday(recipients, usage),
    ),
    hourlyResetAt: usage.hourResetsAt ?? context.now + 3_600_000,
    dailyResetAt: usage.dayResetsAt,
  };
}

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}

/** The published reason of a parked transaction (wallet_sign, `pending_approval`). */
export type ApprovalReason =
  | 'exceeds_autonomous_limit'
  | 'new_destination'
  | 'restricted_tx_type'
  | 'outside_active_hours'
  | 'requires_cosign';

/** The one published reason that says most about a decision of tier 2 or 3; null for the other tiers. */
export function approvalReason(decision: Decision): ApprovalReason | null {
  if (decision.tier !== 2 && decision.tier !== 3) return null;
  const has = (...codes: FindingCode[]) => codes.some((code) => decision.reasons.includes(code));
  if (has('GOVERNANCE', 'TRANSACTION_TYPE_NEEDS_APPROVAL', 'CURRENCY_EXCHANGE')) return 'restricted_tx_type';
  if (has('NEW_DESTINATION')) return 'new_destination';
  if (has('OUTSIDE_ACTIVE_HOURS')) return 'outside_active_hours';
  if (has('ABOVE_AUTONOMOUS_AMOUNT', 'ABOVE_AUTONOMOUS_VOLUME')) return 'exceeds_autonomous_limit';
  return decision.tier === 3 ? 'requires_cosign' : 'exceeds_autonomous_limit';
}
