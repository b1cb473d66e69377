import { canonicalBytes, err, ok, type Result } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import { type Decimal, parseDecimal } from '../amount/decimal.ts';
import { WalletError } from '../error.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { compileCondition, compilePatterns, type Predicate } from './condition.ts';
import { policyToJson } from './json.ts';
import type { WalletPolicy } from './model.ts';
import type { Rule } from './rule.ts';

/** A policy ready to decide: lists as sets, patterns and rules as code. */
export interface CompiledPolicy {
  readonly policy: WalletPolicy;
  /** SHA-256 of the canonical JSON (RFC 8785), `sha256:<hex>`. */
  readonly hash: `sha256:${string}`;
  readonly allow: ReadonlySet<string>;
  readonly block: ReadonlySet<string>;
  readonly blockedIssuers: ReadonlySet<string>;
  /** Destinations that need a tag. */
  readonly tagRequired: ReadonlySet<string>;
  readonly memoPatterns: readonly Pattern[];
  readonly rates: ReadonlyMap<string, Decimal>;
  /** In the order in which they are tried; disabled ones left out. */
  readonly rules: readonly { readonly rule: Rule; readonly matches: Predicate }[];
  readonly types: {
    readonly allowed: ReadonlySet<string> | null;
    readonly autonomous: ReadonlySet<string>;
    readonly cosign: ReadonlySet<string>;
    readonly prohibited: ReadonlySet<string>;
  };
}

/** @returns INVALID_POLICY, INVALID_PATTERN: a policy with a rule or pattern that does not work is refused whole (W20) */
export function compilePolicy(policy: WalletPolicy): Result<CompiledPolicy, WalletError> {
  try {
    const { destinations, types } = policy;
    return ok({
      policy,
      hash: policyHash(policy),
      allow: new Set(destinations.allow),
      block: new Set(destinations.block),
      blockedIssuers: new Set(destinations.blockedIssuers),
      tagRequired: new Set(destinations.exchanges.filter(({ requireTag }) => requireTag).map(({ address }) => address)),
      memoPatterns: compilePatterns(policy.memos.patterns),
      rates: new Map(Object.entries(policy.values.rates).map(([asset, rate]) => [asset, readRate(asset, rate)])),
      rules: policy.rules.map((rule) => compileRule(rule, policy)).filter(({ rule }) => rule.enabled),
      types: {
        allowed: types.allowed === null ? null : new Set(types.allowed),
        autonomous: new Set(types.autonomous),
        cosign: new Set(types.cosign),
        prohibited: new Set(types.prohibited),
      },
    });
  } catch (error) {
    if (error instanceof WalletError) return err(error);
    return err(new WalletError('INVALID_POLICY', 'the policy could not be compiled', { cause: error }));
  }
}

/** The policy's identity: one meaning, one hash. */
export function policyHash(policy: WalletPolicy): `sha256:${string}` {
  return contentHash(canonicalBytes(policyToJson(policy)));
}

/** Disabled rules are compiled too: what would fail when enabled is refused now. */
function compileRule(rule: Rule, policy: WalletPolicy): { rule: Rule; matches: Predicate } {
  try {
    return { rule, matches: compileCondition(rule.condition, policy) };
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
    throw new WalletError(error.code, `${rule.id}: ${error.message}`, { cause: error });
  }
}

function readRate(asset: string, rate: string): Decimal {
  const parsed = parseDecimal(rate);
  if (!parsed.ok || parsed.value.mantissa <= 0n) {
    throw new WalletError('INVALID_POLICY', `the rate of ${asset} is not a decimal above 0`);
  }
  return parsed.value;
}
