import type { Json } from '@wardmesh/core';
import type { SealedTable } from '../database/sealed-table.ts';

/** Sealed JSON documents by key, for small state without a table of its own. */
export class DocumentRepository {
  readonly #table: SealedTable<Json>;

  constructor(table: SealedTable<Json>) {
    this.#table = table;
  }

  async get(key: string): Promise<Json | undefined> {
    return this.#table.get(key);
  }

  async put(key: string, document: Json): Promise<void> {
    await this.#table.write((writer) => writer.put(key, document));
  }

  async remove(key: string): Promise<boolean> {
    return this.#table.write((writer) => writer.remove(key));
  }

  /** Keys, sorted by their bytes. */
  async keys(): Promise<readonly string[]> {
    return (await this.#table.list()).map(({ id }) => id);
  }
}
