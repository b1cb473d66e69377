import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { BoundedCache, systemRandom } from '@wardmesh/core';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StoreError } from '../error.ts';
import { BUSY_PAUSE, BUSY_TIMEOUT, MAX_STATEMENTS } from '../limits.ts';
import { databaseFault, isBusy } from './fault.ts';

/** Kysely on node:sqlite. Blobs are Uint8Array; whole numbers beyond 2^53 are refused, never rounded. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createDriver: () => new SqliteDriver(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** One connection, lent to one user at a time, or one user's statements would land in another's transaction. */
class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;
  #turn: Promise<void> = Promise.resolve();
  #giveBack: () => void = () => {};

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    this.#giveBack = resolve;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#giveBack();
  }

  /** Takes the write lock at once: a transaction that reads first and writes later could fail half-way. */
  async beginTransaction(): Promise<void> {
    await this.#connection.run('BEGIN IMMEDIATE');
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.run('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (this.#database.isTransaction) await this.#connection.run('ROLLBACK');
  }

  async destroy(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new BoundedCache<string, StatementSync>(MAX_STATEMENTS);

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async run(sql: string): Promise<void> {
    await whileBusy(() => this.#database.exec(sql));
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return whileBusy(() => {
      const statement = this.#prepare(query.sql);
      const values = query.parameters as readonly SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
    });
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new StoreError('STORE_IO_FAILED', 'this store does not stream');
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

/**
 * Repeats what meets another process's lock. SQLite's own busy handler would sleep on this thread, and with it every
 * call of the gateway; here the thread goes on with other work in between.
 */
async function whileBusy<T>(work: () => T): Promise<T> {
  const until = performance.now() + BUSY_TIMEOUT;
  for (let pause = BUSY_PAUSE; ; pause = Math.min(pause * 1.5, BUSY_PAUSE * 10)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw databaseFault(error);
    }
    await new Promise((resolve) => setTimeout(resolve, pause * jitter()));
  }
}

/** 0.5 to 1.5, so that two processes that meet do not meet again at once. */
function jitter(): number {
  return 0.5 + systemRandom.bytes(1)[0]! / 256;
}
