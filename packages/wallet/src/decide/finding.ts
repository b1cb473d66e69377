import type { Tier } from '../xrpl/transaction-types.ts';

/** Every reason why a transaction is not simply signed. */
export type FindingCode =
  | 'CHECK_FAILED'
  | 'POLICY_DISABLED'
  | 'ACCOUNT_MISMATCH'
  | 'NETWORK_MISMATCH'
  | 'LAST_LEDGER_MISSING'
  | 'LAST_LEDGER_PASSED'
  | 'LAST_LEDGER_TOO_FAR'
  | 'FEE_TOO_HIGH'
  | 'FIELD_NOT_ALLOWED'
  | 'DESTINATION_BLOCKED'
  | 'ISSUER_BLOCKED'
  | 'TRANSACTION_TYPE_BLOCKED'
  | 'TRANSACTION_TYPE_NOT_ALLOWED'
  | 'MEMO_PATTERN'
  | 'DESTINATION_TAG_MISSING'
  | 'HOURLY_LIMIT'
  | 'DAILY_LIMIT'
  | 'DAILY_VOLUME_LIMIT'
  | 'DESTINATION_COUNT_LIMIT'
  | 'COOLDOWN'
  | 'TRANSACTION_TYPE_AMOUNT_LIMIT'
  | 'TRANSACTION_AMOUNT_LIMIT'
  | 'HIDDEN_VALUE'
  | 'UNRATED_VALUE'
  | 'UNCOUNTED_VALUE'
  | 'WHOLE_BALANCE'
  | 'CURRENCY_EXCHANGE'
  | 'GOVERNANCE'
  | 'TRANSACTION_TYPE_NEEDS_APPROVAL'
  | 'RULE_MATCHED'
  | 'RULE_FAILED'
  | 'OUTSIDE_ACTIVE_HOURS'
  | 'DESTINATION_NOT_ALLOWED'
  | 'NEW_DESTINATION'
  | 'ABOVE_DELAYED_AMOUNT'
  | 'ABOVE_AUTONOMOUS_AMOUNT'
  | 'ABOVE_AUTONOMOUS_VOLUME'
  | 'ABOVE_DELAYED_VOLUME';

/** What one check says: the lowest tier it leaves open, and why. */
export interface Finding {
  readonly tier: Exclude<Tier, 1>;
  readonly code: FindingCode;
  /** One sentence for people. Shows no more of the transaction than addresses, types and amounts. */
  readonly message: string;
  /** What the policy allows, where that is a figure or a name. */
  readonly limit: string | null;
  /** What the transaction has. */
  readonly actual: string | null;
  /** Unix milliseconds from which a repeat may pass; null where waiting changes nothing. */
  readonly retryAt: number | null;
}

export function finding(
  tier: Exclude<Tier, 1>,
  code: FindingCode,
  message: string,
  figures: { readonly limit?: unknown; readonly actual?: unknown; readonly retryAt?: number } = {},
): Finding {
  return {
    tier,
    code,
    message,
    limit: figures.limit === undefined ? null : String(figures.limit),
    actual: figures.actual === undefined ? null : String(figures.actual),
    retryAt: figures.retryAt ?? null,
  };
}
