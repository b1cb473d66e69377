import { join } from 'node:path';
import type { AuditLog } from '@wardmesh/audit';
import { FolderLogStorage } from '@wardmesh/store';
import type { Home } from './open.ts';

/** Copies the log into the node's own folder below `to`, sealed under the home's backup key (XR-AUD-7). */
export async function backUpTo(
  home: Pick<Home, 'audit' | 'keys' | 'nodeId'>,
  to: string,
): Promise<{ readonly folder: string } & Awaited<ReturnType<AuditLog['backup']>>> {
  const folder = join(to, home.nodeId);
  const storage = await FolderLogStorage.open(folder);
  try {
    return { folder, ...(await home.audit.backup(storage, home.keys.backup)) };
  } finally {
    await storage.close();
  }
}
