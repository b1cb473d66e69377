import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { code, temporaryFolder } from '../fixture.ts';
import { makeDirectorySecure } from './directory.ts';
import { fileFault } from './fault.ts';
import { readFileSecure } from './read.ts';
import { writeFileSecure } from './write.ts';

const mode = async (path: string) => ((await lstat(path)).mode & 0o7777).toString(8);

describe('private files', () => {
  verifies('XR-FILE-2');

  it('are written with mode 0600 whatever the umask, and read back', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'key');
    const before = process.umask(0);
    try {
      await writeFileSecure(path, utf8('one'));
    } finally {
      process.umask(before);
    }
    expect(await mode(path)).toBe('600');
    expect(await readFileSecure(path)).toEqual(utf8('one'));
    expect(await readdir(folder)).toEqual(['key']);
  });

  it('replace a file that was too open by one that is not', async () => {
    const path = join(await temporaryFolder(), 'key');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeFileSecure(path, utf8('new'));
    expect(await mode(path)).toBe('600');
  });

  it.each([0o640, 0o604, 0o620, 0o700, 0o644, 0o4600])('refuse to be read with mode %o', async (open) => {
    const path = join(await temporaryFolder(), 'key');
    await writeFileSecure(path, utf8('x'));
    await chmod(path, open);
    await expect(readFileSecure(path)).rejects.toMatchObject({
      code: 'STORE_FILE_TOO_OPEN',
      hint: `chmod 600 '${path}'`,
    });
  });

  it.each([0o600, 0o400])('are read with mode %o', async (closed) => {
    const path = join(await temporaryFolder(), 'key');
    await writeFileSecure(path, utf8('x'));
    await chmod(path, closed);
    expect(await readFileSecure(path)).toEqual(utf8('x'));
  });

  it('refuse a link, a folder, a named pipe and a device', async () => {
    const folder = await temporaryFolder();
    await writeFileSecure(join(folder, 'real'), utf8('x'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await mkdir(join(folder, 'folder'), 0o700);
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    for (const name of ['link', 'folder', 'pipe']) {
      await expect(readFileSecure(join(folder, name))).rejects.toEqual(code('STORE_FILE_NOT_PLAIN'));
    }
    await expect(readFileSecure('/dev/zero')).rejects.toEqual(code('STORE_FILE_NOT_PLAIN'));
  });

  it('refuse one of another user', async () => {
    const file = process.getuid?.() === 0 ? undefined : '/etc/hostname';
    if (file === undefined) return;
    await expect(readFileSecure(file)).rejects.toEqual(code('STORE_FILE_TOO_OPEN'));
  });

  it('refuse one too large before reading it', async () => {
    const path = join(await temporaryFolder(), 'key');
    await writeFileSecure(path, utf8('x'));
    await truncate(path, 1_025);
    await expect(readFileSecure(path, 1_024)).rejects.toEqual(code('STORE_FILE_TOO_LARGE'));
  });

  it('replace a link instead of following it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'target'), 'untouched');
    await symlink(join(folder, 'target'), join(folder, 'key'));
    await writeFileSecure(join(folder, 'key'), utf8('new'));
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('untouched');
    expect((await lstat(join(folder, 'key'))).isFile()).toBe(true);
  });

  it('keep the old file, and leave nothing behind, where a write fails', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'key'));
    await writeFile(join(folder, 'key', 'in the way'), '');
    await expect(writeFileSecure(join(folder, 'key'), utf8('new'))).rejects.toEqual(code('STORE_FILE_NOT_PLAIN'));
    expect(await readdir(folder)).toEqual(['key']);
  });

  it('say that they are missing', async () => {
    await expect(readFileSecure(join(await temporaryFolder(), 'none'))).rejects.toEqual(code('STORE_FILE_MISSING'));
  });

  it('report a full disk', async () => {
    // The kernel's own full device.
    await expect(writeFile('/dev/full', 'x').catch((error) => Promise.reject(fileFault('log', error)))).rejects.toEqual(
      code('STORE_DISK_FULL'),
    );
  });

  it.each([
    ['EDQUOT', 'STORE_DISK_FULL'],
    ['EROFS', 'STORE_READ_ONLY'],
    ['EACCES', 'STORE_READ_ONLY'],
    ['EIO', 'STORE_IO_FAILED'],
  ])('map %s to %s', (errno, expected) => {
    expect(fileFault('f', Object.assign(new Error('x'), { code: errno }))).toEqual(code(expected));
  });
});

describe('private folders', () => {
  verifies('XR-FILE-2');

  it('are made with mode 0700, with those above them', async () => {
    const home = await temporaryFolder();
    await makeDirectorySecure(join(home, 'a', 'b'));
    expect([await mode(join(home, 'a')), await mode(join(home, 'a', 'b'))]).toEqual(['700', '700']);
    await makeDirectorySecure(join(home, 'a', 'b'));
  });

  it.each([0o755, 0o710, 0o770, 0o1777])('are refused with mode %o', async (open) => {
    const home = await temporaryFolder();
    await chmod(home, open);
    await expect(makeDirectorySecure(home)).rejects.toMatchObject({
      code: 'STORE_FILE_TOO_OPEN',
      hint: `chmod 700 '${home}'`,
    });
  });

  it('are refused where a link or a file stands', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, 'real'), 0o700);
    await symlink(join(home, 'real'), join(home, 'link'));
    await writeFileSecure(join(home, 'file'), utf8(''));
    await expect(makeDirectorySecure(join(home, 'link'))).rejects.toEqual(code('STORE_FILE_NOT_PLAIN'));
    await expect(makeDirectorySecure(join(home, 'file'))).rejects.toMatchObject({ name: 'CodedError' });
  });
});
