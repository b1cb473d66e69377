import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY, temporaryFolder } from '../fixture.ts';
import { databaseFault } from './fault.ts';
import { openDatabase } from './open.ts';

const MODULE = new URL('./open.ts', import.meta.url).href;

describe('a full disk', () => {
  it('is told as such', () => {
    const raw = new DatabaseSync(':memory:');
    raw.exec('PRAGMA max_page_count = 2; CREATE TABLE t (x)');
    let told: unknown;
    try {
      raw.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000));
    } catch (error) {
      told = databaseFault(error);
    }
    expect(told).toMatchObject({ code: 'STORE_DISK_FULL' });
  });

  it('or any write cut short fails that write, and everything written before is whole', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    const script = `const { openDatabase } = await import(${JSON.stringify(MODULE)});
      const database = await openDatabase({ path: ${JSON.stringify(path)}, key: new Uint8Array(32).fill(7) });
      let count = 0;
      try {
        for (;;) { await database.documents.put('k' + count, 'x'.repeat(10_000)); count++; }
      } catch (error) {
        console.log(JSON.stringify([error.code, count]));
      }`;
    const shell = 'ulimit -f 1000; exec "$0" --input-type=module -e "$1"';
    const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    const [told, count] = JSON.parse(said) as [string, number];
    // SQLite tells a file-size limit from a full disk: the first is an I/O error to it.
    expect(told).toBe('STORE_IO_FAILED');
    expect(count).toBeGreaterThan(0);
    const database = await openDatabase({ path, key: KEY });
    onTestFinished(() => database.close());
    expect(await database.documents.keys()).toHaveLength(count);
    expect((await database.verifyDatabase()).faults).toEqual([]);
  });
});
