import { LibsqlError } from '@libsql/client';
import { StoreError, type StoreErrorCode } from '../error.ts';

const CODES: readonly (readonly [string, StoreErrorCode, string])[] = [
  ['SQLITE_BUSY', 'STORE_BUSY', 'another process holds the database'],
  ['SQLITE_LOCKED', 'STORE_BUSY', 'another process holds the database'],
  ['SQLITE_FULL', 'STORE_DISK_FULL', 'the disk is full'],
  ['SQLITE_READONLY', 'STORE_READ_ONLY', 'the database cannot be written'],
  ['SQLITE_CANTOPEN', 'STORE_READ_ONLY', 'the database cannot be opened'],
  ['SQLITE_PERM', 'STORE_READ_ONLY', 'access to the database is denied'],
  ['SQLITE_CORRUPT', 'STORE_DATABASE_CORRUPT', 'the database is damaged'],
  ['SQLITE_NOTADB', 'STORE_DATABASE_CORRUPT', 'the file is not a database'],
  ['SQLITE_CONSTRAINT', 'STORE_ALREADY_EXISTS', 'the id or look-up value is taken'],
  ['CLIENT_CLOSED', 'STORE_CLOSED', 'the database is closed'],
];

/** A coded error for what the driver threw. Neither statement nor values are in it. */
export function databaseFault(cause: unknown): Error {
  if (!(cause instanceof LibsqlError)) {
    return cause instanceof Error ? cause : new StoreError('STORE_IO_FAILED', 'the database failed', { cause });
  }
  const sqlite = `${cause.extendedCode ?? ''} ${cause.code}`;
  const [, code, message] = CODES.find(([name]) => sqlite.includes(name)) ?? [
    '',
    'STORE_IO_FAILED' as const,
    'the database failed',
  ];
  return new StoreError(code, message, { cause, details: { sqlite: cause.code } });
}

export function isBusy(error: unknown): boolean {
  return error instanceof LibsqlError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
