import type { DecisionJson } from '@wardmesh/signer/client';
import { facts } from '../output/table.ts';
import { relative, when } from '../output/time.ts';
import { xrp } from './wallet-lines.ts';

const TIERS: Readonly<Record<DecisionJson['tier'], string>> = {
  1: 'tier 1: signed at once',
  2: 'tier 2: signed after a delay, unless a person denies it',
  3: 'tier 3: signed once people have approved it',
  4: 'tier 4: refused',
};

/** How the wallet's policy decides a transaction, for people. */
export function decisionLines(decision: DecisionJson, now: number): string[] {
  const { delaySeconds, quorum, retryAt, matchedRule } = decision;
  return [
    TIERS[decision.tier],
    ...decision.explanation.map((line) => `  ${line}`),
    '',
    ...facts([
      ['spends', xrp(decision.spend)],
      ...(delaySeconds === null ? [] : ([['delay', `${delaySeconds} seconds`]] as const)),
      ...(quorum === null ? [] : ([['signatures', String(quorum)]] as const)),
      ...(matchedRule === null
        ? []
        : ([['rule', `${matchedRule.id} (${matchedRule.name}), priority ${matchedRule.priority}`]] as const)),
      ...(retryAt === null ? [] : ([['may pass', `${relative(retryAt, now)} (${when(retryAt)})`]] as const)),
      ['policy', decision.policyHash],
    ]),
    'left afterwards',
    ...leftLines(decision.limitsAfter, now).map((line) => `  ${line}`),
  ];
}

export function leftLines(left: DecisionJson['limitsAfter'], now: number): string[] {
  return facts([
    ['without asking', xrp(left.autonomousRemaining)],
    ['today', `${xrp(left.dailyRemaining)}, ${left.dailyTransactionsRemaining} transactions`],
    ['this hour', `${left.hourlyTransactionsRemaining} transactions`],
    ['destinations', `${left.destinationsRemaining} more today`],
    ['renewed', `the hour ${relative(left.hourlyResetAt, now)}, the day ${relative(left.dailyResetAt, now)}`],
  ]);
}
