import { formatXrp } from '../amount/drops.ts';
import { factsOf } from '../xrpl/transaction-types.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';
import { leavesOf } from './spend.ts';

/** Networks with a greater id must be named in each transaction, the others must not (XLS-37). */
export const MAX_UNNAMED_NETWORK = 1_024;

/** What frames the transaction: the policy is on, and account, network, expiry, fee and fields are as they must be. */
export function checkEnvelope({ intent, compiled, context }: CheckInput): Finding[] {
  const { policy } = compiled;
  const found: Finding[] = [];
  if (!policy.enabled) found.push(finding(4, 'POLICY_DISABLED', 'the policy is disabled'));
  for (const one of [intent, ...intent.inner]) {
    if (one.account !== context.account) {
      const figures = { limit: context.account, actual: one.account };
      found.push(finding(4, 'ACCOUNT_MISMATCH', `the transaction is of ${one.account}, not of this wallet`, figures));
    }
    for (const field of [...one.unknownFields, ...one.refusedFields]) {
      found.push(finding(4, 'FIELD_NOT_ALLOWED', `${field} is not allowed in ${one.type}`, { actual: field }));
    }
    const { networkId } = policy.ledger;
    const named = networkId > MAX_UNNAMED_NETWORK ? networkId : null;
    if (one.networkId !== named) {
      const figures = { limit: named ?? 'none', actual: one.networkId ?? 'none' };
      const message =
        named === null
          ? `a transaction for ${policy.network} has no NetworkID`
          : `the transaction is not for ${policy.network}`;
      found.push(finding(4, 'NETWORK_MISMATCH', message, figures));
    }
  }
  found.push(...checkExpiry(intent.lastLedgerSequence, context.ledgerIndex, policy.ledger.maxLedgersAhead));
  const burnsReserve = leavesOf(intent).some(({ type }) => factsOf(type).reserveFee === true);
  const most = burnsReserve && policy.fee.reserveMax > policy.fee.max ? policy.fee.reserveMax : policy.fee.max;
  if (intent.fee > most) {
    const message = `the fee of ${formatXrp(intent.fee)} is above ${formatXrp(most)}`;
    found.push(finding(4, 'FEE_TOO_HIGH', message, { limit: most, actual: intent.fee }));
  }
  return found;
}

/** Without an end a signature could be submitted for ever, and its reservation never be closed. */
function checkExpiry(last: number | null, ledger: number | null, ahead: number): Finding[] {
  if (last === null) return [finding(4, 'LAST_LEDGER_MISSING', 'the transaction has no LastLedgerSequence')];
  if (ledger === null) return [];
  if (last <= ledger) {
    return [finding(4, 'LAST_LEDGER_PASSED', 'the transaction has expired', { limit: ledger + 1, actual: last })];
  }
  if (last - ledger <= ahead) return [];
  const figures = { limit: ledger + ahead, actual: last };
  return [finding(4, 'LAST_LEDGER_TOO_FAR', 'LastLedgerSequence is too far ahead', figures)];
}
