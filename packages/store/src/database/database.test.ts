import { copyFile, lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import type { ApprovalRequest } from '@wardmesh/approvals';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, KEY, temporaryFolder } from '../fixture.ts';
import { type Database, openDatabase } from './open.ts';

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
const agent = (id: string, digit: string) => ({ id, roles: ['reader'], tokenHash: hash(digit), createdAt: 1 });

function request(id: string, changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id,
    revision: 1,
    createdAt: 1,
    expiresAt: 1_000,
    binding: {
      server: 's',
      tool: 't',
      pin: hash('a'),
      arguments: { text: 'CANARY-ARGUMENT' },
      argumentsHash: hash('b'),
      principal: 'agent-1',
      policyVersion: '1',
      nonce: 'n',
      expiry: 1_000,
    },
    over: hash('c'),
    reason: [],
    quorum: 1,
    state: 'pending',
    signatures: [],
    ...changes,
  };
}

async function setUp() {
  const path = join(await temporaryFolder(), 'state.db');
  const open = async (key = KEY): Promise<Database> => {
    const database = await openDatabase({ path, key });
    onTestFinished(() => database.close());
    return database;
  };
  /** What somebody with the file, and without the key, can do. */
  const tamper = (sql: string, ...values: (Uint8Array | string | number)[]) => {
    const raw = new DatabaseSync(path, { timeout: 5_000 });
    try {
      return raw.prepare(sql).all(...values);
    } finally {
      raw.close();
    }
  };
  return { path, open, tamper, database: await open() };
}

