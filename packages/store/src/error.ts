import { CodedError } from '@wardmesh/core';

/** Every error code of this package. */
export type StoreErrorCode =
  /** Mode or owner lets somebody else in; the hint has the chmod. */
  | 'STORE_FILE_TOO_OPEN'
  /** A link or a special file stands where a plain one is expected. */
  | 'STORE_FILE_NOT_PLAIN'
  | 'STORE_FILE_MISSING'
  | 'STORE_FILE_TOO_LARGE'
  /** A name that could leave its folder. */
  | 'STORE_NAME_INVALID'
  | 'STORE_DISK_FULL'
  | 'STORE_READ_ONLY'
  /** Another gateway runs on this home. */
  | 'STORE_HOME_IN_USE'
  /** Input or output failed in another way. */
  | 'STORE_IO_FAILED'
  /** Another process held the database too long. */
  | 'STORE_BUSY'
  /** Not a database, or damaged beyond reading. */
  | 'STORE_DATABASE_CORRUPT'
  /** Written by a later release. */
  | 'STORE_DATABASE_NEWER'
  /** The key given is not 32 bytes. */
  | 'STORE_KEY_INVALID'
  /** A row was altered, moved, or replaced by an older one. */
  | 'STORE_ROW_NOT_GENUINE'
  /** Rows of a table are missing, added or older than its digest says. */
  | 'STORE_TABLE_NOT_GENUINE'
  /** The whole table or database is older than the head known from elsewhere. */
  | 'STORE_ROLLED_BACK'
  /** The id or the look-up value is taken. */
  | 'STORE_ALREADY_EXISTS'
  /** A value this store cannot keep. */
  | 'STORE_VALUE_INVALID'
  | 'STORE_CLOSED';

export class StoreError extends CodedError<StoreErrorCode> {}
