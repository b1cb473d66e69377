import { StoreError, type StoreErrorCode } from '../error.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, readonly [StoreErrorCode, string]>> = {
  3: ['STORE_READ_ONLY', 'access to the database is denied'],
  5: ['STORE_BUSY', 'another process holds the database'],
  6: ['STORE_BUSY', 'another process holds the database'],
  8: ['STORE_READ_ONLY', 'the database cannot be written'],
  11: ['STORE_DATABASE_CORRUPT', 'the database is damaged'],
  13: ['STORE_DISK_FULL', 'the disk is full'],
  14: ['STORE_READ_ONLY', 'the database cannot be opened'],
  19: ['STORE_ALREADY_EXISTS', 'the id or look-up value is taken'],
  26: ['STORE_DATABASE_CORRUPT', 'the file is not a database'],
};

/** A coded error for what the driver threw. Neither statement nor values are in it; other errors pass through. */
export function databaseFault(cause: unknown): Error {
  const result = resultCode(cause);
  if (result === undefined) {
    if (cause instanceof StoreError) return cause;
    const closed = /database is not open/.test(String((cause as Error | undefined)?.message));
    if (closed) return new StoreError('STORE_CLOSED', 'the database is closed', { cause });
    return cause instanceof Error ? cause : new StoreError('STORE_IO_FAILED', 'the database failed', { cause });
  }
  const [code, message] = CODES[result & 0xff] ?? ['STORE_IO_FAILED', 'the database failed'];
  return new StoreError(code, message, { cause, details: { sqlite: result } });
}

export function isBusy(error: unknown): boolean {
  const primary = (resultCode(error) ?? 0) & 0xff;
  return primary === 5 || primary === 6;
}

/** The extended result code; undefined for what SQLite did not throw. */
function resultCode(error: unknown): number | undefined {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode : undefined;
}
