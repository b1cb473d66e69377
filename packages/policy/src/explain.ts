import {
  type AuthorizationAnswer,
  type Clause,
  isAuthorized,
  type PolicyJson,
  policyToText,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyEngine } from './engine.ts';
import type { Decision, PolicyQuery } from './model.ts';
import { conjuncts } from './relax.ts';
import { type CedarRequest, toRequest } from './request.ts';
import type { SourcePolicy } from './sources.ts';

export interface PolicyTrace {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly effect: 'permit' | 'forbid';
  readonly quorum?: number;
  readonly outcome: 'matched' | 'scope' | 'condition' | 'error';
  /** The conditions that failed, as Cedar text; or the error. */
  readonly failed: readonly string[];
}

export interface Explanation {
  readonly decision: Decision;
  readonly policies: readonly PolicyTrace[];
  /** The same for people, a few lines. Holds no argument values. */
  readonly text: string;
}

/** Which policies matched a query, which did not and why: each is evaluated alone, then part by part. Slow; for people. */
export function explain(engine: PolicyEngine, query: PolicyQuery): Explanation {
  const decision = engine.decide(query);
  const request = toRequest(query, engine.shown(query));
  const policies = engine.policies.map((policy) => trace(policy, request));
  return { decision, policies, text: toText(decision, policies) };
}

type Verdict = 'satisfied' | 'unsatisfied' | { readonly error: string };

function trace(policy: SourcePolicy, request: CedarRequest): PolicyTrace {
  const known = {
    id: policy.id,
    file: policy.file,
    line: policy.line,
    effect: policy.json.effect,
    ...(policy.quorum !== undefined && { quorum: policy.quorum }),
  };
  const whole = evaluate(policy.json, request);
  if (whole === 'satisfied') return { ...known, outcome: 'matched', failed: [] };
  if (typeof whole === 'object') return { ...known, outcome: 'error', failed: [whole.error] };
  if (evaluate({ ...policy.json, conditions: [] }, request) === 'unsatisfied') {
    return { ...known, outcome: 'scope', failed: [scopeText(policy.json)] };
  }
  const failed = policy.json.conditions.flatMap(split).filter((clause) => {
    return evaluate({ ...policy.json, conditions: [clause] }, request) !== 'satisfied';
  });
  return { ...known, outcome: 'condition', failed: failed.map((clause) => clauseText(policy.json, clause)) };
}

/** A `when` of several parts as several, so that the one that failed can be named. */
function split(clause: Clause): readonly Clause[] {
  return clause.kind === 'unless' ? [clause] : conjuncts(clause.body).map((body) => ({ kind: 'when', body }));
}

function evaluate(json: PolicyJson, request: CedarRequest): Verdict {
  let answer: AuthorizationAnswer;
  try {
    // As a permit it is satisfied exactly where the answer is allow.
    answer = isAuthorized({ ...request, policies: { staticPolicies: { one: { ...json, effect: 'permit' } } } });
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : 'not evaluated' };
  }
  if (answer.type === 'failure') return { error: answer.errors[0]?.message ?? 'not evaluated' };
  const [error] = answer.response.diagnostics.errors;
  if (error !== undefined) return { error: error.error.message };
  return answer.response.decision === 'allow' ? 'satisfied' : 'unsatisfied';
}

function clauseText(json: PolicyJson, clause: Clause): string {
  const text = bareText({ ...json, conditions: [clause] });
  const at = text.search(/\b(?:when|unless)\s*\{/);
  return at < 0 ? text : text.slice(at).replace(/;\s*$/, '').replace(/\s+/g, ' ').trim();
}

function scopeText(json: PolicyJson): string {
  return bareText({ ...json, conditions: [] })
    .replace(/;\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function bareText(json: PolicyJson): string {
  const { annotations: _annotations, ...bare } = json;
  const text = policyToText(bare);
  return text.type === 'success' ? text.text : json.effect;
}

function toText(decision: Decision, policies: readonly PolicyTrace[]): string {
  const lines = [`${decision.effect}: ${decision.reasons.join('; ')}`];
  for (const policy of policies) {
    const where = `${policy.id} (${policy.effect}${policy.quorum === undefined ? '' : `, approval ${policy.quorum}`}, ${policy.file}:${policy.line})`;
    if (policy.outcome === 'matched') lines.push(`  matched      ${where}`);
    else if (policy.outcome === 'error') lines.push(`  failed       ${where}: ${policy.failed.join('; ')}`);
    else if (policy.outcome === 'scope') lines.push(`  other scope  ${where}: ${policy.failed.join('; ')}`);
    else lines.push(`  not met      ${where}: ${policy.failed.join('; ')}`);
  }
  return lines.join('\n');
}