describe('state', () => {
  it('outlives the process', async () => {
    const { database, open } = await setUp();
    await database.agents.add(agent('a', '1'));
    await database.pins.save({ server: 'files', version: 2 } as { server: string });
    await database.documents.put('notes/ü', { list: [1, null, 'x'] });
    await database.lockouts.save('a', { failures: [5], locks: 1, lockedAt: 6, lockedFor: 7 });
    await database.approvals.insert(request('r'));
    await database.close();
    const again = await open();
    expect(await again.agents.findByTokenHash(hash('1'))).toEqual(agent('a', '1'));
    expect(await again.pins.loadAll()).toEqual([{ server: 'files', version: 2 }]);
    expect(await again.documents.get('notes/ü')).toEqual({ list: [1, null, 'x'] });
    expect(await again.lockouts.all()).toEqual(
      new Map([['a', { failures: [5], locks: 1, lockedAt: 6, lockedFor: 7 }]]),
    );
    expect(await again.approvals.get('r')).toEqual(request('r'));
    expect(await again.verifyDatabase()).toMatchObject({ ok: true, faults: [] });
  });

  it('refuses a second agent of one id or one token, and keeps the first', async () => {
    const { database } = await setUp();
    await database.agents.add(agent('a', '1'));
    await expect(database.agents.add(agent('a', '2'))).rejects.toEqual(code('STORE_ALREADY_EXISTS'));
    await expect(database.agents.add(agent('b', '1'))).rejects.toEqual(code('STORE_ALREADY_EXISTS'));
    await expect(database.agents.add({ ...agent('c', '3'), tokenHash: 'ward_c_token' })).rejects.toEqual(
      code('STORE_VALUE_INVALID'),
    );
    expect(await database.agents.list()).toEqual([agent('a', '1')]);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('revokes an agent once, and tells other processes by the generation', async () => {
    const { database, open } = await setUp();
    await database.agents.add(agent('a', '1'));
    const other = await open();
    const before = await other.agents.generation();
    expect(await database.agents.revoke('a', 5)).toBe(true);
    expect(await database.agents.revoke('a', 6)).toBe(false);
    expect(await database.agents.revoke('b', 6)).toBe(false);
    expect(await other.agents.generation()).toBeGreaterThan(before);
    expect((await other.agents.findByTokenHash(hash('1')))?.revokedAt).toBe(5);
  });

  it('replaces an approval only by the next revision', async () => {
    verifies('WM-APR-1');
    const { database } = await setUp();
    await database.approvals.insert(request('r'));
    expect(await database.approvals.replace(request('r', { revision: 2, state: 'approved' }))).toBe(true);
    expect(await database.approvals.replace(request('r', { revision: 2, state: 'denied' }))).toBe(false);
    expect(await database.approvals.replace(request('r', { revision: 4, state: 'denied' }))).toBe(false);
    expect(await database.approvals.replace(request('other', { revision: 2 }))).toBe(false);
    expect((await database.approvals.get('r'))?.state).toBe('approved');
  });

  it('finds approvals by state and principal, and prunes closed ones', async () => {
    const { database } = await setUp();
    await database.approvals.insert(request('old', { createdAt: 1 }));
    await database.approvals.insert(request('new', { createdAt: 2 }));
    await database.approvals.replace(request('old', { revision: 2, state: 'denied' }));
    const ids = async (filter: object) => (await database.approvals.list(filter)).map(({ id }) => id);
    expect(await ids({})).toEqual(['new', 'old']);
    expect(await ids({ open: true })).toEqual(['new']);
    expect(await ids({ open: false })).toEqual(['old']);
    expect(await ids({ state: 'denied' })).toEqual(['old']);
    expect(await ids({ principal: 'nobody' })).toEqual([]);
    expect(await database.approvals.prune(2_000)).toBe(1);
    expect(await ids({})).toEqual(['new']);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('takes a nonce once, also after a restart and after somebody deleted it', async () => {
    const { database, open, tamper } = await setUp();
    expect(await database.nonces.use('n', 1_000, 0)).toBe(true);
    expect(await database.nonces.use('n', 1_000, 0)).toBe(false);
    expect(await (await open()).nonces.use('n', 1_000, 0)).toBe(false);
    tamper('DELETE FROM nonces');
    expect(await database.nonces.use('n', 1_000, 0)).toBe(false);
  });

  it('forgets nonces that expired', async () => {
    const { database } = await setUp();
    await database.nonces.use('old', 1_000, 0);
    await database.nonces.use('new', 3_000, 0);
    expect(await database.nonces.prune(2_000)).toBe(1);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it.each(['', 'x'.repeat(1_025), '\ud800'])('refuses the id %j', async (id) => {
    const { database } = await setUp();
    await expect(database.documents.put(id, 1)).rejects.toEqual(code('STORE_VALUE_INVALID'));
  });

  it('takes text for text, whatever it looks like', async () => {
    const { database } = await setUp();
    const name = `'); DROP TABLE agents; --`;
    await database.documents.put(name, name);
    expect(await database.documents.get(name)).toBe(name);
    expect(await database.agents.list()).toEqual([]);
  });
});

describe('the file', () => {
  verifies('XR-FILE-2');

  it('and what SQLite puts beside it have mode 0600', async () => {
    const { database, path } = await setUp();
    await database.documents.put('k', 1);
    for (const name of [path, `${path}-wal`, `${path}-shm`]) expect((await lstat(name)).mode & 0o777).toBe(0o600);
  });

  it('is refused where others can open it', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    await writeFile(path, '', { mode: 0o644 });
    await expect(openDatabase({ path, key: KEY })).rejects.toEqual(code('STORE_FILE_TOO_OPEN'));
  });

  it('is refused where it is no database', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    await writeFile(path, 'x'.repeat(8_192), { mode: 0o600 });
    await expect(openDatabase({ path, key: KEY })).rejects.toEqual(code('STORE_DATABASE_CORRUPT'));
  });

  it('is refused with another key, a short key, or a later schema', async () => {
    const { open, tamper, path } = await setUp();
    await expect(open(new Uint8Array(32))).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
    await expect(openDatabase({ path, key: new Uint8Array(16) })).rejects.toEqual(code('STORE_KEY_INVALID'));
    tamper('INSERT INTO migrations (version, applied_at) VALUES (99, 0)');
    await expect(open()).rejects.toEqual(code('STORE_DATABASE_NEWER'));
  });

  it('is one that libSQL reads', async () => {
    const { database, path } = await setUp();
    await database.documents.put('k', 1);
    await database.close();
    const client = createClient({ url: pathToFileURL(path).href });
    const { rows } = await client.execute('SELECT id, version FROM documents');
    client.close();
    expect(rows[0]).toMatchObject({ version: 1 });
  });

  it('shows none of its contents', async () => {
    const { database, path } = await setUp();
    await database.documents.put('k', { secret: 'CANARY-DOCUMENT' });
    await database.approvals.insert(request('r'));
    await database.close();
    expect((await readFile(path)).includes('CANARY')).toBe(false);
  });
});

describe('somebody with the file', () => {
  const faults = async (database: Database) =>
    (await database.verifyDatabase()).faults.map(({ code: found, details }) => `${found} ${details.table}`);

  it('cannot change one bit of a row', async () => {
    const { database, open, tamper } = await setUp();
    await database.documents.put('k', 'value');
    const [row] = tamper('SELECT sealed FROM documents') as { sealed: Uint8Array }[];
    for (let i = 0; i < row!.sealed.length; i++) {
      const changed = row!.sealed.slice();
      changed[i]! ^= 1 << (i % 8);
      tamper('UPDATE documents SET sealed = ?', changed);
      await expect(database.documents.get('k')).rejects.toEqual(code('STORE_ROW_NOT_GENUINE'));
    }
    expect(await faults(await open())).toEqual([
      'STORE_ROW_NOT_GENUINE documents',
      'STORE_TABLE_NOT_GENUINE documents',
    ]);
  });

  it('cannot move a value to another row, table, look-up value or version', async () => {
    const { database, tamper } = await setUp();
    await database.agents.add(agent('a', '1'));
    await database.agents.add(agent('b', '2'));
    await database.documents.put('k', 1);
    const notGenuine = code('STORE_ROW_NOT_GENUINE');
    tamper(
      "UPDATE agents SET sealed = (SELECT sealed FROM agents WHERE id = CAST('a' AS BLOB)) WHERE id = CAST('b' AS BLOB)",
    );
    await expect(database.agents.findByTokenHash(hash('2'))).rejects.toEqual(notGenuine);
    tamper("UPDATE agents SET lookup = CAST('stolen' AS BLOB) WHERE id = CAST('a' AS BLOB)");
    await expect(database.agents.list()).rejects.toEqual(notGenuine);
    tamper("UPDATE documents SET sealed = (SELECT sealed FROM agents WHERE id = CAST('a' AS BLOB))");
    await expect(database.documents.get('k')).rejects.toEqual(notGenuine);
    const other = await setUp();
    await other.database.documents.put('k', 1);
    other.tamper('UPDATE documents SET version = version + 1');
    await expect(other.database.documents.get('k')).rejects.toEqual(notGenuine);
  });

  it('cannot put an older row back: noticed while running and at the next start', async () => {
    const { database, open, tamper } = await setUp();
    await database.approvals.insert(request('r'));
    const [old] = tamper('SELECT * FROM approvals') as { version: number; lookup: Uint8Array; sealed: Uint8Array }[];
    await database.approvals.replace(request('r', { revision: 2, state: 'released' }));
    await database.approvals.get('r');
    tamper('UPDATE approvals SET version = ?, lookup = ?, sealed = ?', old!.version, old!.lookup, old!.sealed);
    await expect(database.approvals.get('r')).rejects.toEqual(code('STORE_ROW_NOT_GENUINE'));
    expect(await faults(await open())).toEqual(['STORE_TABLE_NOT_GENUINE approvals']);
  });

  it('cannot put back a request that another process denied, even where this one never saw it denied', async () => {
    verifies('WM-APR-1');
    const { database, open, tamper } = await setUp();
    await database.approvals.insert(request('r', { state: 'approved' }));
    await database.approvals.get('r');
    const [old] = tamper('SELECT * FROM approvals') as { version: number; lookup: Uint8Array; sealed: Uint8Array }[];
    await (await open()).approvals.replace(request('r', { revision: 2, state: 'denied' }));
    tamper('UPDATE approvals SET version = ?, lookup = ?, sealed = ?', old!.version, old!.lookup, old!.sealed);
    await expect(database.approvals.replace(request('r', { revision: 2, state: 'released' }))).rejects.toEqual(
      code('STORE_TABLE_NOT_GENUINE'),
    );
  });

  it('cannot delete a row, nor bring a deleted one back', async () => {
    const { database, open, tamper } = await setUp();
    await database.lockouts.save('a', { failures: [], locks: 1, lockedAt: 1, lockedFor: 2 });
    await database.documents.put('k', 1);
    await database.documents.put('other', 1);
    const [row] = tamper("SELECT * FROM documents WHERE id = CAST('k' AS BLOB)") as {
      id: Uint8Array;
      version: number;
      sealed: Uint8Array;
    }[];
    await database.documents.remove('k');
    tamper('INSERT INTO documents (id, version, sealed) VALUES (?, ?, ?)', row!.id, row!.version, row!.sealed);
    tamper('DELETE FROM lockouts');
    expect(await faults(await open())).toEqual([
      'STORE_TABLE_NOT_GENUINE documents',
      'STORE_TABLE_NOT_GENUINE lockouts',
    ]);
  });

  it('cannot replace the digest by an older or another one, or delete it', async () => {
    const { database, open, tamper } = await setUp();
    await database.documents.put('k', 1);
    const before = await open();
    const [old] = tamper("SELECT sealed FROM digests WHERE id = CAST('documents' AS BLOB)") as { sealed: Uint8Array }[];
    await database.documents.put('k', 2);
    tamper("UPDATE digests SET sealed = ? WHERE id = CAST('documents' AS BLOB)", old!.sealed);
    expect(await faults(before)).toEqual(['STORE_TABLE_NOT_GENUINE documents']);
    tamper("UPDATE digests SET sealed = ? WHERE id = CAST('agents' AS BLOB)", old!.sealed);
    await expect(database.agents.add(agent('a', '1'))).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
    tamper('DELETE FROM digests');
    await expect(open()).rejects.toEqual(code('STORE_TABLE_NOT_GENUINE'));
  });

  it('cannot put the whole file back where its head is known', async () => {
    const { database, open, path } = await setUp();
    await database.agents.add(agent('a', '1'));
    await database.close();
    await copyFile(path, `${path}.old`);
    const later = await open();
    await later.agents.revoke('a', 5);
    const head = await later.head();
    expect((await later.verifyDatabase(head)).ok).toBe(true);
    await later.close();
    await copyFile(`${path}.old`, path);
    const back = await open();
    expect((await back.verifyDatabase()).ok).toBe(true);
    const report = await back.verifyDatabase(head);
    expect(report.faults).toEqual([code('STORE_ROLLED_BACK')]);
  });

  it('cannot make a number round', async () => {
    const { database, tamper } = await setUp();
    await database.documents.put('k', 1);
    tamper('UPDATE documents SET version = 9007199254740993');
    await expect(database.documents.get('k')).rejects.toBeInstanceOf(Error);
  });
});
