import { canonicalBytes, equalBytes, fromUtf8, toHex, utf8 } from '@wardmesh/core';
import type { Kysely, Transaction } from 'kysely';
import { StoreError } from '../error.ts';
import { MAX_ID_BYTES, MAX_ROW_BYTES, MAX_SEEN_VERSIONS } from '../limits.ts';
import { type RowPlace, type RowSeal, rowNotGenuine } from './row-seal.ts';
import type { Schema, SealedRow, SealedTableName } from './schema.ts';
import { readDigest, type TableDigest, tableNotGenuine, writeDigest, xor } from './table-digest.ts';

export interface Stored<T> {
  readonly id: string;
  readonly value: T;
}

export interface TableReport {
  readonly table: SealedTableName;
  readonly rows: number;
  readonly generation: number;
  readonly faults: readonly StoreError[];
}

/** What is done inside one transaction on one table. */
export interface TableWriter<T> {
  get(id: string): Promise<T | undefined>;
  /** Rows now in the table. */
  count(): number;
  /** @throws StoreError STORE_ALREADY_EXISTS */
  insert(id: string, value: T, lookup?: string): Promise<void>;
  put(id: string, value: T, lookup?: string): Promise<void>;
  remove(id: string): Promise<boolean>;
}

/**
 * A table of sealed JSON values. A read opens the row or throws, and notices a row older than this process has seen it;
 * {@link verify} notices the rest. A write keeps the table's digest in the same transaction.
 */
export class SealedTable<T> {
  readonly name: SealedTableName;
  readonly #db: Kysely<Schema>;
  readonly #seal: RowSeal;
  readonly #seen = new Map<string, number>();

  constructor(db: Kysely<Schema>, seal: RowSeal, name: SealedTableName) {
    this.#db = db;
    this.#seal = seal;
    this.name = name;
  }

  /** @throws StoreError STORE_ROW_NOT_GENUINE */
  async get(id: string): Promise<T | undefined> {
    const row = await this.#row(this.#db, id);
    return row === undefined ? undefined : this.#open(row);
  }

