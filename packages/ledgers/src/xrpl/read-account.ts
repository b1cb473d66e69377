import { canonicalize } from '@wardmesh/core';
import { LedgersError } from '../error.ts';
import type { Failover } from './failover.ts';
import type { XrplNode } from './node.ts';
import { parseAccountInfo } from './parse-account.ts';
import type { AccountInfo } from './port.ts';

/**
 * An account as one node tells it, confirmed by others at the very same ledger as far as they know it. A witness that
 * cannot answer lowers `confirmedBy`; one that answers otherwise is an error.
 * @throws LedgersError ACCOUNT_NOT_FOUND, ENDPOINTS_DISAGREE
 */
export async function readAccount(
  failover: Failover,
  address: string,
  at: 'validated' | 'current',
  confirmations: number,
): Promise<AccountInfo> {
  const first = await failover.run(async (node) => ({ node, info: await ask(node, address, at) }));
  const { validated } = first.info;
  if (at === 'validated' && validated === undefined) {
    throw new LedgersError('MALFORMED_ANSWER', 'the node answers for a ledger that is not validated');
  }
  let confirmedBy = 1;
  for (const node of failover.ordered()) {
    if (validated === undefined || confirmedBy >= confirmations) break;
    if (node === first.node) continue;
    const witness = await ask(node, address, validated.index).catch(absent);
    // One that does not hold that ledger as validated yet has no say.
    if (witness?.validated === undefined) continue;
    if (!isSame(first.info, witness)) throw disagree(first.node, node);
    confirmedBy += 1;
  }
  return { ...first.info, confirmedBy };
}

async function ask(node: XrplNode, account: string, at: 'validated' | 'current' | number): Promise<AccountInfo> {
  const params = { account, ledger_index: at, signer_lists: true };
  return parseAccountInfo(await node.request('account_info', params), account);
}

/** A witness that fails or lags says nothing; one that knows the ledger but not the account contradicts. */
function absent(error: unknown): undefined {
  if (error instanceof LedgersError && error.code !== 'ACCOUNT_NOT_FOUND') return undefined;
  throw error;
}

function isSame(a: AccountInfo, b: AccountInfo): boolean {
  const plain = ({ balance, ...info }: AccountInfo): string => canonicalize({ ...info, balance: balance.toString() });
  return plain(a) === plain(b);
}

function disagree(a: XrplNode, b: XrplNode): LedgersError {
  return new LedgersError('ENDPOINTS_DISAGREE', 'two endpoints tell different states of one account', {
    details: { endpoints: [a.url.host, b.url.host] },
  });
}
