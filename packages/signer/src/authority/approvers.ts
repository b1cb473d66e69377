import type { ApproverKey, ApproverKeys } from '@wardmesh/approvals';
import { fromBase64 } from '@wardmesh/core';
import type { Approver } from './options.ts';

/** Who may approve, sealed with the signer's state; the agent's side has no way to this list. */
export class Approvers implements ApproverKeys {
  readonly #list: readonly Approver[];

  constructor(list: readonly Approver[]) {
    this.#list = list;
  }

  /** Distinct people. */
  get count(): number {
    return new Set(this.#list.map(({ by }) => by)).size;
  }

  list(): readonly Approver[] {
    return this.#list;
  }

  find(keyId: string): ApproverKey | undefined {
    const found = this.#list.find((approver) => approver.keyId === keyId);
    return found === undefined
      ? undefined
      : { keyId: found.keyId, by: found.by, publicKey: fromBase64(found.publicKey) };
  }
}
