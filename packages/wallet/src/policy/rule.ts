import type { Tier } from '../xrpl/transaction-types.ts';

export const RULE_FIELDS = [
  'destination',
  'amount_xrp',
  'amount_drops',
  'transaction_type',
  'transaction_category',
  'memo',
  'memo_type',
  'fee_drops',
  'destination_tag',
  'source_tag',
  'daily_volume_xrp',
  'hourly_count',
  'is_new_destination',
  'currency',
  'issuer',
] as const;
export type RuleField = (typeof RULE_FIELDS)[number];

export const RULE_OPERATORS = [
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not_in',
  'matches',
  'contains',
  'starts_with',
  'ends_with',
  'in_category',
] as const;
export type RuleOperator = (typeof RULE_OPERATORS)[number];

export const RULE_REFERENCES = [
  'blocklist.addresses',
  'blocklist.memo_patterns',
  'allowlist.addresses',
  'allowlist.trusted_tags',
] as const;
export type RuleReference = (typeof RULE_REFERENCES)[number];

/** Numbers are written as decimal text, so that XRP amounts stay exact. */
export type RuleValue =
  | { readonly text: string }
  | { readonly number: string }
  | { readonly boolean: boolean }
  | { readonly list: readonly string[] }
  | { readonly ref: RuleReference };

export type Condition =
  | { readonly always: true }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: RuleField; readonly operator: RuleOperator; readonly value: RuleValue };

/** Rules are tried lowest priority first; the first that matches decides the tier a transaction starts from. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** 1–9999, lower first; two with the same number in the order of their ids. */
  readonly priority: number;
  readonly enabled: boolean;
  readonly condition: Condition;
  readonly tier: Tier;
  readonly reason: string | null;
  /** Delay instead of the policy's, seconds; only ever longer. */
  readonly delaySeconds: number | null;
}
