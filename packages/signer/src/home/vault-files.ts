import { readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isCoded } from '@wardmesh/core';
import { makeDirectorySecure, readFileSecure, StoreError, writeFileSecure } from '@wardmesh/store';
import type { VaultFiles } from '@wardmesh/vault';

const PATH = /^[a-z0-9_][a-z0-9_.-]*(?:\/[a-z0-9_][a-z0-9_.-]*)*$/;

/** The vault's files below one folder, 0600 in 0700 (XR-FILE-2). */
export function vaultFiles(root: string): VaultFiles {
  const place = (path: string): string => {
    if (!PATH.test(path)) throw new StoreError('STORE_NAME_INVALID', 'not a path of the vault');
    return join(root, path);
  };
  return {
    async read(path, maxBytes) {
      try {
        return await readFileSecure(place(path), maxBytes);
      } catch (error) {
        if (isCoded(error, 'STORE_FILE_MISSING')) return undefined;
        throw error;
      }
    },
    async write(path, bytes) {
      const target = place(path);
      await makeDirectorySecure(dirname(target));
      await writeFileSecure(target, bytes);
    },
    async remove(path) {
      await unlink(place(path)).catch(unlessMissing);
    },
    async list(folder) {
      return (await readdir(place(folder)).catch(unlessMissing)) ?? [];
    },
  };
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
