import type { Rule } from '../policy/rule.ts';
import type { RuleFacts } from '../policy/rule-facts.ts';
import type { Intent } from '../xrpl/intent.ts';
import { factsOf } from '../xrpl/transaction-types.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';
import { isKnownDestination } from './parties.ts';
import { isCountable, leavesOf, spendOf } from './spend.ts';

/**
 * The first rule that matches each transaction, lowest priority number first. A rule can only make stricter: it never
 * opens what a list, a limit or a type keeps shut. A rule that throws prohibits (W20).
 */
export function checkRules(input: CheckInput): { findings: Finding[]; matched: Rule | null } {
  const findings: Finding[] = [];
  let matched: Rule | null = null;
  if (input.compiled.rules.length === 0) return { findings, matched };
  for (const leaf of leavesOf(input.intent)) {
    const facts = factsFor(leaf, input);
    for (const { rule, matches } of input.compiled.rules) {
      let applies: boolean;
      try {
        applies = matches(facts);
      } catch {
        findings.push(finding(4, 'RULE_FAILED', `rule ${rule.id} could not be evaluated`, { actual: rule.id }));
        matched = rule;
        break;
      }
      if (!applies) continue;
      if (matched === null || rule.tier > matched.tier) matched = rule;
      if (rule.tier > 1) {
        const message = rule.reason ?? `rule ${rule.name}`;
        findings.push(finding(rule.tier as 2 | 3 | 4, 'RULE_MATCHED', message, { actual: rule.id }));
      }
      break;
    }
  }
  return { findings, matched };
}

function factsFor(leaf: Intent, input: CheckInput): RuleFacts {
  const { usage, compiled } = input;
  const spend = spendOf(leaf, compiled.rates);
  const issued = leaf.movements.flatMap(({ amount }) => (amount?.kind === 'issued' ? [amount] : []));
  const isXrp = leaf.movements.some(({ amount, field }) => amount?.kind === 'xrp' && field !== 'Fee');
  const texts = (part: 'type' | 'data'): string[] =>
    leaf.memos.flatMap((memo) => (memo[part] === null ? [] : [memo[part].text]));
  return {
    destination: leaf.destination?.address ?? null,
    amount: isCountable(spend) ? spend.drops : null,
    type: leaf.type,
    category: factsOf(leaf.type).category,
    memos: texts('data'),
    memoTypes: texts('type'),
    fee: input.intent.fee,
    destinationTag: leaf.destination?.tag ?? null,
    sourceTag: leaf.sourceTag,
    dayVolume: usage.dayVolume.autonomous + usage.dayVolume.delayed + usage.dayVolume.cosign,
    hourCount: usage.hourCount,
    isNewDestination: leaf.destination !== null && !isKnownDestination(leaf.destination.address, input),
    currencies: [...(isXrp ? ['XRP'] : []), ...issued.map(({ currency }) => currency)],
    issuers: issued.map(({ issuer }) => issuer),
  };
}
