import { type Kysely, sql } from 'kysely';
import { StoreError } from '../error.ts';
import type { RowSeal } from './row-seal.ts';
import type { Schema } from './schema.ts';
import { EMPTY_DIGEST, writeDigest } from './table-digest.ts';

type Migration = (db: Kysely<Schema>, seal: RowSeal) => Promise<void>;

async function sealedTable(db: Kysely<Schema>, seal: RowSeal, name: string, uniqueLookup: boolean): Promise<void> {
  const table = sql.id(name);
  await sql`CREATE TABLE ${table} (
    id BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    lookup BLOB,
    sealed BLOB NOT NULL
  ) STRICT`.execute(db);
  const index = sql.id(`${name}_lookup`);
  const unique = uniqueLookup ? sql`UNIQUE` : sql``;
  await sql`CREATE ${unique} INDEX ${index} ON ${table} (lookup) WHERE lookup IS NOT NULL`.execute(db);
  // In the same transaction: a table without a digest is never seen.
  await writeDigest(db, seal, name, EMPTY_DIGEST);
}

/** Applied in order, each once. A released one is never changed; there is no way back but a backup. */
const MIGRATIONS: readonly Migration[] = [
  async (db, seal) => {
    await sql`CREATE TABLE digests (id BLOB NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) STRICT`.execute(db);
    await sealedTable(db, seal, 'agents', true);
    await sealedTable(db, seal, 'approvals', false);
    await sealedTable(db, seal, 'documents', false);
    await sealedTable(db, seal, 'lockouts', false);
    await sealedTable(db, seal, 'nonces', false);
    await sealedTable(db, seal, 'pins', false);
  },
  (db, seal) => sealedTable(db, seal, 'oauth', false),
  // What a signer keeps: what wallets spent, what it signed, and what waits for people.
  async (db, seal) => {
    await sealedTable(db, seal, 'parked', false);
    await sealedTable(db, seal, 'transactions', false);
    await sealedTable(db, seal, 'usage', false);
  },
];

/** Brings the schema up to date. @returns versions applied now @throws StoreError STORE_DATABASE_NEWER */
export async function migrate(db: Kysely<Schema>, seal: RowSeal, now: number): Promise<readonly number[]> {
  return db.transaction().execute(async (trx) => {
    await sql`CREATE TABLE IF NOT EXISTS migrations (
      version INTEGER NOT NULL PRIMARY KEY,
      applied_at INTEGER NOT NULL
    ) STRICT`.execute(trx);
    const newest = await trx
      .selectFrom('migrations')
      .select(({ fn }) => fn.max('version').as('version'))
      .executeTakeFirst();
    const from = newest?.version ?? 0;
    if (from > MIGRATIONS.length) {
      throw new StoreError(
        'STORE_DATABASE_NEWER',
        `the database has schema ${from}, this release knows ${MIGRATIONS.length}`,
        {
          hint: 'run the release that wrote it, or a later one',
        },
      );
    }
    const applied: number[] = [];
    for (let version = from + 1; version <= MIGRATIONS.length; version++) {
      await MIGRATIONS[version - 1]!(trx, seal);
      await trx
        .insertInto('migrations')
        .values({ version, applied_at: Math.floor(now) })
        .execute();
      applied.push(version);
    }
    return applied;
  });
}
