import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Wallet } from '@wardmesh/signer/client';
import { SecureBuffer } from '@wardmesh/vault';

import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { MAX_BACKUP_BYTES } from '../limits.ts';
import { isStoreError, readFileSecure } from '../operator/private-file.ts';

/** Where the operator wants the backup; undefined where that is left to {@link usualPath}. */
export function backupPath(context: Context, option: string | undefined): string | undefined {
  return option === undefined ? undefined : resolve(context.cwd, option);
}

/** `./NAME-ADDRESS.backup.json`. Names are made of letters, digits, spaces, dots and dashes; spaces become `_`. */
export function usualPath(context: Context, wallet: Pick<Wallet, 'name' | 'address'>): string {
  const name = wallet.name.replaceAll(/[^\p{L}\p{N}._-]/gu, '_');
  return resolve(context.cwd, `${name}-${wallet.address}.backup.json`);
}

/** Refuses early what {@link writeBackup} would refuse after the wallet is made. @throws CodedError FILE_UNWRITABLE */
export async function assertFree(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (!(handle instanceof Error)) await handle.close();
  if (handle instanceof Error && handle.code === 'ENOENT') return;
  throw exists(path);
}

/** Writes the sealed backup, mode 0600 and durable; a file that is there is never replaced. @throws CodedError FILE_UNWRITABLE */
export async function writeBackup(path: string, bytes: Uint8Array): Promise<void> {
  await writePrivate(path, bytes, 'backup');
}

/** A new file of mode 0600, durable when it resolves. `what` names it in errors. @throws CodedError FILE_UNWRITABLE */
export async function writePrivate(path: string, bytes: Uint8Array, what: 'backup' | 'words'): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    const handle = await open(path, flags, 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw exists(path);
    throw cliError('FILE_UNWRITABLE', `the ${what} cannot be written to ${path}`, {
      hint: `Name another place with --${what}-file.`,
      cause,
    });
  }
}

/** A backup file, sealed as it is. @throws CodedError FILE_UNREADABLE */
export async function readBackup(path: string): Promise<SecureBuffer> {
  try {
    return SecureBuffer.take(await readFileSecure(path, MAX_BACKUP_BYTES));
  } catch (cause) {
    if (!isStoreError(cause)) throw cause;
    throw cliError('FILE_UNREADABLE', `the backup cannot be used: ${cause.message}`, {
      hint: cause.hint ?? 'Name it with --backup-file FILE.',
      cause,
    });
  }
}

function exists(path: string) {
  return cliError('FILE_UNWRITABLE', `${path} is there already, and is not written over`, {
    hint: 'Move it away, or name another place.',
  });
}
