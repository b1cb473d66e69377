import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { MAX_EXPRESSION_DEPTH } from './limits.ts';

/** What policies read of a request: paths of member names below each variable. The empty path is the whole variable. */
export interface Reads {
  readonly context: readonly (readonly string[])[];
  readonly principal: readonly (readonly string[])[];
  readonly resource: readonly (readonly string[])[];
}

type Variable = keyof Reads;
const VARIABLES: ReadonlySet<string> = new Set<Variable>(['context', 'principal', 'resource']);

/** @throws RangeError where an expression is nested deeper than {@link MAX_EXPRESSION_DEPTH}. */
export function readsOf(policies: readonly PolicyJson[]): Reads {
  const found: Record<Variable, Map<string, readonly string[]>> = {
    context: new Map(),
    principal: new Map(),
    resource: new Map(),
  };
  const note = (variable: Variable, path: readonly string[]): void => {
    found[variable].set(JSON.stringify(path), path);
  };
  for (const policy of policies) for (const clause of policy.conditions) visit(clause.body, note, 0);
  return {
    context: shortest([...found.context.values()]),
    principal: shortest([...found.principal.values()]),
    resource: shortest([...found.resource.values()]),
  };
}

/** Whether an expression reads anything of the variable. */
export function readsVariable(expression: unknown, variable: Variable): boolean {
  let reads = false;
  visit(
    expression,
    (name) => {
      if (name === variable) reads = true;
    },
    0,
  );
  return reads;
}

function visit(node: unknown, note: (variable: Variable, path: readonly string[]) => void, depth: number): void {
  if (depth > MAX_EXPRESSION_DEPTH) throw new RangeError('the expression is nested too deep');
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, note, depth + 1);
    return;
  }
  const chain = chainOf(node as Record<string, unknown>);
  if (chain !== undefined) {
    note(chain.variable, chain.path);
    return;
  }
  for (const child of Object.values(node)) visit(child, note, depth + 1);
}

/** `context.a.b` and `context.a has b` as a path; undefined for any other expression. */
function chainOf(node: Record<string, unknown>): { variable: Variable; path: string[] } | undefined {
  if (typeof node.Var === 'string') {
    return VARIABLES.has(node.Var) ? { variable: node.Var as Variable, path: [] } : undefined;
  }
  const access = (node['.'] ?? node.has) as { left?: unknown; attr?: string | string[] } | undefined;
  if (access === undefined || typeof access.left !== 'object' || access.left === null) return undefined;
  const base = chainOf(access.left as Record<string, unknown>);
  if (base === undefined || access.attr === undefined) return undefined;
  return {
    variable: base.variable,
    path: [...base.path, ...(Array.isArray(access.attr) ? access.attr : [access.attr])],
  };
}

/** Drops paths that a shorter one covers. */
function shortest(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return paths.filter(
    (path) => !paths.some((other) => other.length < path.length && other.every((name, i) => name === path[i])),
  );
}
