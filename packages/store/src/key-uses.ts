import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from './error.ts';
import { fileFault } from './files/fault.ts';
import { assertPrivate } from './files/mode.ts';

/**
 * How often a key has sealed, in a file of 20 decimal digits and a line feed (XR-CRY-2). Synchronous, because a seal
 * must not happen before its use is durable; it is called once per block of thousands of seals. It fits the KeyUseStore
 * of @wardmesh/crypto.
 */
export class KeyUseFile {
  readonly #path: string;
  #reserved: number;

  private constructor(path: string, reserved: number) {
    this.#path = path;
    this.#reserved = reserved;
  }

  /** @throws StoreError STORE_FILE_TOO_OPEN, STORE_FILE_NOT_PLAIN, STORE_VALUE_INVALID for unreadable contents */
  static open(path: string): KeyUseFile {
    try {
      return new KeyUseFile(path, readCount(path));
    } catch (cause) {
      throw fileFault(path, cause);
    }
  }

  reserved(): number {
    return this.#reserved;
  }

  /** @throws StoreError where it cannot be made durable, or would go back */
  reserve(upTo: number): void {
    if (!Number.isSafeInteger(upTo) || upTo < this.#reserved) {
      throw new StoreError('STORE_VALUE_INVALID', 'a count of key uses never goes back');
    }
    try {
      // In place: 21 bytes lie in one sector, so a crash leaves the old count or the new one.
      const handle = openSync(this.#path, constants.O_WRONLY | constants.O_NOFOLLOW);
      try {
        writeSync(handle, line(upTo), 0);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    } catch (cause) {
      throw fileFault(this.#path, cause);
    }
    this.#reserved = upTo;
  }
}

function readCount(path: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = openSync(path, flags, 0o600);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
    assertPrivate(path, stats, 0o600);
    if (stats.size === 0) {
      writeSync(handle, line(0), 0);
      fsyncSync(handle);
      const folder = openSync(dirname(path), constants.O_RDONLY);
      fsyncSync(folder);
      closeSync(folder);
      return 0;
    }
    const bytes = Buffer.alloc(22);
    const text = bytes.toString('latin1', 0, readSync(handle, bytes, 0, 22, 0));
    const count = Number(text);
    if (/^\d{20}\n$/.test(text) && Number.isSafeInteger(count)) return count;
    throw new StoreError('STORE_VALUE_INVALID', `${path} holds no count of key uses`, {
      hint: 'rotate the key: how often it was used is unknown',
    });
  } finally {
    closeSync(handle);
  }
}

function line(count: number): string {
  return `${String(count).padStart(20, '0')}\n`;
}
