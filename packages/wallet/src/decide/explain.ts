import { formatAmount } from '../amount/amount.ts';
import { formatXrp } from '../amount/drops.ts';
import type { Intent } from '../xrpl/intent.ts';
import type { Movement } from '../xrpl/movement.ts';
import type { Tier } from '../xrpl/transaction-types.ts';
import type { Finding } from './finding.ts';

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  1: 'tier 1: signed at once',
  2: 'tier 2: waits, and can be vetoed',
  3: 'tier 3: needs co-signatures',
  4: 'tier 4: prohibited',
};

const DIRECTION_WORDS = { out: 'gives', in: 'gets', lock: 'locks', limit: 'allows up to' } as const;

/** What a transaction does and why it stands where it does, for people. Memos are left out: they are the agent's words. */
export function explain(intent: Intent, tier: Tier, findings: readonly Finding[]): readonly string[] {
  return [
    ...describe(intent),
    TIER_WORDS[tier],
    ...findings.map((item) => `tier ${item.tier}: ${item.message} [${item.code}]`),
  ];
}

function describe(intent: Intent, prefix = ''): string[] {
  const fee = intent.fee > 0n ? `, fee ${formatXrp(intent.fee)}` : '';
  const lines = [`${prefix}${intent.type} of ${intent.account}${fee}`];
  for (const movement of intent.movements) {
    if (movement.field !== 'Fee') lines.push(`${prefix}  ${describeMovement(movement)}`);
  }
  if (intent.destination !== null && intent.destination.tag !== null) {
    lines.push(`${prefix}  destination tag ${intent.destination.tag}`);
  }
  intent.inner.forEach((one, index) => {
    lines.push(...describe(one, `${prefix}${index + 1}. `));
  });
  return lines;
}

function describeMovement({ direction, amount, extent, item, field, counterparty }: Movement): string {
  const what =
    amount === null ? (item === null ? `${field} (${extent})` : `${field} ${item} (${extent})`) : formatAmount(amount);
  const whom = counterparty === null ? '' : direction === 'in' ? ` from or for ${counterparty}` : ` to ${counterparty}`;
  return `${DIRECTION_WORDS[direction]} ${what}${whom}`;
}
