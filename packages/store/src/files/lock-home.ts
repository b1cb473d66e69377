import { lstat, open, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fromUtf8, utf8 } from '@wardmesh/core';
import { databaseFault } from '../database/fault.ts';
import { StoreError } from '../error.ts';
import { coded, fileFault } from './fault.ts';
import { readFileSecure } from './read.ts';
import { writeFileSecure } from './write.ts';

/** A home held by this process. */
export interface HomeLock {
  /** Gives the home back. Further calls do nothing. */
  release(): Promise<void>;
}

/**
 * The home for this process alone. The lock is the kernel's: a record lock that SQLite takes on `home.lock` and that
 * ends with the process however it dies, so there is no stale lock to judge and no pid to mistake for another's.
 * `home.pid` beside it only says who to name.
 * @throws StoreError STORE_HOME_IN_USE, STORE_READ_ONLY, STORE_DISK_FULL
 */
export async function lockHome(home: string): Promise<HomeLock> {
  const folder = await coded(home, () => realpath(home));
  const path = join(folder, 'home.lock');
  await createOnce(path);
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('BEGIN IMMEDIATE');
  } catch (cause) {
    lock?.close();
    throw await refusal(folder, cause);
  }
  try {
    const holder = { pid: process.pid, started: await startTime(process.pid) };
    await writeFileSecure(join(folder, 'home.pid'), utf8(`${JSON.stringify(holder)}\n`));
  } catch (error) {
    lock.close();
    throw error;
  }
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      lock.close();
    },
  };
}

/**
 * Makes the lock file where it is missing, and never opens an existing one: closing any descriptor of a file drops
 * all record locks that this process holds on it (POSIX fcntl).
 */
async function createOnce(path: string): Promise<void> {
  await coded(path, async () => {
    const existing = await lstat(path).catch(() => undefined);
    if (existing?.isFile()) return;
    if (existing !== undefined) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
    try {
      await (await open(path, 'ax', 0o600)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  });
}

async function refusal(folder: string, cause: unknown): Promise<StoreError> {
  const fault = databaseFault(cause);
  if (!(fault instanceof StoreError)) return fileFault(join(folder, 'home.lock'), cause);
  if (fault.code !== 'STORE_BUSY') return fault;
  const pid = await holderOf(folder);
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new StoreError('STORE_HOME_IN_USE', `${who} runs on ${folder}`, {
    hint: 'stop it first, or set WARD_HOME to another folder',
    details: { pid },
    cause,
  });
}

/** The pid in `home.pid`, unless that process is gone or a later one has its number. */
async function holderOf(folder: string): Promise<number | undefined> {
  try {
    const text = fromUtf8(await readFileSecure(join(folder, 'home.pid'), 4_096));
    const { pid, started } = JSON.parse(text) as { pid?: unknown; started?: unknown };
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid)) return undefined;
    return (await startTime(pid)) === started ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Start of a process in clock ticks since boot: field 22 of /proc/PID/stat, proc(5). Null where it cannot be read. */
async function startTime(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field, the name, may hold spaces and brackets: count from its last bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
