import { validate } from '@cedar-policy/cedar-wasm/nodejs';
import { BoundedCache, err, ok, type Result } from '@wardmesh/core';
import { type ArgumentType, argumentTypes, type ShownArguments, showArguments } from './arguments.ts';
import { cacheKey } from './cache-key.ts';
import { MAX_CACHE_KEY, MAX_CACHED_DECISIONS } from './limits.ts';
import type { Catalogue, Decision, PolicyFile, PolicyProblem, PolicyQuery, Principal, Resource } from './model.ts';
import { PreparedSet } from './prepared.ts';
import { type Reads, readsOf } from './reads.ts';
import { relaxPolicies } from './relax.ts';
import { type CedarRequest, toRequest } from './request.ts';
import { generateSchema } from './schema.ts';
import { type PolicySource, readSources, type SourcePolicy, toProblem } from './sources.ts';
import { unknownNames } from './unknown-names.ts';

/**
 * Decides by Cedar policies; immutable. A change of policies or catalogue makes another engine, so it takes effect with
 * the next call, and no decision outlives the policies it came from.
 */
export class PolicyEngine {
  /** Hash of the policies: `sha256:` over the canonical list of files, sorted by name. */
  readonly version: string;
  readonly policies: readonly SourcePolicy[];
  readonly #types: ReadonlyMap<string, ArgumentType>;
  readonly #reads: Reads;
  readonly #quorums: ReadonlyMap<string, number>;
  readonly #full: PreparedSet;
  readonly #relaxed: PreparedSet;
  readonly #visible = new BoundedCache<string, boolean>(MAX_CACHED_DECISIONS);
  readonly #decisions = new BoundedCache<string, Decision>(MAX_CACHED_DECISIONS);

