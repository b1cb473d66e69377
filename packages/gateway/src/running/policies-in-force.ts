import { CodedError } from '@wardmesh/core';
import type { Catalogue as PolicyCatalogue, PolicyEngine } from '@wardmesh/policy';
import { denyAll, loadPolicies } from '../home/policies.ts';

export interface PoliciesOptions {
  /** Where the Cedar files are now. */
  folder(): string;
  /** What they may speak of now. */
  catalogue(): PolicyCatalogue;
  /** Other policies are in force since someone changed a file. */
  onChanged(version: string): void;
  /** What is in the folder is refused; the ones before stay. Told once for the same reason. */
  onRefused(error: CodedError): void;
}

/** The policies that decide now. Broken ones are refused and the old ones stay; before any was valid, nothing is permitted. */
export class PoliciesInForce {
  readonly #options: PoliciesOptions;
  #engine: PolicyEngine;
  #problem: CodedError | undefined;

  constructor(options: PoliciesOptions) {
    this.#options = options;
    this.#engine = denyAll(options.catalogue());
  }

  get engine(): PolicyEngine {
    return this.#engine;
  }

  /** Why the policies in force are not those in the folder; undefined where they are. */
  get problem(): CodedError | undefined {
    return this.#problem;
  }

  /** Reads the folder again. `tell`: a change of a file led here, not a change of the tools they speak of. */
  reload(tell = false): void {
    try {
      const next = loadPolicies(this.#options.folder(), this.#options.catalogue());
      const isOther = next.version !== this.#engine.version;
      this.#engine = next;
      this.#problem = undefined;
      if (tell && isOther) this.#options.onChanged(next.version);
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError('POLICY_INVALID', String(error));
      if (this.#problem?.message !== coded.message) this.#options.onRefused(coded);
      this.#problem = coded;
    }
  }
}
