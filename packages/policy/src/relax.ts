import type { Clause, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { readsVariable } from './reads.ts';
import type { SourcePolicy } from './sources.ts';

/**
 * The policies for listing: permits as wide and forbids as narrow as they could be in any context. A permit loses the
 * conditions that read the context (conjunct by conjunct); a forbid that has such a condition is left out whole.
 */
export function relaxPolicies(policies: readonly SourcePolicy[]): Record<string, PolicyJson> {
  const relaxed: Record<string, PolicyJson> = {};
  for (const { id, json } of policies) {
    if (json.effect === 'permit') {
      relaxed[id] = { ...json, conditions: json.conditions.flatMap(relaxClause) };
    } else if (!json.conditions.some((clause) => readsVariable(clause.body, 'context'))) {
      relaxed[id] = json;
    }
  }
  return relaxed;
}

function relaxClause(clause: Clause): readonly Clause[] {
  if (!readsVariable(clause.body, 'context')) return [clause];
  // `unless` could be false in some context, so it holds nothing back.
  if (clause.kind === 'unless') return [];
  return conjuncts(clause.body)
    .filter((part) => !readsVariable(part, 'context'))
    .map((body) => ({ kind: 'when', body }));
}

/** The parts of `a && b && c`. */
export function conjuncts(body: Expr): readonly Expr[] {
  if (!('&&' in body)) return [body];
  const { left, right } = (body as { '&&': { left: Expr; right: Expr } })['&&'];
  return [...conjuncts(left), ...conjuncts(right)];
}
