import type { SealedTable } from '../database/sealed-table.ts';

/** What the guard keeps for one server; its other members are the guard's own. */
export interface ServerPinsDocument {
  readonly server: string;
}

/** Reviewed tool pins, one sealed document a server. */
export class PinRepository<Pins extends ServerPinsDocument = ServerPinsDocument> {
  readonly #table: SealedTable<Pins>;

  constructor(table: SealedTable<Pins>) {
    this.#table = table;
  }

  async loadAll(): Promise<readonly Pins[]> {
    return (await this.#table.list()).map(({ value }) => value);
  }

  async load(server: string): Promise<Pins | undefined> {
    return this.#table.get(server);
  }

  /** Replaces what is kept for its server. */
  async save(pins: Pins): Promise<void> {
    await this.#table.write((writer) => writer.put(pins.server, pins));
  }

  async remove(server: string): Promise<boolean> {
    return this.#table.write((writer) => writer.remove(server));
  }

  /** Changes when any process saves or removes. */
  generation(): Promise<number> {
    return this.#table.generation();
  }
}
