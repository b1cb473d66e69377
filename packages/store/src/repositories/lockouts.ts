import type { LockoutState, LockoutStore } from '@wardmesh/limits';
import type { SealedTable } from '../database/sealed-table.ts';

/** Failed sign-ins and locks, kept over restarts (XR-LOCK-1). */
export class LockoutRepository implements LockoutStore {
  readonly #table: SealedTable<LockoutState>;

  constructor(table: SealedTable<LockoutState>) {
    this.#table = table;
  }

  async load(id: string): Promise<LockoutState | undefined> {
    return this.#table.get(id);
  }

  async save(id: string, state: LockoutState | undefined): Promise<void> {
    await this.#table.write(async (writer) => {
      if (state === undefined) await writer.remove(id);
      else await writer.put(id, state);
    });
  }

  async all(): Promise<ReadonlyMap<string, LockoutState>> {
    return new Map((await this.#table.list()).map(({ id, value }) => [id, value]));
  }
}
