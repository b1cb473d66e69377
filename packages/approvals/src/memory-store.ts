import type { ApprovalFilter, ApprovalStore } from './ports.ts';
import { type ApprovalRequest, isFinal } from './request.ts';

/** A store that dies with the process: for tests and dry runs. It keeps copies, as a real one does. */
export class MemoryApprovalStore implements ApprovalStore {
  readonly #requests = new Map<string, ApprovalRequest>();

  async insert(request: ApprovalRequest): Promise<void> {
    if (this.#requests.has(request.id)) throw new Error('the id is taken');
    this.#requests.set(request.id, structuredClone(request));
  }

  async get(id: string): Promise<ApprovalRequest | undefined> {
    return structuredClone(this.#requests.get(id));
  }

  async list(filter: ApprovalFilter = {}): Promise<readonly ApprovalRequest[]> {
    return [...this.#requests.values()]
      .filter((request) => filter.state === undefined || request.state === filter.state)
      .filter((request) => filter.open === undefined || filter.open !== isFinal(request.state))
      .filter((request) => filter.principal === undefined || request.binding.principal === filter.principal)
      .map((request) => structuredClone(request))
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  async replace(next: ApprovalRequest): Promise<boolean> {
    if (this.#requests.get(next.id)?.revision !== next.revision - 1) return false;
    this.#requests.set(next.id, structuredClone(next));
    return true;
  }
}
