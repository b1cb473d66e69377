import type { Client, InValue, ResultSet, Transaction } from '@libsql/client';
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
import { BUSY_PAUSE, BUSY_TIMEOUT } from '../limits.ts';
import { databaseFault, isBusy } from './fault.ts';

/** Kysely on one libSQL client. Blobs come out as Uint8Array; whole numbers beyond 2^53 are refused, never rounded. */
export function libsqlDialect(client: Client): Dialect {
  return {
    createDriver: () => new LibsqlDriver(client),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** One connection, lent to one user at a time: the driver is synchronous underneath, so more would not be faster. */
class LibsqlDriver implements Driver {
  readonly #client: Client;
  readonly #connection: LibsqlConnection;
  #turn: Promise<void> = Promise.resolve();
  #giveBack: () => void = () => {};

  constructor(client: Client) {
    this.#client = client;
    this.#connection = new LibsqlConnection(client);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn;
    let giveBack = () => {};
    this.#turn = new Promise((resolve) => {
      giveBack = resolve;
    });
    await before;
    this.#giveBack = giveBack;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#giveBack();
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.begin();
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.end('commit');
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.end('rollback');
  }

  async destroy(): Promise<void> {
    this.#client.close();
  }
}

class LibsqlConnection implements DatabaseConnection {
  readonly #client: Client;
  #transaction: Transaction | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Takes the write lock at once: a transaction that reads first and writes later could fail half-way. */
  async begin(): Promise<void> {
    this.#transaction = await whileBusy(() => this.#client.transaction('write'));
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    try {
      await transaction?.[how]();
    } catch (error) {
      throw databaseFault(error);
    } finally {
      transaction?.close();
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = { sql: query.sql, args: query.parameters as InValue[] };
    const result = await whileBusy(() => (this.#transaction ?? this.#client).execute(statement));
    return {
      numAffectedRows: BigInt(result.rowsAffected),
      rows: result.rows.map((row) => toRecord(result, row) as R),
    };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new StoreError('STORE_IO_FAILED', 'the libSQL client does not stream');
  }
}

function toRecord(result: ResultSet, row: ResultSet['rows'][number]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  result.columns.forEach((column, i) => {
    const value = row[i];
    record[column] = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  });
  return record;
}

/**
 * Repeats what meets another process's lock. SQLite's own busy handler would sleep on this thread, and with it every
 * call of the gateway; here the thread goes on with other work in between.
 */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + BUSY_TIMEOUT;
  for (let pause = BUSY_PAUSE; ; pause = Math.min(pause * 1.5, BUSY_PAUSE * 10)) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw databaseFault(error);
    }
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}
