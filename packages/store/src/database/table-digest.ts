import { canonicalBytes, fromHex, fromUtf8, toHex, utf8 } from '@wardmesh/core';
import type { Kysely } from 'kysely';
import { StoreError } from '../error.ts';
import { type RowPlace, type RowSeal, rowNotGenuine } from './row-seal.ts';
import type { Schema } from './schema.ts';

/**
 * What a table must hold: the XOR of the tags of its rows, and their number. Tags are outputs of a keyed function and
 * the digest is sealed, so whoever writes to the file sees neither and cannot find rows that cancel out; one row
 * deleted, added or put back to an older version changes the digest.
 */
export interface TableDigest {
  /** Counts the writes of the table; never goes back. */
  readonly generation: number;
  readonly count: number;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

export const EMPTY_DIGEST: TableDigest = { generation: 0, count: 0, digest: new Uint8Array(32) };

/** The stored digest of a table. @throws StoreError STORE_TABLE_NOT_GENUINE */
export async function readDigest(db: Kysely<Schema>, seal: RowSeal, table: string): Promise<TableDigest> {
  const row = await db.selectFrom('digests').select('sealed').where('id', '=', utf8(table)).executeTakeFirst();
  if (row === undefined) throw tableNotGenuine(table);
  try {
    const text = fromUtf8(seal.open(place(table), row.sealed));
    const { generation, count, digest } = JSON.parse(text) as { generation: number; count: number; digest: string };
    return { generation, count, digest: fromHex(digest) };
  } catch (cause) {
    throw tableNotGenuine(table, cause);
  }
}

export async function writeDigest(db: Kysely<Schema>, seal: RowSeal, table: string, next: TableDigest): Promise<void> {
  const sealed = seal.seal(place(table), canonicalBytes({ ...next, digest: toHex(next.digest) }));
  await db
    .insertInto('digests')
    .values({ id: utf8(table), sealed })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed }))
    .execute();
}

export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) throw rowNotGenuine('digests');
  return a.map((byte, i) => byte ^ b[i]!);
}

export function tableNotGenuine(table: string, cause?: unknown): StoreError {
  return new StoreError('STORE_TABLE_NOT_GENUINE', `rows of ${table} are missing, added or put back`, {
    hint: 'somebody changed the database; restore it from a backup and find out who',
    details: { table },
    cause,
  });
}

function place(table: string): RowPlace {
  return { table: 'digests', id: utf8(table), version: 0, lookup: null };
}
