import { LedgersError } from '../error.ts';
import type { ValidatedTransaction } from './port.ts';
import type { Sought, Story } from './story.ts';

export type Verdict =
  | { readonly kind: 'validated'; readonly transaction: ValidatedTransaction; readonly confirmedBy: number }
  | { readonly kind: 'expired'; readonly confirmedBy: number }
  | { readonly kind: 'open' };

/**
 * What several nodes' stories amount to. Final only where `needed` of them agree; no single node can make a success or
 * an end of what the others do not have.
 * @throws LedgersError ENDPOINTS_DISAGREE where two stories cannot both be true.
 */
export function judge(stories: readonly Story[], sought: Sought, needed: number): Verdict {
  const validated = stories.filter((story) => story.kind === 'validated');
  const absent = stories.filter((story) => story.kind === 'absent');
  const [first] = validated;
  if (first !== undefined) {
    const { transaction } = first;
    for (const other of validated) {
      if (!isSame(transaction, other.transaction)) throw disagree(first, other);
    }
    for (const other of absent) {
      if (other.complete && other.validatedIndex >= sought.last) throw disagree(first, other);
    }
    return validated.length >= needed
      ? { kind: 'validated', transaction, confirmedBy: validated.length }
      : { kind: 'open' };
  }
  const ended = absent.filter(({ complete, validatedIndex }) => complete && validatedIndex >= sought.last);
  return ended.length >= needed ? { kind: 'expired', confirmedBy: ended.length } : { kind: 'open' };
}

function isSame(a: ValidatedTransaction, b: ValidatedTransaction): boolean {
  return a.ledgerIndex === b.ledgerIndex && a.ledgerHash === b.ledgerHash && a.result === b.result;
}

function disagree(a: Story, b: Story): LedgersError {
  return new LedgersError('ENDPOINTS_DISAGREE', 'two endpoints tell different stories of a validated ledger', {
    hint: 'Treat the transaction as undecided; ask a third endpoint, or your own node.',
    details: { endpoints: [a.node.url.host, b.node.url.host] },
  });
}
