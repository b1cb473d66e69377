import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreError } from './error.ts';
import { makeDirectorySecure, syncDirectory } from './files/directory.ts';
import { coded } from './files/fault.ts';
import { assertPrivate } from './files/mode.ts';
import { writeFileSecure } from './files/write.ts';
import { MAX_LOG_NAME, MAX_OPEN_LOGS } from './limits.ts';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;

/** Refuses a name that could leave the folder, hide, or meet a temporary file. @throws StoreError STORE_NAME_INVALID */
export function assertLogName(name: string): void {
  if (name.length <= MAX_LOG_NAME && NAME.test(name)) return;
  throw new StoreError('STORE_NAME_INVALID', 'not a name of a log file');
}

interface OpenLog {
  readonly handle: FileHandle;
  /** The same file opened with O_DSYNC, once it is asked for: write and fdatasync in one system call. */
  durable?: FileHandle;
  /** Whether bytes were appended that nothing has made durable yet. */
  dirty: boolean;
  /** The newest operation on the file; the next one follows it. */
  turn: Promise<unknown>;
}

/**
 * The audit log's files in one folder, 0600 in 0700. Appends of one file keep their order; each write goes to the end of
 * the file (O_APPEND). Handles stay open, so that an append is one system call.
 */
export class FolderLogStorage {
  readonly #folder: string;
  readonly #open = new Map<string, Promise<OpenLog>>();
  #closed = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws StoreError STORE_FILE_TOO_OPEN, STORE_READ_ONLY, STORE_DISK_FULL */
  static async open(folder: string): Promise<FolderLogStorage> {
    await makeDirectorySecure(folder);
    return new FolderLogStorage(folder);
  }

  /** Names of all files, sorted; temporary files of an interrupted write are left out. */
  async list(): Promise<string[]> {
    return coded(this.#folder, async () => {
      const names: string[] = [];
      const walk = async (prefix: string): Promise<void> => {
        for (const item of await readdir(join(this.#folder, prefix), { withFileTypes: true })) {
          const name = prefix === '' ? item.name : `${prefix}/${item.name}`;
          if (item.isDirectory()) await walk(name);
          else if (item.isFile() && NAME.test(name)) names.push(name);
        }
      };
      await walk('');
      return names.sort();
    });
  }

  /** Bytes in a file. @throws StoreError STORE_FILE_MISSING, STORE_FILE_NOT_PLAIN */
  async size(name: string): Promise<number> {
    const path = this.#path(name);
    return coded(path, async () => {
      const stats = await lstat(path);
      if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
      return stats.size;
    });
  }

  /** Bytes `from` (inclusive) to `to` (exclusive) of a file, fewer where it ends before. @throws StoreError STORE_FILE_MISSING */
  async read(name: string, from = 0, to: number = Number.MAX_SAFE_INTEGER): Promise<Uint8Array> {
    const path = this.#path(name);
    return coded(path, async () => {
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const stats = await handle.stat();
        if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
        assertPrivate(path, stats, 0o600);
        const bytes = new Uint8Array(Math.max(0, Math.min(to, stats.size) - from));
        let done = 0;
        while (done < bytes.length) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
          if (bytesRead === 0) return bytes.subarray(0, done);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  /** Adds bytes at the end of a file, made where it is missing. Not durable before {@link sync}. */
  async append(name: string, bytes: Uint8Array): Promise<void> {
    await this.#inTurn(name, async (log) => {
      log.dirty = true;
      await writeAll(log.handle, bytes);
    });
  }

  /** Makes all that was appended durable (fdatasync). */
  async sync(name: string): Promise<void> {
    await this.#inTurn(name, syncLog);
  }

  /** {@link append} and {@link sync} in one: a quarter faster, for the log's hot path. */
  async appendAndSync(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await this.#inTurn(name, async (log) => {
      log.durable ??= await open(path, APPEND | constants.O_DSYNC);
      await writeAll(log.durable, bytes);
      // O_DSYNC makes its own bytes durable, not those that others wrote before.
      if (log.dirty) await syncLog(log);
    });
  }

  /** Cuts a file, durably: a torn write leaves. */
  async truncate(name: string, length: number): Promise<void> {
    const path = this.#path(name);
    await this.#forget(name);
    await coded(path, async () => {
      const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
      try {
        await handle.truncate(length);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  /** Replaces a file whole, durably. */
  async writeAtomic(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await this.#forget(name);
    await this.#makeFolders(name);
    await writeFileSecure(path, bytes);
  }

  /** Removes a file, durably; nothing happens where there is none. */
  async remove(name: string): Promise<void> {
    const path = this.#path(name);
    await this.#forget(name);
    await coded(path, async () => {
      await unlink(path).catch(missingAsUndefined);
      await syncDirectory(dirname(path)).catch(missingAsUndefined);
    });
  }

  /** Ends the handles after their last operation. The storage refuses further appends. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open.keys()].map((name) => this.#forget(name)));
  }

  #path(name: string): string {
    assertLogName(name);
    return join(this.#folder, name);
  }

  async #inTurn(name: string, work: (log: OpenLog) => Promise<void>): Promise<void> {
    const path = this.#path(name);
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the log storage is closed');
    let opening = this.#open.get(name);
    if (opening === undefined) {
      const made = this.#openForAppend(name, path);
      opening = made;
      this.#open.set(name, made);
      made.catch(() => {
        if (this.#open.get(name) === made) this.#open.delete(name);
      });
      this.#closeOldest();
    }
    await coded(path, async () => {
      const log = await opening;
      const turn = log.turn.then(() => work(log));
      log.turn = turn.catch(() => undefined);
      await turn;
    });
  }

  async #openForAppend(name: string, path: string): Promise<OpenLog> {
    await this.#makeFolders(name);
    const existing = await open(path, APPEND).catch(missingAsUndefined);
    const handle = existing ?? (await open(path, APPEND | constants.O_CREAT | constants.O_EXCL, 0o600));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
      assertPrivate(path, stats, 0o600);
      // A new name is lost in a crash unless its folder is synced too.
      if (existing === undefined) await syncDirectory(dirname(path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    // An earlier process may have left bytes unsynced.
    return { handle, dirty: existing !== undefined, turn: Promise.resolve() };
  }

  async #makeFolders(name: string): Promise<void> {
    const parts = name.split('/').slice(0, -1);
    let folder = this.#folder;
    for (const part of parts) {
      const parent = folder;
      folder = join(folder, part);
      await coded(folder, async () => {
        try {
          await mkdir(folder, 0o700);
          await syncDirectory(parent);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          // A link here would lead the log out of its folder.
          if (!(await lstat(folder)).isDirectory()) {
            throw new StoreError('STORE_FILE_NOT_PLAIN', `${folder} is not a folder`);
          }
        }
      });
    }
  }

  #closeOldest(): void {
    if (this.#open.size <= MAX_OPEN_LOGS) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) void this.#forget(oldest);
  }

  async #forget(name: string): Promise<void> {
    const opening = this.#open.get(name);
    if (opening === undefined) return;
    this.#open.delete(name);
    const log = await opening.catch(() => undefined);
    if (log === undefined) return;
    await log.turn;
    await Promise.all([log.handle.close(), log.durable?.close()]);
  }
}

async function syncLog(log: OpenLog): Promise<void> {
  await log.handle.datasync();
  log.dirty = false;
}

/** A write may be cut short; what is missing follows, or the error of why. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, null);
    done += bytesWritten;
  }
}

function missingAsUndefined(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
