import { type ApprovalFilter, type ApprovalRequest, type ApprovalStore, isFinal } from '@wardmesh/approvals';
import type { SealedTable, TableWriter } from '../database/sealed-table.ts';

/** Approval requests. Their state is sealed and authenticated with the rest, so a denial cannot be turned in the file. */
export class ApprovalRepository implements ApprovalStore {
  readonly #table: SealedTable<ApprovalRequest>;

  constructor(table: SealedTable<ApprovalRequest>) {
    this.#table = table;
  }

  /** @throws StoreError STORE_ALREADY_EXISTS */
  async insert(request: ApprovalRequest): Promise<void> {
    await this.#table.write((writer) => writer.insert(request.id, request, shelf(request)));
  }

  async get(id: string): Promise<ApprovalRequest | undefined> {
    return this.#table.get(id);
  }

  async list(filter: ApprovalFilter = {}): Promise<readonly ApprovalRequest[]> {
    const rows = await this.#table.list(filter.open === undefined ? undefined : filter.open ? 'open' : 'closed');
    return rows
      .map(({ value }) => value)
      .filter((request) => filter.open === undefined || filter.open !== isFinal(request.state))
      .filter((request) => filter.state === undefined || request.state === filter.state)
      .filter((request) => filter.principal === undefined || request.binding.principal === filter.principal)
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  async replace(next: ApprovalRequest): Promise<boolean> {
    const compareAndSet = async (writer: TableWriter<ApprovalRequest>) => {
      const stored = await writer.get(next.id);
      if (stored?.revision !== next.revision - 1) return false;
      await writer.put(next.id, next, shelf(next));
      return true;
    };
    // The whole table is checked: a denied request put back as it was before must not be released even once.
    return this.#table.write(compareAndSet, { whole: true });
  }

  /** Removes closed requests that expired before `time` (ms); their decisions are in the audit log. @returns how many */
  async prune(time: number): Promise<number> {
    const old = (await this.list({ open: false })).filter((request) => request.expiresAt < time);
    if (old.length === 0) return 0;
    return this.#table.write(async (writer) => {
      let count = 0;
      for (const { id } of old) if (await writer.remove(id)) count++;
      return count;
    });
  }

  generation(): Promise<number> {
    return this.#table.generation();
  }
}

function shelf(request: ApprovalRequest): string {
  return isFinal(request.state) ? 'closed' : 'open';
}
