import { type Random, utf8 } from '@wardmesh/core';
import { hkdf, SealingKey } from '@wardmesh/crypto';
import { auditError } from '../error.ts';

export interface BackupFile {
  readonly name: string;
  /** Bytes of plaintext. */
  readonly length: number;
  /** SHA-256 of the plaintext, 64 hex digits. */
  readonly sha256: string;
}

/** What a backup holds; sealed, and written last: a backup without it is not one. */
export interface BackupManifest {
  readonly v: 1;
  readonly id: string;
  readonly origin: string;
  /** ms */
  readonly time: number;
  readonly size: number;
  readonly lastHash: string;
  readonly files: readonly BackupFile[];
}

export const MANIFEST = 'manifest';
/** 4-byte length of the sealed chunk before each chunk. */
export const LENGTH_BYTES = 4;

export const NAME = /^(backup-\d{8}t\d{6}-([0-9a-f-]{36}))\.([a-z0-9.-]+)$/;

/** Files of one backup begin with its time and id, so that a target holds several and they sort by age. */
export function prefixOf(id: string, time: number): string {
  const [date, clock] = new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `backup-${date}t${clock}-${id}`;
}

export function backupKey(key: Uint8Array, id: string, random?: Random): SealingKey {
  if (!(key instanceof Uint8Array) || key.length !== 32)
    throw auditError('AUDIT_BAD_INPUT', 'a backup key has 32 bytes');
  // A key per backup: two backups never share one, so their use need not be counted together.
  return new SealingKey({
    keyId: `backup-${id}`,
    key: hkdf(key, `audit/backup/${id}`),
    ...(random !== undefined && { random }),
  });
}

/** Binds a chunk to its backup, file and place; the last chunk of a file says so, against truncation. */
export function chunkAad(id: string, name: string, index: number, isLast: boolean): Uint8Array {
  return utf8(`wardmesh/audit/backup/v1\n${id}\n${name}\n${index}\n${isLast ? 'last' : 'more'}\n`);
}

/** Prefixes of backups with a manifest, oldest first. */
export function finished(names: readonly string[]): string[] {
  return names
    .map((name) => NAME.exec(name))
    .filter((match) => match?.[3] === MANIFEST)
    .map((match) => match![1]!)
    .sort();
}
