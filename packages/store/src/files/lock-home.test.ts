import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@wardmesh/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, temporaryFolder } from '../fixture.ts';
import { lockHome } from './lock-home.ts';
import { writeFileSecure } from './write.ts';

const MODULE = new URL('./lock-home.ts', import.meta.url).href;

/** Another process that takes the lock, says so and stays. */
async function holder(home: string) {
  const script = `const { lockHome } = await import(${JSON.stringify(MODULE)});
    try { await lockHome(${JSON.stringify(home)}); console.log('locked'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.code); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe('the lock of a home', () => {
  it('refuses a second gateway and names the first', async () => {
    const home = await temporaryFolder();
    const { child, said } = await holder(home);
    expect(said).toBe('locked');
    await expect(lockHome(home)).rejects.toMatchObject({
      code: 'STORE_HOME_IN_USE',
      message: expect.stringContaining(`process ${child.pid} `),
    });
  });

  it('is free the moment its holder is killed', async () => {
    const home = await temporaryFolder();
    const { child } = await holder(home);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockHome(home)).release();
  });

  it('does not name a process that only has the number of a former holder', async () => {
    const home = await temporaryFolder();
    const { child } = await holder(home);
    // As if the holder's file told of a process long gone whose number we have now.
    await writeFileSecure(join(home, 'home.pid'), utf8(JSON.stringify({ pid: process.pid, started: '1' })));
    await expect(lockHome(home)).rejects.toMatchObject({
      code: 'STORE_HOME_IN_USE',
      message: expect.stringContaining('another process'),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockHome(home)).release();
  });

  it('is not lost by a second try in the same process', async () => {
    const home = await temporaryFolder();
    const lock = await lockHome(home);
    await expect(lockHome(home)).rejects.toEqual(code('STORE_HOME_IN_USE'));
    expect((await holder(home)).said).toBe('STORE_HOME_IN_USE');
    await lock.release();
    await lock.release();
    expect((await holder(home)).said).toBe('locked');
  });

  it('goes to one of many who ask at once', async () => {
    const home = await temporaryFolder();
    const said = await Promise.all(Array.from({ length: 4 }, async () => (await holder(home)).said));
    expect(said.sort()).toEqual(['STORE_HOME_IN_USE', 'STORE_HOME_IN_USE', 'STORE_HOME_IN_USE', 'locked']);
  });

  it('reports a lock file that is none', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, 'home.lock'), 'x'.repeat(4_096), { mode: 0o600 });
    await expect(lockHome(home)).rejects.toMatchObject({ code: expect.stringMatching(/^STORE_/) });
  });
});
