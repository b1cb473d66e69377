import { err, isJsonObject, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import type { PolicyEngine } from './engine.ts';
import { ACTIONS, type Action, type Effect, type PolicyQuery, type Resource } from './model.ts';
import type { ToolClass } from './tool-class.ts';

/** One row of a policy test file (`ward policy test`). */
export interface PolicyCase {
  readonly name?: string;
  readonly principal: string;
  /** Default `["agent"]`. */
  readonly roles?: readonly string[];
  /** Default `call`. */
  readonly action?: Action;
  /** `server.tool`; for `read_resource` the `server:uri`, for `get_prompt` the `server.prompt`. */
  readonly tool: string;
  /** Default `sensitive`. */
  readonly class?: ToolClass;
  readonly outward?: boolean;
  readonly quarantined?: boolean;
  readonly signer?: boolean;
  readonly arguments?: JsonObject;
  /** Labels the session has read. */
  readonly labels?: readonly string[];
  readonly flow?: 'ok' | 'confirm' | 'deny';
  /** Default true. */
  readonly sandboxed?: boolean;
  /** RFC 3339; default the first Monday of 2026 at noon, UTC. */
  readonly time?: string;
  readonly expect: Effect;
  readonly quorum?: number;
  /** Where given, exactly these policies must have decided. */
  readonly rules?: readonly string[];
}

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly got: string;
  readonly rules: readonly string[];
}

const DEFAULT_TIME = Date.UTC(2026, 0, 5, 12);

/** Runs a table of cases against the engine that the gateway would use. */
export function testPolicies(engine: PolicyEngine, cases: readonly PolicyCase[]): readonly CaseResult[] {
  return cases.map((row, index) => {
    const decision = engine.decide(toQuery(row));
    const got = describe(decision.effect, decision.quorum, row.rules && decision.rules);
    const expected = describe(
      row.expect,
      row.quorum ?? (row.expect === 'confirm' ? decision.quorum : undefined),
      row.rules,
    );
    const name = row.name ?? `case ${index + 1}: ${row.principal} ${row.action ?? 'call'} ${row.tool}`;
    return { name, passed: got === expected, expected, got, rules: decision.rules };
  });
}

function describe(effect: Effect, quorum: number | undefined, rules: readonly string[] | undefined): string {
  const by = rules === undefined ? '' : ` by ${[...rules].sort().join(', ') || 'nothing'}`;
  return `${effect}${quorum === undefined ? '' : ` (${quorum})`}${by}`;
}

export function toQuery(row: PolicyCase): PolicyQuery {
  const action = row.action ?? 'call';
  return {
    principal: { id: row.principal, roles: row.roles ?? ['agent'] },
    action,
    resource: toResource(row, action),
    ...(row.arguments !== undefined && { arguments: row.arguments }),
    labels: row.labels ?? [],
    flow: row.flow ?? 'ok',
    sandboxed: row.sandboxed ?? true,
    now: row.time === undefined ? DEFAULT_TIME : Date.parse(row.time),
  };
}

function toResource(row: PolicyCase, action: Action): Resource {
  if (action === 'read_resource') {
    const at = row.tool.indexOf(':');
    return { kind: 'resource', server: row.tool.slice(0, at), uri: row.tool.slice(at + 1) };
  }
  const at = row.tool.indexOf('.');
  const server = row.tool.slice(0, at);
  const name = row.tool.slice(at + 1);
  if (action === 'get_prompt' || action === 'complete') return { kind: 'prompt', server, name };
  return {
    kind: 'tool',
    server,
    name,
    class: row.class ?? 'sensitive',
    outward: row.outward ?? false,
    labels: [],
    quarantined: row.quarantined ?? false,
    signer: row.signer ?? false,
  };
}

const MEMBERS: Readonly<Record<string, (value: Json) => boolean>> = {
  name: isText,
  principal: isText,
  roles: isTexts,
  action: (value) => (ACTIONS as readonly Json[]).includes(value),
  tool: (value) => typeof value === 'string' && /^[^.:]+[.:]./.test(value),
  class: (value) => value === 'read_only' || value === 'sensitive' || value === 'destructive',
  outward: isFlag,
  quarantined: isFlag,
  signer: isFlag,
  arguments: isJsonObject,
  labels: isTexts,
  flow: (value) => value === 'ok' || value === 'confirm' || value === 'deny',
  sandboxed: isFlag,
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  expect: (value) => value === 'allow' || value === 'confirm' || value === 'deny',
  quorum: (value) => Number.isSafeInteger(value),
  rules: isTexts,
};

/** Reads cases from parsed YAML or JSON: a list of {@link PolicyCase}. The error is a sentence with its place. */
export function parseCases(value: Json): Result<readonly PolicyCase[], string> {
  if (!Array.isArray(value)) return err('the file must hold a list of cases');
  for (const [index, row] of value.entries()) {
    const where = `case ${index + 1}`;
    if (!isJsonObject(row)) return err(`${where} must be an object`);
    for (const needed of ['principal', 'tool', 'expect']) {
      if (row[needed] === undefined) return err(`${where} has no "${needed}"`);
    }
    for (const [name, member] of Object.entries(row)) {
      if (!Object.hasOwn(MEMBERS, name)) return err(`${where}: "${name}" is not known`);
      if (!MEMBERS[name]?.(member)) return err(`${where}: "${name}" has a wrong value`);
    }
  }
  return ok(value as unknown as readonly PolicyCase[]);
}

function isText(value: Json): boolean {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isFlag(value: Json): boolean {
  return typeof value === 'boolean';
}
