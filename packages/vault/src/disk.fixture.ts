import { mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isCoded } from '@wardmesh/core';
import { makeDirectorySecure, readFileSecure, writeFileSecure } from '@wardmesh/store/files';
import { onTestFinished } from 'vitest';
import type { VaultFiles } from './ports.ts';

/** A folder of this test alone. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The port over real files, as the signer has it. */
export function diskFiles(root: string): VaultFiles {
  return {
    async read(path, maxBytes) {
      try {
        return await readFileSecure(join(root, path), maxBytes);
      } catch (error) {
        if (isCoded(error, 'STORE_FILE_MISSING')) return undefined;
        throw error;
      }
    },
    async write(path, bytes) {
      await makeDirectorySecure(dirname(join(root, path)));
      await writeFileSecure(join(root, path), bytes);
    },
    async remove(path) {
      await unlink(join(root, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
    async list(folder) {
      return readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
    },
  };
}