  private constructor(source: PolicySource, catalogue: Catalogue) {
    this.version = source.version;
    this.policies = source.policies;
    this.#types = argumentTypes(catalogue);
    this.#reads = readsOf(source.policies.map((policy) => policy.json));
    this.#quorums = new Map(
      source.policies.flatMap((policy) => (policy.quorum === undefined ? [] : [[policy.id, policy.quorum] as const])),
    );
    this.#full = new PreparedSet(Object.fromEntries(source.policies.map((policy) => [policy.id, policy.text])));
    this.#relaxed = new PreparedSet(relaxPolicies(source.policies));
  }

  /** Parses the files and validates them strictly against the schema of the catalogue (`ward policy check`). */
  static load(files: readonly PolicyFile[], catalogue: Catalogue): Result<PolicyEngine, readonly PolicyProblem[]> {
    const source = readSources(files);
    if (!source.ok) return source;
    const problems = validateSource(source.value, files, catalogue);
    if (problems.length > 0) return err(problems);
    try {
      return ok(new PolicyEngine(source.value, catalogue));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : 'the policies cannot be prepared';
      return err([{ file: '', line: 0, column: 0, message }]);
    }
  }

  /** Allow, confirm or deny. Never throws: what cannot be decided is denied (XR-FAIL-1). */
  decide(query: PolicyQuery): Decision {
    try {
      const args = showArguments(query.arguments, this.#types);
      const key = cacheKey(query, args, this.#reads);
      if (key === undefined) return this.#evaluate(query, args);
      const known = this.#decisions.get(key);
      if (known !== undefined) return known;
      const decision = this.#evaluate(query, args);
      this.#decisions.set(key, decision);
      return decision;
    } catch {
      return this.#deny([], 'the policies could not be evaluated');
    }
  }

  /**
   * Whether a list may show the tool: false only where no arguments, labels, time or budget could make a call allowed or
   * confirmed. Forbids that read the context are left out and conditions of permits that read it count as met, so a tool
   * that could be called is never hidden. A forbid of the action `list` hides it too.
   */
  visible(principal: Principal, tool: Resource): boolean {
    try {
      // The relaxed policies read nothing but these, see relaxPolicies.
      const key = JSON.stringify([principal.id, principal.roles, tool]);
      if (key.length > MAX_CACHE_KEY) return this.#couldRun(principal, tool);
      const known = this.#visible.get(key);
      if (known !== undefined) return known;
      const visible = this.#couldRun(principal, tool);
      this.#visible.set(key, visible);
      return visible;
    } catch {
      return false;
    }
  }

  #couldRun(principal: Principal, tool: Resource): boolean {
    const query = { principal, resource: tool, sandboxed: true, now: 0 } as const;
    const call = this.#relaxed.evaluate(this.#request({ ...query, action: CALLS[tool.kind] }));
    if (call.type === 'failure' || call.response.decision !== 'allow') return false;
    if (call.response.diagnostics.errors.length > 0) return false;
    const list = this.#relaxed.evaluate(this.#request({ ...query, action: 'list' }));
    if (list.type === 'failure') return false;
    const { decision, diagnostics } = list.response;
    // Nothing needs to permit `list`; only a forbid that matched speaks against it.
    return decision === 'allow' || diagnostics.reason.length === 0;
  }

  /** What policies are shown of a query's arguments. */
  shown(query: PolicyQuery): ShownArguments {
    return showArguments(query.arguments, this.#types);
  }

  #request(query: PolicyQuery): CedarRequest {
    return toRequest(query, showArguments(query.arguments, this.#types));
  }

  #evaluate(query: PolicyQuery, args: ShownArguments): Decision {
    const blind = this.#unreadable(args);
    if (blind !== undefined) return this.#deny([], `a policy reads the argument "${blind}", which it cannot be shown`);
    const answer = this.#full.evaluate(toRequest(query, args));
    if (answer.type === 'failure') return this.#deny([], 'the request could not be evaluated');
    const { decision, diagnostics } = answer.response;
    const rules = [...diagnostics.reason].sort();
    if (diagnostics.errors.length > 0) {
      const failed = diagnostics.errors.map((error) => error.policyId).sort();
      return this.#deny(failed, `the policy ${failed.join(', ')} failed to evaluate`);
    }
    if (decision === 'deny') {
      return this.#deny(rules, rules.length === 0 ? 'no policy permits it' : `forbidden by ${rules.join(', ')}`);
    }
    const quorum = Math.max(0, ...rules.map((rule) => this.#quorums.get(rule) ?? 0));
    if (quorum > 0) {
      const asking = rules.filter((rule) => this.#quorums.has(rule)).join(', ');
      const reasons = [`${asking} asks for ${quorum === 1 ? 'one approval' : `${quorum} approvals`}`];
      return Object.freeze({ effect: 'confirm', quorum, rules, version: this.version, reasons });
    }
    const reasons = [`permitted by ${rules.join(', ')}`];
    return Object.freeze({ effect: 'allow', rules, version: this.version, reasons });
  }

  /** An argument that a policy reads but that has no form policies could read: "absent" would be a lie. */
  #unreadable(args: ShownArguments): string | undefined {
    if (args.unread.length === 0) return undefined;
    for (const path of this.#reads.context) {
      if (path.length === 0 || (path.length === 1 && path[0] === 'arguments')) return args.unread[0];
      if (path[0] === 'arguments' && args.unread.includes(path[1] as string)) return path[1];
    }
    return undefined;
  }

  #deny(rules: readonly string[], reason: string): Decision {
    return Object.freeze({ effect: 'deny', rules, version: this.version, reasons: [reason] });
  }
}

const CALLS = { tool: 'call', resource: 'read_resource', prompt: 'get_prompt' } as const;

function validateSource(
  source: PolicySource,
  files: readonly PolicyFile[],
  catalogue: Catalogue,
): readonly PolicyProblem[] {
  const byId = new Map(source.policies.map((policy) => [policy.id, policy]));
  const answer = validate({
    schema: generateSchema(catalogue),
    policies: { staticPolicies: Object.fromEntries(source.policies.map((policy) => [policy.id, policy.text])) },
  });
  if (answer.type === 'failure') {
    return answer.errors.map((error) => ({ file: '', line: 0, column: 0, message: error.message }));
  }
  const problems = answer.validationErrors.map(({ policyId, error }) => {
    const policy = byId.get(policyId);
    const file = files.find((candidate) => candidate.name === policy?.file);
    if (policy === undefined || file === undefined) return { file: '', line: 0, column: 0, message: error.message };
    return toProblem(file, error, bytesBefore(file.text, policy));
  });
  // Where Cedar has something to say of a policy, it says it better.
  const told = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  const policies = source.policies.filter((policy) => !told.has(policy.id));
  return [...problems, ...unknownNames({ ...source, policies }, catalogue, argumentTypes(catalogue))];
}

function bytesBefore(text: string, policy: SourcePolicy): number {
  const lines = text.split('\n').slice(0, policy.line - 1);
  const units = lines.reduce((sum, line) => sum + line.length + 1, 0) + policy.column - 1;
  return new TextEncoder().encode(text.slice(0, units)).length;
}
