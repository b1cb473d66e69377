import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../error.ts';
import { coded } from './fault.ts';
import { assertPrivate } from './mode.ts';

/**
 * Makes a folder, and what is missing above it, with mode 0700; an existing one is checked (XR-FILE-2).
 * @throws StoreError STORE_FILE_TOO_OPEN, STORE_FILE_NOT_PLAIN, STORE_READ_ONLY, STORE_DISK_FULL
 */
export async function makeDirectorySecure(path: string): Promise<void> {
  await coded(path, async () => {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    const stats = await lstat(path);
    if (!stats.isDirectory()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a folder`);
    assertPrivate(path, stats, 0o700);
    if (first !== undefined) await syncDirectory(dirname(first));
  });
}

/** Makes the names in a folder durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
