import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, KEY, temporaryFolder } from '../fixture.ts';
import { openDatabase } from './open.ts';

async function setUp() {
  const path = join(await temporaryFolder(), 'state.db');
  const open = async (file = path) => {
    const database = await openDatabase({ path: file, key: KEY });
    onTestFinished(() => database.close());
    await database.ledger.ready();
    return database;
  };
  const raw = (sql: string, file = path) => {
    const database = new DatabaseSync(file, { timeout: 5_000 });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  return { path, open, raw, database: await open() };
}

const usage = (id: string, value: number | null) => ({ table: 'usage', id, value }) as const;

describe('the ledger', () => {
  it('reads its writes at once, and keeps them over a restart', async () => {
    const { database, open } = await setUp();
    const staged = database.ledger.stage([usage('a', 1), usage('b', 2)]);
    expect(database.ledger.get('usage', 'a')).toBe(1);
    await staged;
    await database.ledger.stage([usage('a', 3), usage('b', null)]);
    await database.ledger.stage([{ table: 'transactions', id: 'T', value: { n: 1 }, lookup: 'L' }]);
    for (const { ledger } of [database, await open()]) {
      expect([...ledger.entries('usage')]).toEqual([['a', 3]]);
      expect(await ledger.read('transactions', 'T')).toEqual({ n: 1 });
      expect(await ledger.find('transactions', 'L')).toEqual([{ id: 'T', value: { n: 1 } }]);
    }
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('writes what is staged together in one transaction', async () => {
    const { database } = await setUp();
    const before = database.ledger.generation('usage');
    await Promise.all(Array.from({ length: 100 }, (_, i) => database.ledger.stage([usage(`k${i % 10}`, i)])));
    // Ten rows, each written once, whatever came in between.
    expect(database.ledger.generation('usage') - before).toBe(10);
    expect(database.ledger.settled()).toBeUndefined();
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('leaves a signed transaction as it stands', async () => {
    const { database } = await setUp();
    const put = (n: number) => database.ledger.stage([{ table: 'transactions', id: 'T', value: n }]);
    await put(1);
    await put(2);
    expect(await database.ledger.read('transactions', 'T')).toBe(1);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('takes back everything that was staged where a write fails, and goes on after', async () => {
    const { database, raw } = await setUp();
    await database.ledger.stage([usage('a', 1)]);
    raw(`CREATE TRIGGER full BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'planted'); END`);
    const first = database.ledger.stage([usage('b', 1)]);
    const second = database.ledger.stage([usage('a', null)]);
    expect(database.ledger.get('usage', 'a')).toBeUndefined();
    const outcomes = await Promise.allSettled([first, second]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(database.ledger.isReady).toBe(false);
    expect(() => database.ledger.stage([usage('c', 1)])).toThrow(code('STORE_CLOSED') as Error);
    raw('DROP TRIGGER full');
    await database.ledger.ready();
    expect([...database.ledger.entries('usage')]).toEqual([['a', 1]]);
    await database.ledger.stage([usage('c', 1)]);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('does not load rows that were changed, deleted, added or put back', async () => {
    const { database, open, raw, path } = await setUp();
    await database.ledger.stage([usage('a', 1), usage('b', 1)]);
    await database.close();
    const changes = [
      'DELETE FROM usage WHERE rowid = 1',
      'UPDATE usage SET sealed = zeroblob(80) WHERE rowid = 1',
      "INSERT INTO usage (id, version, sealed) SELECT x'6161', version, sealed FROM usage LIMIT 1",
      'UPDATE usage SET version = 1',
    ];
    for (const [i, change] of changes.entries()) {
      const copy = `${path}.${i}`;
      await copyFile(path, copy);
      raw(change, copy);
      await expect(open(copy)).rejects.toMatchObject({
        code: expect.stringMatching(/^STORE_(ROW|TABLE)_NOT_GENUINE$/),
      });
    }
    expect([...(await open()).ledger.entries('usage')]).toHaveLength(2);
  });

  it('notices another writer, and an older file put beneath it', async () => {
    const { database, open } = await setUp();
    const other = await open();
    await other.ledger.stage([usage('a', 1)]);
    await expect(database.ledger.stage([usage('b', 1)])).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
    // Loaded again it goes on from what is there; nothing of its own was written.
    await database.ledger.ready();
    expect([...database.ledger.entries('usage')]).toEqual([['a', 1]]);
  });

  it('does not go back to a generation that it has seen pass', async () => {
    const { database, raw } = await setUp();
    await database.ledger.stage([usage('a', 1)]);
    const rows = raw('SELECT hex(id) AS id, version, hex(sealed) AS sealed FROM usage') as Record<string, unknown>[];
    const digests = raw('SELECT hex(id) AS id, hex(sealed) AS sealed FROM digests') as Record<string, unknown>[];
    await database.ledger.stage([usage('a', 2)]);
    raw(`UPDATE usage SET version = ${rows[0]!.version}, sealed = x'${rows[0]!.sealed}'`);
    for (const { id, sealed } of digests) raw(`UPDATE digests SET sealed = x'${sealed}' WHERE id = x'${id}'`);
    await expect(database.ledger.stage([usage('a', 3)])).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
    await expect(database.ledger.ready()).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
  });

  it.each(['', 'x'.repeat(400), '\ud800'])('refuses the id %j', async (id) => {
    const { database } = await setUp();
    expect(() => database.ledger.stage([usage(id, 1)])).toThrow();
    expect([...database.ledger.entries('usage')]).toEqual([]);
  });
});
