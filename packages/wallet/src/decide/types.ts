import { assetKey } from '../amount/amount.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Intent } from '../xrpl/intent.ts';
import { factsOf, type Tier, type TransactionType } from '../xrpl/transaction-types.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';
import { leavesOf } from './spend.ts';

/** Whether each type may be used, and in which tier it starts. A Batch is a type too, and then its inner ones. */
export function checkTypes({ intent, compiled }: CheckInput): Finding[] {
  return [intent, ...intent.inner].flatMap((one) => checkType(one, compiled));
}

/**
 * A Payment that spends another asset than it delivers is a trade: whoever holds the offers on its way gets what leaves,
 * also where the destination is known or is the wallet itself. It needs what an OfferCreate needs.
 */
export function checkExchange({ intent, compiled }: CheckInput): Finding[] {
  const isTrade = leavesOf(intent).some(({ type, movements }) => {
    if (type !== 'Payment') return false;
    const amountIn = (field: string) => movements.find((item) => item.field === field)?.amount ?? null;
    const [spent, delivered] = [amountIn('SendMax'), amountIn('Amount')];
    return spent !== null && delivered !== null && assetKey(spent) !== assetKey(delivered);
  });
  const tier = tierOfType('OfferCreate', compiled);
  return !isTrade || tier === 1
    ? []
    : [finding(tier, 'CURRENCY_EXCHANGE', 'the payment exchanges one asset for another')];
}

function checkType({ type }: Intent, compiled: CompiledPolicy): Finding[] {
  const { types } = compiled;
  const tier = tierOfType(type, compiled);
  if (tier === 4) {
    const isUnlisted = !types.prohibited.has(type) && types.allowed !== null && !types.allowed.has(type);
    return isUnlisted
      ? [finding(4, 'TRANSACTION_TYPE_NOT_ALLOWED', `${type} is not among the allowed types`, { actual: type })]
      : [finding(4, 'TRANSACTION_TYPE_BLOCKED', `${type} is prohibited`, { actual: type })];
  }
  if (factsOf(type).governance) {
    return [finding(3, 'GOVERNANCE', `${type} changes who controls the account or what it owes`, { actual: type })];
  }
  if (tier === 1) return [];
  return [finding(tier, 'TRANSACTION_TYPE_NEEDS_APPROVAL', `${type} is not done unattended`, { actual: type })];
}

/**
 * The tier that a type starts in: prohibited and unlisted ones 4; governance at least 3; then the policy's tier for the
 * type, else the table's. What is not named autonomous is never tier 1.
 */
export function tierOfType(type: TransactionType, { policy, types }: Pick<CompiledPolicy, 'policy' | 'types'>): Tier {
  if (types.prohibited.has(type) || (types.allowed !== null && !types.allowed.has(type))) return 4;
  const facts = factsOf(type);
  const given = types.cosign.has(type) ? 3 : policy.types.tiers[type];
  const isAutonomous = type === 'Batch' || types.autonomous.has(type);
  const tier = given ?? (isAutonomous ? 1 : facts.tier === 1 ? 2 : facts.tier);
  return facts.governance && tier < facts.tier ? facts.tier : tier;
}
