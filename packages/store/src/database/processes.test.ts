import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY, temporaryFolder } from '../fixture.ts';
import { openDatabase } from './open.ts';

const MODULE = new URL('./open.ts', import.meta.url).href;

/** Another process with the same file; `work` sees `database`, and what it prints comes back. */
function elsewhere(path: string, work: string): { child: ChildProcess; said: Promise<string> } {
  const script = `const { openDatabase } = await import(${JSON.stringify(MODULE)});
    const key = new Uint8Array(32).fill(7);
    const database = await openDatabase({ path: ${JSON.stringify(path)}, key });
    ${work}
    await database.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, said: once(child, 'exit').then(() => text.trim()) };
}

describe('two processes on one database', () => {
  it('lose no write of either', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    const database = await openDatabase({ path, key: KEY });
    onTestFinished(() => database.close());
    const other = elsewhere(path, `for (let i = 0; i < 60; i++) await database.documents.put('other' + i, i);`);
    for (let i = 0; i < 60; i++) await database.documents.put(`own${i}`, i);
    await other.said;
    expect(await database.documents.keys()).toHaveLength(120);
    const report = await database.verifyDatabase();
    expect(report.ok).toBe(true);
    expect((await database.head()).documents).toBe(120);
  });

  it('make the database together', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    const others = [1, 2, 3].map((i) => elsewhere(path, `await database.documents.put('k${i}', ${i});`));
    await Promise.all(others.map(({ said }) => said));
    const database = await openDatabase({ path, key: KEY });
    onTestFinished(() => database.close());
    expect(await database.documents.keys()).toEqual(['k1', 'k2', 'k3']);
    expect((await database.verifyDatabase()).ok).toBe(true);
  });

  it('a nonce is taken by one of them', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    const work = `let taken = 0;
      for (let i = 0; i < 40; i++) if (await database.nonces.use('n' + i, 9e15, 0)) taken++;
      console.log(taken);`;
    const others = [1, 2, 3].map(() => elsewhere(path, work));
    const taken = await Promise.all(others.map(({ said }) => said));
    expect(taken.map(Number).reduce((a, b) => a + b)).toBe(40);
  });

  it('one killed in the middle of its writes leaves a genuine database', async () => {
    const path = join(await temporaryFolder(), 'state.db');
    for (let round = 0; round < 3; round++) {
      const { child } = elsewhere(
        path,
        `for (let i = 0; ; i++) { await database.documents.put('k' + i % 7, i); if (i === 5) console.log('on'); }`,
      );
      await once(child.stdout!, 'data');
      await new Promise((resolve) => setTimeout(resolve, 7 * round));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const database = await openDatabase({ path, key: KEY });
      expect((await database.verifyDatabase()).faults).toEqual([]);
      await database.close();
    }
  });
});
