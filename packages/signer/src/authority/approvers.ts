import type { ApproverKey, ApproverKeys } from '@wardmesh/approvals';
import { canonicalBytes, fromBase64, isJsonObject, type Json } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import type { Database } from '@wardmesh/store';
import type { Approver } from './options.ts';

/** Where the list stands among the signer's sealed documents: `{approvers, revision?}`. */
export const APPROVERS_DOCUMENT = 'approvers';

/** A list of approvers, and how often it was changed: no two lists in the life of a signer have one hash. */
export interface ApproverList {
  readonly revision: number;
  readonly approvers: readonly Approver[];
}

/** Who may approve, sealed with the signer's state; the agent's side has no way to this list. */
export class Approvers implements ApproverKeys {
  readonly #documents: Database['documents'];
  #current: ApproverList;

  private constructor(documents: Database['documents'], current: ApproverList) {
    this.#documents = documents;
    this.#current = current;
  }

  /** @param first who may approve where nobody was sealed yet */
  static async open(documents: Database['documents'], first: readonly Approver[]): Promise<Approvers> {
    const sealed = await documents.get(APPROVERS_DOCUMENT);
    const list = isJsonObject(sealed) ? (sealed as unknown as Partial<ApproverList>) : {};
    return new Approvers(documents, { revision: list.revision ?? 0, approvers: list.approvers ?? first });
  }

  get current(): ApproverList {
    return this.#current;
  }

  /** Distinct people. */
  get count(): number {
    return peopleIn(this.#current);
  }

  /** Hash of the list in force; what a change is bound to. */
  get hash(): string {
    return listHash(this.#current);
  }

  find(keyId: string): ApproverKey | undefined {
    const found = this.#current.approvers.find((approver) => approver.keyId === keyId);
    if (found === undefined) return undefined;
    const { by, account, publicKey } = found;
    return {
      keyId,
      by,
      ...(account !== undefined && { account }),
      ...(publicKey !== undefined && { publicKey: fromBase64(publicKey) }),
    };
  }

  /** Puts another list in force once it is durable. */
  async put(next: ApproverList): Promise<void> {
    await this.#documents.put(APPROVERS_DOCUMENT, next as unknown as Json);
    this.#current = next;
  }
}

export function peopleIn({ approvers }: ApproverList): number {
  return new Set(approvers.map(({ by }) => by)).size;
}

export function listHash({ revision, approvers }: ApproverList): string {
  return contentHash(canonicalBytes({ revision, approvers: approvers.map((approver) => ({ ...approver })) }));
}
