import { closeSync, lstatSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { KeyUseStore } from '@wardmesh/crypto';
import { StoreError } from '@wardmesh/store';
import type { KeyUses } from '@wardmesh/vault';

const NAME = /^[a-z]+-[a-z0-9_]{1,64}$/;

/**
 * How often keys were used (XR-CRY-2, CM-KMS-2), by name, in an SQLite file of its own: a use must be durable before it
 * happens, so this is synchronous, and Node's permission model refuses every fsyncSync but not SQLite's own.
 */
export class UseCounters {
  readonly #database: DatabaseSync;
  readonly #reserved = new Map<string, number>();

  /** Made where it is missing. @throws StoreError STORE_FILE_NOT_PLAIN, STORE_FILE_TOO_OPEN, STORE_VALUE_INVALID */
  constructor(path: string) {
    assertPlace(path);
    try {
      this.#database = new DatabaseSync(path);
      this.#database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA trusted_schema = OFF');
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS uses (name TEXT PRIMARY KEY, reserved INTEGER NOT NULL CHECK (reserved >= 0)) STRICT, WITHOUT ROWID',
      );
      for (const row of this.#database.prepare('SELECT name, reserved FROM uses').all()) {
        this.#reserved.set(String(row.name), Number(row.reserved));
      }
    } catch (cause) {
      throw new StoreError('STORE_VALUE_INVALID', `${path} holds no counts of key uses`, {
        hint: 'Rotate the keys: how often they were used is unknown.',
        cause,
      });
    }
  }

  readonly of: KeyUses = (name): KeyUseStore => {
    if (!NAME.test(name)) throw new TypeError('not a name of a counter');
    return { reserved: () => this.#reserved.get(name) ?? 0, reserve: (upTo) => this.#reserve(name, upTo) };
  };

  #reserve(name: string, upTo: number): void {
    if (!Number.isSafeInteger(upTo) || upTo < (this.#reserved.get(name) ?? 0)) {
      throw new StoreError('STORE_VALUE_INVALID', 'a count of key uses never goes back');
    }
    try {
      this.#database
        .prepare(
          'INSERT INTO uses (name, reserved) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET reserved = excluded.reserved',
        )
        .run(name, upTo);
    } catch (cause) {
      throw new StoreError('STORE_IO_FAILED', 'a count of key uses cannot be made durable', { cause });
    }
    this.#reserved.set(name, upTo);
  }

  close(): void {
    this.#database.close();
  }
}

/** Makes the file for this user alone, or checks that it is so. */
function assertPlace(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) closeSync(openSync(path, 'ax', 0o600));
  else if (!found.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
  else if ((found.mode & 0o077) !== 0) {
    throw new StoreError('STORE_FILE_TOO_OPEN', `${path} is open to others`, { hint: `chmod 600 '${path}'` });
  }
}
