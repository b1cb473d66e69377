import { lstat, open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, type Random, systemClock, systemRandom } from '@wardmesh/core';
import { Kysely, sql } from 'kysely';
import { StoreError } from '../error.ts';
import { coded } from '../files/fault.ts';
import { assertPrivate } from '../files/mode.ts';
import { AgentRepository } from '../repositories/agents.ts';
import { ApprovalRepository } from '../repositories/approvals.ts';
import { DocumentRepository } from '../repositories/documents.ts';
import { LockoutRepository } from '../repositories/lockouts.ts';
import { OauthRepository, type OauthRow } from '../repositories/oauth.ts';
import { PinRepository } from '../repositories/pins.ts';
import { SingleUse } from '../repositories/single-use.ts';
import { sqliteDialect } from './dialect.ts';
import { databaseFault } from './fault.ts';
import { Ledger } from './ledger.ts';
import { migrate } from './migrations.ts';
import { RowSeal } from './row-seal.ts';
import type { Schema, SealedTableName } from './schema.ts';
import { SealedTable, type TableReport } from './sealed-table.ts';

export interface DatabaseOptions {
  /** The file; made with mode 0600 where it is missing. */
  readonly path: string;
  /** 32 bytes, for sealing and authenticating rows. */
  readonly key: Uint8Array;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Generations of the tables. Kept outside the database (in the audit log), it shows a rollback of the whole file. */
export type DatabaseHead = Readonly<Partial<Record<SealedTableName, number>>>;

export interface DatabaseReport {
  readonly ok: boolean;
  readonly tables: readonly TableReport[];
  readonly faults: readonly StoreError[];
}

/** The state of one home: an SQLite file (libSQL's format) through Kysely, rows sealed and authenticated by us. */
export class Database {
  readonly agents: AgentRepository;
  readonly approvals: ApprovalRepository;
  readonly documents: DocumentRepository;
  readonly lockouts: LockoutRepository;
  readonly nonces: SingleUse;
  readonly oauth: OauthRepository;
  readonly pins: PinRepository;
  /** What a signer keeps in step with its signatures: usage held in memory, signed transactions, parked requests. */
  readonly ledger: Ledger;
  readonly #db: Kysely<Schema>;
  readonly #tables: Pick<SealedTable<unknown>, 'name' | 'verify' | 'generation'>[] = [];

  constructor(db: Kysely<Schema>, seal: RowSeal) {
    this.#db = db;
    const table = <T>(name: SealedTableName) => {
      const made = new SealedTable<T>(db, seal, name);
      this.#tables.push(made);
      return made;
    };
    this.agents = new AgentRepository(table('agents'));
    this.approvals = new ApprovalRepository(table('approvals'));
    this.documents = new DocumentRepository(table('documents'));
    this.lockouts = new LockoutRepository(table('lockouts'));
    this.nonces = new SingleUse(table('nonces'));
    this.oauth = new OauthRepository(table<OauthRow>('oauth'));
    this.pins = new PinRepository(table('pins'));
    this.ledger = new Ledger(db, seal, {
      parked: table('parked'),
      transactions: table('transactions'),
      usage: table('usage'),
    });
  }

  /**
   * Opens every row of every table and compares with the digests. Run at every start.
   * @param expected a head this database has had; an older generation is a rollback
   */
  async verifyDatabase(expected: DatabaseHead = {}): Promise<DatabaseReport> {
    const tables: TableReport[] = [];
    for (const table of this.#tables) tables.push(await table.verify());
    const faults = tables.flatMap((report) => report.faults);
    for (const { table, generation } of tables) {
      if (generation >= (expected[table] ?? 0)) continue;
      faults.push(
        new StoreError('STORE_ROLLED_BACK', `the table ${table} is older than it was`, {
          hint: 'somebody put back an old copy; what happened since is unknown to it',
          details: { table, generation, expected: expected[table] },
        }),
      );
    }
    return { ok: faults.length === 0, tables, faults };
  }

  /** Where the database stands now. @throws StoreError STORE_TABLE_NOT_GENUINE */
  async head(): Promise<DatabaseHead> {
    const head: Partial<Record<SealedTableName, number>> = {};
    for (const table of this.#tables) head[table.name] = await table.generation();
    return head;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/**
 * Opens or makes the database of a home. Any number of processes may; writers take turns.
 * @throws StoreError STORE_FILE_TOO_OPEN, STORE_FILE_NOT_PLAIN, STORE_KEY_INVALID, STORE_DATABASE_NEWER,
 *   STORE_DATABASE_CORRUPT, STORE_TABLE_NOT_GENUINE (also for a wrong key), STORE_READ_ONLY, STORE_DISK_FULL, STORE_BUSY
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { path, clock = systemClock, random = systemRandom } = options;
  const seal = new RowSeal(options.key, random);
  await createPrivate(path);
  // No wait of SQLite's own: the dialect repeats without blocking the thread.
  const file = openFile(path);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(file) });
  try {
    // FULL: an approval used or an agent revoked stays so after a power cut.
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'trusted_schema = OFF']) {
      await sql.raw(`PRAGMA ${pragma}`).execute(db);
    }
    await migrate(db, seal, clock.now());
    const database = new Database(db, seal);
    await database.head();
    return database;
  } catch (error) {
    await db.destroy();
    throw databaseFault(error);
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0, enableDoubleQuotedStringLiterals: false });
  } catch (error) {
    throw databaseFault(error);
  }
}

async function createPrivate(path: string): Promise<void> {
  await coded(path, async () => {
    try {
      await (await open(path, 'ax', 0o600)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // lstat, not open: closing a descriptor would drop SQLite's record locks of this process.
    const stats = await lstat(path);
    if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
    assertPrivate(path, stats, 0o600);
  });
}
