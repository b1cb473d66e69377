import { canonicalBytes, equalBytes, fromUtf8, type Json, utf8 } from '@wardmesh/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import { StoreError } from '../error.ts';
import { MAX_ID_BYTES, MAX_LEDGER_BATCH, MAX_ROW_BYTES } from '../limits.ts';
import type { RowPlace, RowSeal } from './row-seal.ts';
import type { Schema, SealedRow } from './schema.ts';
import type { SealedTable, Stored } from './sealed-table.ts';
import { readDigest, type TableDigest, tableNotGenuine, writeDigest, xor } from './table-digest.ts';

export const LEDGER_TABLES = ['parked', 'transactions', 'usage'] as const;
export type LedgerTable = (typeof LEDGER_TABLES)[number];

/** One row to be written; a null value removes it. Rows of `transactions` are only ever added: one that stands is left. */
export interface LedgerChange {
  readonly table: LedgerTable;
  readonly id: string;
  readonly value: Json | null;
  readonly lookup?: string;
}

interface Staged {
  readonly changes: readonly LedgerChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a row seals: its id in the file is a keyed hash, so that nobody reads accounts and transactions there. */
interface Row {
  readonly id: string;
  readonly value: Json;
}

/** What is known of a row on disk, to take it out of the digest without reading it again. */
interface RowMark {
  readonly version: number;
  readonly tag: Uint8Array;
}

/** Held in memory whole, because every decision reads them. */
const HELD = ['parked', 'usage'] as const satisfies readonly LedgerTable[];
type Held = (typeof HELD)[number];

/**
 * Tables that one process owns and writes through: reads come from memory, verified against the digests when it was
 * loaded; changes are in memory at once and durable when their promise resolves. Changes that are staged while the disk
 * works share the next transaction (group commit). When a write fails, everything staged is refused and memory is loaded
 * from disk again: what did not become durable never happened.
 */
export class Ledger {
  readonly #db: Kysely<Schema>;
  readonly #seal: RowSeal;
  readonly #tables: Readonly<Record<LedgerTable, SealedTable<unknown>>>;
  readonly #values = new Map<Held, Map<string, Json>>();
  readonly #marks = new Map<Held, Map<string, RowMark>>();
  readonly #generations = new Map<LedgerTable, number>();
  readonly #loaded: (() => void)[] = [];
  #state: 'new' | 'ready' | 'stale' = 'new';
  #queue: Staged[] = [];
  #flushing: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  /** The promise of the newest staged change, for readers that saw it. */
  #last: Promise<void> = Promise.resolve();
  #unsettled = 0;

  constructor(db: Kysely<Schema>, seal: RowSeal, tables: Readonly<Record<LedgerTable, SealedTable<unknown>>>) {
    this.#db = db;
    this.#seal = seal;
    this.#tables = tables;
  }

  /** False before the first load and after a failed write: {@link ready} loads. */
  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Called after each load, at once where it is loaded: whoever keeps an index makes it again. */
  onLoad(listener: () => void): void {
    this.#loaded.push(listener);
    if (this.isReady) listener();
  }

  /** Loads where needed. @throws StoreError STORE_TABLE_NOT_GENUINE, STORE_ROW_NOT_GENUINE and those of the file */
  async ready(): Promise<void> {
    while (!this.isReady) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
  }

  /** A value as it stands, staged changes included. */
  get(table: Held, id: string): Json | undefined {
    return this.#held(table).get(id);
  }

  /** All values; at a load in the order in which they were last written. */
  entries(table: Held): IterableIterator<[string, Json]> {
    return this.#held(table).entries();
  }

