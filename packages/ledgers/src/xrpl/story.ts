import type { LedgersError } from '../error.ts';
import type { XrplNode } from './node.ts';
import { parseLedger, parseServerState } from './parse-server.ts';
import { parseStatus } from './parse-transaction.ts';
import type { ValidatedTransaction } from './port.ts';

/** What one node tells of a transaction. */
export type Story =
  | { readonly kind: 'validated'; readonly node: XrplNode; readonly transaction: ValidatedTransaction }
  /** Not in a validated ledger up to `validatedIndex`. `complete`: the node holds every ledger it could be in. */
  | { readonly kind: 'absent'; readonly node: XrplNode; readonly validatedIndex: number; readonly complete: boolean }
  | { readonly kind: 'pending'; readonly node: XrplNode }
  | { readonly kind: 'silent'; readonly node: XrplNode; readonly error: LedgersError };

export interface Sought {
  readonly hash: string;
  /** First and last ledger that can hold it. */
  readonly first: number;
  readonly last: number;
}

/** rippled searches at most this many ledgers for `searched_all`. */
const MAX_RANGE = 1_000;

/**
 * Asks one node and checks that its story holds together: a validated transaction must be listed in the validated
 * ledger it is said to be in. @throws LedgersError where it does not, or where the node fails.
 */
export async function askForStory(node: XrplNode, sought: Sought): Promise<Story> {
  // The index first: a ledger that closes in between then makes absence uncertain, not wrong.
  const { validated } = parseServerState(await node.request('server_state', {}));
  const range = { min_ledger: Math.max(sought.first, sought.last - MAX_RANGE + 1), max_ledger: sought.last };
  const response = await node.requestRaw('tx', { transaction: sought.hash, ...range });
  const status = parseStatus(response, sought.hash);
  if (status.kind === 'pending') return { kind: 'pending', node };
  if (status.kind === 'not_found') {
    return { kind: 'absent', node, validatedIndex: validated.index, complete: status.searchedAll };
  }
  const { kind: _, ...transaction } = status;
  const result = await node.request('ledger', { ledger_index: transaction.ledgerIndex, transactions: true });
  const ledger = parseLedger(result);
  const holds =
    ledger.validated &&
    ledger.index === transaction.ledgerIndex &&
    ledger.hash === transaction.ledgerHash &&
    ledger.transactions?.includes(sought.hash) === true &&
    transaction.ledgerIndex <= sought.last;
  if (!holds) result.fail('ledger');
  return { kind: 'validated', node, transaction };
}
