import type { Stats } from 'node:fs';
import { StoreError } from '../error.ts';

/**
 * Refuses what others than this process's user own or can open (XR-FILE-2).
 * @param most the widest mode allowed: 0o600 for files, 0o700 for folders
 * @throws StoreError STORE_FILE_TOO_OPEN
 */
export function assertPrivate(path: string, stats: Stats, most: 0o600 | 0o700): void {
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user) {
    throw new StoreError('STORE_FILE_TOO_OPEN', `${path} belongs to another user`, {
      hint: `make it yours: chown ${user} '${path}'`,
    });
  }
  const mode = stats.mode & 0o7777;
  if ((mode & ~most) === 0) return;
  throw new StoreError('STORE_FILE_TOO_OPEN', `${path} is open to others (mode ${mode.toString(8)})`, {
    hint: `chmod ${most.toString(8)} '${path}'`,
  });
}
