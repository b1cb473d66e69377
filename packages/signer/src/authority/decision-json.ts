import type { Decision, Finding } from '@wardmesh/wallet';
import type { DecisionJson } from '../protocol/parts.ts';

type FindingJson = DecisionJson['findings'][number];

/** The finding of an agent's words that try to instruct. */
export const INSTRUCTION: FindingJson = {
  tier: 4,
  code: 'CONTEXT_INSTRUCTION',
  message: 'the context holds an instruction to the signer; it is a description for people',
  limit: null,
  actual: null,
  retryAt: null,
};

/** Most drops that are told, 19 digits: a rate and the largest amount there can be make a hundred of them, all prohibited. */
const MAX_SHOWN = 9_999_999_999_999_999_999n;

/** The decision as it passes the sockets. @param context the finding of the screened words, where there is one */
export function toDecisionJson(decision: Decision, context: FindingJson | null = null): DecisionJson {
  const findings = decision.findings.map(findingJson);
  const json: DecisionJson = {
    tier: decision.tier,
    reasons: [...decision.reasons],
    findings,
    violations: decision.violations.map(findingJson),
    matchedRule: decision.matchedRule === null ? null : { ...decision.matchedRule },
    spend: (decision.spend < MAX_SHOWN ? decision.spend : MAX_SHOWN).toString(),
    delaySeconds: decision.delaySeconds,
    quorum: decision.quorum,
    limitsAfter: {
      ...decision.limitsAfter,
      autonomousRemaining: decision.limitsAfter.autonomousRemaining.toString(),
      dailyRemaining: decision.limitsAfter.dailyRemaining.toString(),
    },
    retryAt: decision.retryAt,
    explanation: [...decision.explanation],
    policyHash: decision.policyHash,
    digest: decision.digest,
  };
  if (context === null) return json;
  return {
    ...json,
    tier: 4,
    reasons: [context.code, ...(decision.tier === 4 ? json.reasons : [])],
    findings: [context, ...findings],
    violations: [context, ...json.violations],
    delaySeconds: null,
    quorum: null,
    retryAt: null,
    explanation: [...json.explanation, `tier 4: ${context.message} [${context.code}]`],
  };
}

function findingJson(finding: Finding): FindingJson {
  return { ...finding, limit: finding.limit, actual: finding.actual };
}

const SUGGESTIONS: Readonly<Record<string, string>> = {
  CONTEXT_INSTRUCTION: 'Describe the payment in plain words, or leave the context out.',
  ACCOUNT_MISMATCH: 'Build the transaction with this wallet’s address as Account.',
  NETWORK_MISMATCH: 'Build the transaction for the network of this wallet.',
  LAST_LEDGER_MISSING: 'Leave LastLedgerSequence to the signer, or set it.',
  LAST_LEDGER_PASSED: 'Build the transaction anew: its LastLedgerSequence has passed.',
  LAST_LEDGER_TOO_FAR: 'Set an earlier LastLedgerSequence.',
  FEE_TOO_HIGH: 'Set a lower Fee, or leave it to the signer.',
  HOURLY_LIMIT: 'Wait until the hour has room again.',
  DAILY_LIMIT: 'Wait until the next day begins.',
  DAILY_VOLUME_LIMIT: 'Send less, or wait until the next day begins.',
  DESTINATION_COUNT_LIMIT: 'Pay a destination of today, or wait until the next day begins.',
  COOLDOWN: 'Wait until the pause after the last high payment is over.',
  DESTINATION_TAG_MISSING: 'Set the DestinationTag that this destination asks for.',
  TRANSACTION_AMOUNT_LIMIT: 'Send less in one transaction.',
  DESTINATION_NOT_ALLOWED: 'Ask the operator to add the destination to the policy.',
};

/** What an agent could do instead. */
export function suggestionsFor(decision: DecisionJson): string[] {
  const found = decision.violations.flatMap(({ code }) => SUGGESTIONS[code] ?? []);
  return found.length > 0 ? [...new Set(found)] : ['Ask the operator: the policy prohibits this.'];
}
