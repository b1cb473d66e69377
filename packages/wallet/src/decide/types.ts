import type { CompiledPolicy } from '../policy/compile.ts';
import type { Intent } from '../xrpl/intent.ts';
import { factsOf, type Tier, type TransactionType } from '../xrpl/transaction-types.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';

/** Whether each type may be used, and in which tier it starts. A Batch is a type too, and then its inner ones. */
export function checkTypes({ intent, compiled }: CheckInput): Finding[] {
  return [intent, ...intent.inner].flatMap((one) => checkType(one, compiled));
}

function checkType({ type }: Intent, compiled: CompiledPolicy): Finding[] {
  const { types } = compiled;
  if (types.prohibited.has(type)) {
    return [finding(4, 'TRANSACTION_TYPE_BLOCKED', `${type} is prohibited`, { actual: type })];
  }
  if (types.allowed !== null && !types.allowed.has(type)) {
    return [finding(4, 'TRANSACTION_TYPE_NOT_ALLOWED', `${type} is not among the allowed types`, { actual: type })];
  }
  const facts = factsOf(type);
  if (facts.governance) {
    const message = `${type} changes who controls the account or what it owes`;
    return [finding(3, 'GOVERNANCE', message, { actual: type })].concat(
      startingTier(type, compiled) === 4 ? [blocked(type)] : [],
    );
  }
  const tier = startingTier(type, compiled);
  if (tier === 1) return [];
  if (tier === 4) return [blocked(type)];
  return [finding(tier, 'TRANSACTION_TYPE_NEEDS_APPROVAL', `${type} is not done unattended`, { actual: type })];
}

function blocked(type: string): Finding {
  return finding(4, 'TRANSACTION_TYPE_BLOCKED', `${type} is prohibited`, { actual: type });
}

/** The policy's tier for the type, else the table's; what is not named autonomous is never tier 1. */
function startingTier(type: TransactionType, { policy, types }: CompiledPolicy): Tier {
  if (types.cosign.has(type)) return 3;
  const given = policy.types.tiers[type];
  if (given !== undefined) return given;
  if (type === 'Batch' || types.autonomous.has(type)) return 1;
  const { tier } = factsOf(type);
  return tier === 1 ? 2 : tier;
}