  /** Read from disk: what is durable. @throws StoreError STORE_ROW_NOT_GENUINE */
  async read(table: LedgerTable, id: string): Promise<Json | undefined> {
    const row = (await this.#tables[table].get(this.#seal.name(table, id))) as Row | undefined;
    return row?.value;
  }

  /** Rows on disk with this look-up value. */
  async find(table: LedgerTable, lookup: string): Promise<readonly Stored<Json>[]> {
    const rows = (await this.#tables[table].list(this.#seal.name(table, lookup))) as readonly Stored<Row>[];
    return rows.map(({ value }) => ({ id: value.id, value: value.value }));
  }

  /** Counts the writes of a table; recorded elsewhere, it shows a rollback of the file. */
  generation(table: LedgerTable): number {
    return this.#generations.get(table) ?? 0;
  }

  /**
   * In memory now, durable when it resolves, all together or not at all.
   * @throws StoreError STORE_CLOSED where memory is stale (see {@link ready}), STORE_VALUE_INVALID
   */
  stage(changes: readonly LedgerChange[]): Promise<void> {
    if (!this.isReady) throw new StoreError('STORE_CLOSED', 'the ledger is not loaded');
    for (const { id, value, lookup } of changes) {
      assertId(id);
      if (lookup !== undefined) assertId(lookup);
      if (value === undefined) throw new StoreError('STORE_VALUE_INVALID', 'a value is missing');
    }
    for (const { table, id, value } of changes) {
      if (!isHeld(table)) continue;
      if (value === null) this.#held(table).delete(id);
      else this.#held(table).set(id, value);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ changes, resolve, reject });
    this.#unsettled++;
    const done = () => void this.#unsettled--;
    promise.then(done, done);
    this.#last = promise;
    this.#flushing ??= this.#flush();
    return promise;
  }

  /** Resolves when everything staged until now is durable. @throws what its write failed with */
  settled(): Promise<void> | undefined {
    return this.#unsettled === 0 ? undefined : this.#last;
  }

  async #load(): Promise<void> {
    await this.#flushing;
    const values = new Map<Held, Map<string, Json>>();
    const marks = new Map<Held, Map<string, RowMark>>();
    await this.#db.transaction().execute(async (trx) => {
      for (const table of HELD) {
        const rows: SealedRow[] = await trx.selectFrom(table).selectAll().orderBy('version').execute();
        const stored = await readDigest(trx, this.#seal, table);
        let digest: Uint8Array = new Uint8Array(32);
        const tableValues = new Map<string, Json>();
        const tableMarks = new Map<string, RowMark>();
        for (const row of rows) {
          const place = this.#place(table, row);
          const tag = this.#seal.tag(place, row.sealed);
          digest = xor(digest, tag);
          const { id, value } = JSON.parse(fromUtf8(this.#seal.open(place, row.sealed))) as Row;
          tableValues.set(id, value);
          tableMarks.set(id, { version: row.version, tag });
        }
        const older = stored.generation < this.generation(table);
        if (older || stored.count !== rows.length || !equalBytes(stored.digest, digest)) throw tableNotGenuine(table);
        values.set(table, tableValues);
        marks.set(table, tableMarks);
        this.#generations.set(table, stored.generation);
      }
      const { generation } = await readDigest(trx, this.#seal, 'transactions');
      this.#generations.set('transactions', generation);
    });
    for (const table of HELD) {
      this.#values.set(table, values.get(table)!);
      this.#marks.set(table, marks.get(table)!);
    }
    this.#state = 'ready';
    for (const listener of this.#loaded) listener();
  }

  async #flush(): Promise<void> {
    // After the callbacks of this turn: what is staged together is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0 && this.#state === 'ready') {
      const batch = this.#queue.splice(0, MAX_LEDGER_BATCH);
      try {
        await this.#write(batch.flatMap(({ changes }) => changes));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Later changes were decided on top of what has now not happened.
        this.#state = 'stale';
        const refused = [...batch, ...this.#queue];
        this.#queue = [];
        for (const { reject } of refused) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  async #write(changes: readonly LedgerChange[]): Promise<void> {
    // Only the last state of a row within one transaction is ever seen.
    const last = new Map<string, LedgerChange>();
    for (const change of changes) last.set(`${change.table} ${change.id}`, change);
    const written: { table: Held; id: string; mark: RowMark | undefined }[] = [];
    const generations = new Map<LedgerTable, number>();
    await this.#db.transaction().execute(async (trx) => {
      for (const table of LEDGER_TABLES) {
        const ofTable = [...last.values()].filter((change) => change.table === table);
        if (ofTable.length === 0) continue;
        const state = { ...(await readDigest(trx, this.#seal, table)) };
        // Another writer, or an older file put beneath us: what memory says is not what is on disk.
        if (state.generation !== this.generation(table)) throw tableNotGenuine(table);
        for (const change of ofTable) {
          const mark = await this.#writeRow(trx, state, change);
          if (isHeld(table)) written.push({ table, id: change.id, mark });
        }
        await writeDigest(trx, this.#seal, table, state);
        generations.set(table, state.generation);
      }
    });
    for (const { table, id, mark } of written) {
      if (mark === undefined) this.#marks.get(table)!.delete(id);
      else this.#marks.get(table)!.set(id, mark);
    }
    for (const [table, generation] of generations) this.#generations.set(table, generation);
  }

  /** @returns the mark of the row that now stands, undefined where none does */
  async #writeRow(
    trx: Transaction<Schema>,
    state: { -readonly [K in keyof TableDigest]: TableDigest[K] },
    { table, id, value, lookup }: LedgerChange,
  ): Promise<RowMark | undefined> {
    const idBytes = utf8(this.#seal.name(table, id));
    const old = isHeld(table) ? this.#marks.get(table)!.get(id) : undefined;
    // Written down for ever: a second time changes nothing.
    if (
      !isHeld(table) &&
      (await sql`SELECT 1 FROM ${sql.id(table)} WHERE id = ${idBytes}`.execute(trx)).rows.length > 0
    )
      return undefined;
    state.generation++;
    if (old !== undefined) {
      state.digest = xor(state.digest, old.tag);
      state.count--;
    }
    if (value === null) {
      await sql`DELETE FROM ${sql.id(table)} WHERE id = ${idBytes}`.execute(trx);
      return undefined;
    }
    const place: RowPlace = {
      table,
      id: idBytes,
      version: state.generation,
      lookup: lookup === undefined ? null : utf8(this.#seal.name(table, lookup)),
    };
    const plaintext = canonicalBytes({ id, value });
    if (plaintext.length > MAX_ROW_BYTES) throw new StoreError('STORE_VALUE_INVALID', 'the value is too large');
    const sealed = this.#seal.seal(place, plaintext);
    const name = sql.id(table);
    const columns = sql`(id, version, lookup, sealed) VALUES (${idBytes}, ${place.version}, ${place.lookup}, ${sealed})`;
    // A plain INSERT where no row may stand: one that does would leave the digest wrong, and fails here instead.
    if (old === undefined) await sql`INSERT INTO ${name} ${columns}`.execute(trx);
    else await sql`REPLACE INTO ${name} ${columns}`.execute(trx);
    const tag = this.#seal.tag(place, sealed);
    state.digest = xor(state.digest, tag);
    state.count++;
    return { version: place.version, tag };
  }

  #held(table: Held): Map<string, Json> {
    const values = this.#values.get(table);
    if (values === undefined) throw new StoreError('STORE_CLOSED', 'the ledger is not loaded');
    return values;
  }

  #place(table: LedgerTable, { id, version, lookup }: SealedRow): RowPlace {
    if (!(id instanceof Uint8Array) || !Number.isSafeInteger(version)) throw tableNotGenuine(table);
    return { table, id, version, lookup };
  }
}

function isHeld(table: LedgerTable): table is Held {
  return table !== 'transactions';
}

function assertId(id: string): void {
  if (id.length > 0 && id.length * 3 <= MAX_ID_BYTES && id.isWellFormed()) return;
  throw new StoreError('STORE_VALUE_INVALID', 'an id is empty, too long or not well-formed text');
}
