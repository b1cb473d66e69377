import { execFileSync } from 'node:child_process';
import { chmod, lstat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, temporaryFolder } from './fixture.ts';
import { FolderLogStorage } from './log-storage.ts';

const MODULE = new URL('./log-storage.ts', import.meta.url).href;

async function setUp() {
  const folder = join(await temporaryFolder(), 'log');
  const storage = await FolderLogStorage.open(folder);
  onTestFinished(() => storage.close());
  return { folder, storage };
}

describe('the log folder', () => {
  it('keeps appends in order, made durable or not', async () => {
    const { storage } = await setUp();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\n`);
    await Promise.all(lines.map((line, i) => storage[i % 3 === 0 ? 'appendAndSync' : 'append']('a.log', utf8(line))));
    await storage.sync('a.log');
    expect(fromUtf8(await storage.read('a.log'))).toBe(lines.join(''));
  });

  it('reads ranges, fewer bytes where the file ends before', async () => {
    const { storage } = await setUp();
    await storage.append('a', utf8('0123456789'));
    expect(fromUtf8(await storage.read('a', 3))).toBe('3456789');
    expect(fromUtf8(await storage.read('a', 3, 5))).toBe('34');
    expect(fromUtf8(await storage.read('a', 8, 50))).toBe('89');
    expect(await storage.read('a', 20, 30)).toHaveLength(0);
    expect(await storage.size('a')).toBe(10);
  });

  it('cuts, replaces and removes, and appends go on behind', async () => {
    const { storage } = await setUp();
    await storage.appendAndSync('a', utf8('whole torn'));
    await storage.truncate('a', 6);
    await storage.append('a', utf8('next'));
    expect(fromUtf8(await storage.read('a'))).toBe('whole next');
    await storage.writeAtomic('a', utf8('new '));
    await storage.append('a', utf8('end'));
    expect(fromUtf8(await storage.read('a'))).toBe('new end');
    await storage.remove('a');
    await storage.remove('a');
    await expect(storage.read('a')).rejects.toEqual(code('STORE_FILE_MISSING'));
    await expect(storage.size('a')).rejects.toEqual(code('STORE_FILE_MISSING'));
    await storage.append('a', utf8('again'));
    expect(fromUtf8(await storage.read('a'))).toBe('again');
  });

  it('lists all names, without temporary files', async () => {
    const { storage, folder } = await setUp();
    await storage.append('checkpoint', utf8(''));
    await storage.writeAtomic('tile/0/x001/067.p/12', utf8('t'));
    await writeFile(join(folder, '.checkpoint.0123.tmp'), 'torn');
    expect(await storage.list()).toEqual(['checkpoint', 'tile/0/x001/067.p/12']);
  });

  it('has files of mode 0600 in folders of mode 0700', async () => {
    verifies('XR-FILE-2');
    const { storage, folder } = await setUp();
    await storage.append('tile/0/000', utf8('t'));
    const mode = async (path: string) => (await lstat(join(folder, path))).mode & 0o777;
    expect([await mode('.'), await mode('tile'), await mode('tile/0'), await mode('tile/0/000')]).toEqual([
      0o700, 0o700, 0o700, 0o600,
    ]);
  });

  it('refuses files others can open, and links', async () => {
    verifies('XR-FILE-2');
    const { storage, folder } = await setUp();
    await writeFile(join(folder, 'open'), 'x', { mode: 0o600 });
    await chmod(join(folder, 'open'), 0o644);
    await expect(storage.read('open')).rejects.toEqual(code('STORE_FILE_TOO_OPEN'));
    await expect(storage.append('open', utf8('x'))).rejects.toEqual(code('STORE_FILE_TOO_OPEN'));
    await symlink('/etc/hostname', join(folder, 'link'));
    await symlink('/tmp', join(folder, 'folder'));
    for (const work of [
      () => storage.read('link'),
      () => storage.append('link', utf8('x')),
      () => storage.truncate('link', 0),
      () => storage.append('folder/x', utf8('x')),
    ]) {
      await expect(work()).rejects.toEqual(code('STORE_FILE_NOT_PLAIN'));
    }
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/../b',
    '/etc/passwd',
    'a//b',
    'a/',
    '.hidden',
    'a/.tmp',
    'a\0',
    'a b',
    'ä',
    'x'.repeat(256),
  ])('refuses the name %j', async (name) => {
    const { storage } = await setUp();
    await expect(storage.append(name, utf8('x'))).rejects.toEqual(code('STORE_NAME_INVALID'));
    await expect(storage.read(name)).rejects.toEqual(code('STORE_NAME_INVALID'));
    await expect(storage.remove(name)).rejects.toEqual(code('STORE_NAME_INVALID'));
  });

  it('tells a disk that is full in the middle of a write, and what came through can be cut off', async () => {
    const folder = join(await temporaryFolder(), 'log');
    // A limit on file sizes cuts a write short and then fails it, as a full disk does.
    const script = `const { FolderLogStorage } = await import(${JSON.stringify(MODULE)});
      const storage = await FolderLogStorage.open(${JSON.stringify(folder)});
      await storage.appendAndSync('a', new Uint8Array(5000));
      const code = await storage.appendAndSync('a', new Uint8Array(5000)).catch((error) => error.code);
      const torn = await storage.size('a');
      await storage.truncate('a', 5000);
      await storage.appendAndSync('a', new Uint8Array(1000));
      console.log(JSON.stringify([code, torn, await storage.size('a')]));
      await storage.close();`;
    const shell = 'ulimit -f 16; exec "$0" --input-type=module -e "$1"';
    const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual(['STORE_DISK_FULL', 8_192, 6_000]);
  });

  it('tells a folder that cannot be written', async () => {
    // For root the mode is no hindrance.
    if (process.getuid?.() === 0) return;
    const { storage, folder } = await setUp();
    await chmod(folder, 0o500);
    await expect(storage.append('x', utf8('x'))).rejects.toEqual(code('STORE_READ_ONLY'));
    await chmod(folder, 0o700);
    await storage.append('x', utf8('x'));
  });

  it('keeps a bounded number of handles', async () => {
    const { storage } = await setUp();
    await Promise.all(Array.from({ length: 60 }, (_, i) => storage.append(`f${i}`, utf8(`${i}`))));
    await Promise.all(Array.from({ length: 60 }, (_, i) => storage.append(`f${i}`, utf8('!'))));
    for (let i = 0; i < 60; i++) expect(fromUtf8(await storage.read(`f${i}`))).toBe(`${i}!`);
  });

  it('refuses to append after its close', async () => {
    const { storage } = await setUp();
    await storage.close();
    await expect(storage.append('a', utf8('x'))).rejects.toEqual(code('STORE_CLOSED'));
  });

  it('is a file system, whatever is asked in whatever order', async () => {
    const action = fc.record({
      what: fc.constantFrom('append', 'appendAndSync', 'truncate', 'writeAtomic', 'remove' as const),
      name: fc.constantFrom('a', 'b/c'),
      text: fc.stringMatching(/^[a-z]{0,9}$/),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const storage = await FolderLogStorage.open(join(await temporaryFolder(), 'log'));
        const model = new Map<string, string>();
        for (const { what, name, text } of actions) {
          const old = model.get(name);
          if (what === 'truncate') {
            if (old === undefined) continue;
            await storage.truncate(name, Math.min(3, old.length));
            model.set(name, old.slice(0, 3));
          } else if (what === 'remove') {
            await storage.remove(name);
            model.delete(name);
          } else {
            await storage[what](name, utf8(text));
            model.set(name, what === 'writeAtomic' ? text : (old ?? '') + text);
          }
        }
        expect(await storage.list()).toEqual([...model.keys()].sort());
        for (const [name, text] of model) expect(fromUtf8(await storage.read(name))).toBe(text);
        await storage.close();
      }),
      { numRuns: 25 },
    );
  });
});