  /** Rows with this look-up value, or all, in the order of their ids. @throws StoreError STORE_ROW_NOT_GENUINE */
  async list(lookup?: string): Promise<readonly Stored<T>[]> {
    let query = this.#db.selectFrom(this.name).selectAll().orderBy('id');
    if (lookup !== undefined) query = query.where('lookup', '=', utf8(lookup));
    const rows: SealedRow[] = await query.execute();
    return rows.map((row) => ({ value: this.#open(row), id: fromUtf8(row.id) }));
  }

  /**
   * Runs `work` in one transaction that no other process writes beside; what throws undoes all of it.
   * @param whole also compares all rows with the digest first, for small tables where a row put back would be used at once
   */
  async write<R>(work: (writer: TableWriter<T>) => Promise<R>, { whole = false } = {}): Promise<R> {
    return this.#db.transaction().execute(async (trx) => {
      const before = await readDigest(trx, this.#seal, this.name);
      if (whole && !this.#agrees(before, await trx.selectFrom(this.name).selectAll().execute())) {
        throw tableNotGenuine(this.name);
      }
      const state = { ...before };
      const result = await work(this.#writer(trx, state));
      if (state.generation !== before.generation) await writeDigest(trx, this.#seal, this.name, state);
      return result;
    });
  }

  /** Counts the writes of all processes; a change tells a cache to read again. @throws StoreError STORE_TABLE_NOT_GENUINE */
  async generation(): Promise<number> {
    return (await readDigest(this.#db, this.#seal, this.name)).generation;
  }

  /** Opens every row and compares the whole with the digest. Never throws for what it finds; the report says it. */
  async verify(): Promise<TableReport> {
    // In one transaction, or another process could write between the two reads.
    return this.#db.transaction().execute(async (trx) => {
      const rows: SealedRow[] = await trx.selectFrom(this.name).selectAll().execute();
      const faults: StoreError[] = [];
      let stored: TableDigest | undefined;
      try {
        stored = await readDigest(trx, this.#seal, this.name);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        faults.push(error);
      }
      for (const row of rows) {
        try {
          this.#open(row);
        } catch (cause) {
          faults.push(rowNotGenuine(this.name, cause));
        }
      }
      if (stored !== undefined && !this.#agrees(stored, rows)) faults.push(tableNotGenuine(this.name));
      return { table: this.name, rows: rows.length, generation: stored?.generation ?? 0, faults };
    });
  }

  #writer(trx: Transaction<Schema>, state: { -readonly [K in keyof TableDigest]: TableDigest[K] }): TableWriter<T> {
    const remove = async (row: SealedRow): Promise<void> => {
      await trx.deleteFrom(this.name).where('id', '=', row.id).execute();
      state.digest = xor(state.digest, this.#seal.tag(this.#place(row), row.sealed));
      state.count--;
      state.generation++;
    };
    const insert = async (id: string, value: T, lookup?: string): Promise<void> => {
      const place: RowPlace = {
        table: this.name,
        id: idBytes(id),
        version: ++state.generation,
        lookup: lookup === undefined ? null : idBytes(lookup),
      };
      const plaintext = canonicalBytes(value);
      if (plaintext.length > MAX_ROW_BYTES) throw new StoreError('STORE_VALUE_INVALID', 'the value is too large');
      const sealed = this.#seal.seal(place, plaintext);
      const row: SealedRow = { id: place.id, version: place.version, lookup: place.lookup, sealed };
      await trx.insertInto(this.name).values(row).execute();
      state.digest = xor(state.digest, this.#seal.tag(place, sealed));
      state.count++;
    };
    return {
      count: () => state.count,
      get: async (id) => {
        const row = await this.#row(trx, id);
        return row === undefined ? undefined : this.#open(row);
      },
      insert,
      put: async (id, value, lookup) => {
        const old = await this.#row(trx, id);
        if (old !== undefined) {
          this.#open(old);
          await remove(old);
        }
        await insert(id, value, lookup);
      },
      remove: async (id) => {
        const old = await this.#row(trx, id);
        if (old === undefined) return false;
        this.#open(old);
        await remove(old);
        return true;
      },
    };
  }

  #agrees(stored: TableDigest, rows: readonly SealedRow[]): boolean {
    let digest: Uint8Array = new Uint8Array(32);
    for (const row of rows) {
      if (!isWellFormed(row)) return false;
      digest = xor(digest, this.#seal.tag({ table: this.name, ...row }, row.sealed));
    }
    return stored.count === rows.length && equalBytes(stored.digest, digest);
  }

  async #row(db: Kysely<Schema>, id: string): Promise<SealedRow | undefined> {
    return db.selectFrom(this.name).selectAll().where('id', '=', idBytes(id)).executeTakeFirst();
  }

  #open(row: SealedRow): T {
    const plaintext = this.#seal.open(this.#place(row), row.sealed);
    const id = toHex(row.id);
    if (row.version < (this.#seen.get(id) ?? 0)) throw rowNotGenuine(this.name);
    this.#seen.delete(id);
    this.#seen.set(id, row.version);
    if (this.#seen.size > MAX_SEEN_VERSIONS) this.#seen.delete(this.#seen.keys().next().value!);
    return JSON.parse(fromUtf8(plaintext)) as T;
  }

  #place(row: SealedRow): RowPlace {
    if (!isWellFormed(row)) throw rowNotGenuine(this.name);
    const { id, version, lookup } = row;
    return { table: this.name, id, version, lookup };
  }
}

/** STRICT tables hold these types only, but a schema is as easy to change as a row. */
function isWellFormed(row: SealedRow): boolean {
  return (
    row.id instanceof Uint8Array &&
    row.sealed instanceof Uint8Array &&
    Number.isSafeInteger(row.version) &&
    row.version >= 0 &&
    (row.lookup === null || row.lookup instanceof Uint8Array)
  );
}

function idBytes(id: string): Uint8Array {
  const bytes = utf8(id);
  if (bytes.length > 0 && bytes.length <= MAX_ID_BYTES && id.isWellFormed()) return bytes;
  throw new StoreError('STORE_VALUE_INVALID', 'an id is empty, too long or not well-formed text');
}
