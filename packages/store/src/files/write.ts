import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemRandom, toHex } from '@wardmesh/core';
import { syncDirectory } from './directory.ts';
import { coded } from './fault.ts';
import { assertPrivate } from './mode.ts';

/**
 * Writes a file whole or not at all, mode 0600, durable when it resolves (XR-FILE-2): a temporary file in the same
 * folder, fsync, rename, fsync of the folder. A link at `path` is replaced, not followed.
 * @throws StoreError STORE_DISK_FULL, STORE_READ_ONLY, STORE_IO_FAILED; the old file is then still there
 */
export async function writeFileSecure(path: string, bytes: Uint8Array): Promise<void> {
  await coded(path, async () => {
    const folder = dirname(path);
    const temporary = join(folder, `.${basename(path)}.${toHex(systemRandom.bytes(8))}.tmp`);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const handle = await open(temporary, flags, 0o600);
    try {
      try {
        // A strict umask may have taken more away. Only then: Node's permission model refuses every fchmod.
        if (((await handle.stat()).mode & 0o777) !== 0o600) await handle.chmod(0o600);
        assertPrivate(temporary, await handle.stat(), 0o600);
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncDirectory(folder);
  });
}
