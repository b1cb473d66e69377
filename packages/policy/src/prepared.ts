import {
  type AuthorizationAnswer,
  type PolicyJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarRequest } from './request.ts';

// Cedar keeps prepared sets by name for the life of the process and can only overwrite them: names are used again.
const free: string[] = [];
let made = 0;
const collected = new FinalizationRegistry<string>(release);

function release(name: string): void {
  preparsePolicySet(name, { staticPolicies: {} });
  free.push(name);
}

/** A policy set parsed once inside Cedar. Its memory is given back when the object is collected. */
export class PreparedSet {
  readonly #name: string;

  /** @throws Error where a policy cannot be parsed; callers have parsed each one before. */
  constructor(policies: Readonly<Record<string, string | PolicyJson>>) {
    this.#name = free.pop() ?? `wardmesh-${made++}`;
    const parsed = preparsePolicySet(this.#name, { staticPolicies: { ...policies } });
    if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message ?? 'the policies cannot be prepared');
    collected.register(this, this.#name);
  }

  evaluate(request: CedarRequest): AuthorizationAnswer {
    return statefulIsAuthorized({ ...request, preparsedPolicySetId: this.#name });
  }
}
