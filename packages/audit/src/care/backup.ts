import {
  canonicalBytes,
  concatBytes,
  equalBytes,
  fromHex,
  fromUtf8,
  isCoded,
  type Random,
  toHex,
  utf8,
  uuid,
} from '@wardmesh/core';
import { hkdf, SealingKey, sha256 } from '@wardmesh/crypto';
import { TILE_WIDTH } from '@wardmesh/verify';
import { auditError } from '../error.ts';
import { BACKUP_CHUNK_BYTES, BACKUPS_KEPT } from '../limits.ts';
import type { LogView } from '../log/view.ts';
import type { LogStorage, ReadableLogStorage } from '../ports.ts';
import { encodeHead } from '../storage/head.ts';
import { CHECKPOINT, HEAD, indexName, PRUNE, segmentName, tilesName } from '../storage/names.ts';

export interface BackupReport {
  readonly id: string;
  /** Sequence of the last entry in the backup. */
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
}

interface BackupFile {
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

const MANIFEST = 'manifest';
/** 4-byte length of the sealed chunk before each chunk. */
const LENGTH_BYTES = 4;

const NAME = /^(backup-\d{8}t\d{6}-([0-9a-f-]{36}))\.([a-z0-9.-]+)$/;

/** Files of one backup begin with its time and id, so that a target holds several and they sort by age. */
function prefixOf(id: string, time: number): string {
  const [date, clock] = new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `backup-${date}t${clock}-${id}`;
}

function backupKey(key: Uint8Array, id: string, random?: Random): SealingKey {
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
function chunkAad(id: string, name: string, index: number, isLast: boolean): Uint8Array {
  return utf8(`wardmesh/audit/backup/v1\n${id}\n${name}\n${index}\n${isLast ? 'last' : 'more'}\n`);
}

/** Copies the view to `target`, sealed. Closed segments and tiles only grow: appends may go on meanwhile, prune may not. */
export async function backUp(
  view: LogView,
  target: LogStorage,
  key: Uint8Array,
  random: Random,
  made: { readonly checkpoint: string; readonly time: number },
): Promise<BackupReport> {
  const id = uuid(random);
  const prefix = prefixOf(id, made.time);
  const sealing = backupKey(key, id, random);
  const files: BackupFile[] = [];
  for (const source of await sourcesOf(view, made)) files.push(await sealFile(target, sealing, id, prefix, source));
  const manifest: BackupManifest = {
    v: 1,
    id,
    origin: view.origin,
    time: made.time,
    size: view.size,
    lastHash: view.lastHash,
    files,
  };
  await target.writeAtomic(
    `${prefix}.${MANIFEST}`,
    sealing.seal(canonicalBytes(manifest), chunkAad(id, MANIFEST, 0, true)),
  );
  await removeOld(target, prefix);
  return { id, entries: view.size, files: files.length, bytes: files.reduce((sum, file) => sum + file.length, 0) };
}

interface Source {
  readonly name: string;
  readonly length: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** All files of the log as the view has them; the head and the checkpoint are made for it. */
async function sourcesOf(
  view: LogView,
  made: { readonly checkpoint: string; readonly time: number },
): Promise<Source[]> {
  const names = new Set(await view.storage.list());
  const copy = (name: string, length: number): Source => ({
    name,
    length,
    read: (from, to) => view.storage.read(name, from, to),
  });
  const put = (name: string, content: Uint8Array): Source => ({
    name,
    length: content.length,
    read: async (from, to) => content.subarray(from, to),
  });
  const sources: Source[] = [];
  const last = view.segments.at(-1)!;
  for (const { first, length } of view.segments) {
    sources.push(copy(segmentName(first), length));
    if (first === last.first || !names.has(indexName(first))) continue;
    sources.push(copy(indexName(first), await view.storage.size(indexName(first))));
  }
  for (let level = 0, count = view.size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    sources.push(copy(tilesName(level), count * 32));
  }
  if (names.has(PRUNE)) sources.push(copy(PRUNE, await view.storage.size(PRUNE)));
  const head = { size: view.size, segment: last.first, length: last.length, time: made.time, lastHash: view.lastHash };
  sources.push(put(HEAD, encodeHead(view.keys.head, view.origin, head)), put(CHECKPOINT, utf8(made.checkpoint)));
  return sources;
}

/** Removes all but the newest finished backups, and what unfinished ones left. */
async function removeOld(target: LogStorage, own: string): Promise<void> {
  const names = await target.list();
  const kept = new Set([own, ...finished(names).slice(-BACKUPS_KEPT)]);
  for (const name of names) {
    const prefix = NAME.exec(name)?.[1];
    if (prefix !== undefined && !kept.has(prefix)) await target.remove(name);
  }
}

/** Prefixes of backups with a manifest, oldest first. */
function finished(names: readonly string[]): string[] {
  return names
    .map((name) => NAME.exec(name))
    .filter((match) => match?.[3] === MANIFEST)
    .map((match) => match![1]!)
    .sort();
}

async function sealFile(
  target: LogStorage,
  sealing: SealingKey,
  id: string,
  prefix: string,
  { name, length, read }: Source,
): Promise<BackupFile> {
  const digests: Uint8Array[] = [];
  const chunks = Math.max(1, Math.ceil(length / BACKUP_CHUNK_BYTES));
  for (let i = 0; i < chunks; i++) {
    const plain = await read(i * BACKUP_CHUNK_BYTES, Math.min(length, (i + 1) * BACKUP_CHUNK_BYTES));
    const sealed = sealing.seal(plain, chunkAad(id, name, i, i === chunks - 1));
    const size = new Uint8Array(LENGTH_BYTES);
    new DataView(size.buffer).setUint32(0, sealed.length);
    await target.append(`${prefix}.${name}`, concatBytes(size, sealed));
    digests.push(sha256(plain));
  }
  await target.sync(`${prefix}.${name}`);
  return { name, length, sha256: toHex(sha256(concatBytes(...digests))) };
}

/**
 * Opens the newest finished backup into an empty `target` and returns what it held. The caller verifies the log then.
 * @throws AUDIT_BACKUP for a wrong key, a changed byte, a missing file or one too many
 */
export async function openBackup(
  source: ReadableLogStorage,
  target: LogStorage,
  key: Uint8Array,
): Promise<BackupManifest> {
  if ((await target.list()).length > 0) throw auditError('AUDIT_BACKUP', 'the target of a restore must be empty');
  const names = await source.list();
  const prefix = finished(names).at(-1);
  if (prefix === undefined) throw auditError('AUDIT_BACKUP', 'there is no finished backup here');
  const id = NAME.exec(`${prefix}.${MANIFEST}`)![2]!;
  const sealing = backupKey(key, id);
  const sealed = await source.read(`${prefix}.${MANIFEST}`);
  const plain = openChunk(sealing, sealed, chunkAad(id, MANIFEST, 0, true), MANIFEST);
  const manifest = JSON.parse(fromUtf8(plain)) as BackupManifest;
  const expected = new Set([MANIFEST, ...manifest.files.map((file) => file.name)]);
  for (const name of names) {
    const match = NAME.exec(name);
    if (match?.[1] === prefix && !expected.has(match[3]!))
      throw auditError('AUDIT_BACKUP', `${name} is not a file of the backup`);
  }
  for (const file of manifest.files) await openFile(source, target, sealing, { id, prefix }, file);
  return manifest;
}

function openChunk(sealing: SealingKey, sealed: Uint8Array, aad: Uint8Array, name: string): Uint8Array {
  try {
    return sealing.open(sealed, aad);
  } catch (cause) {
    if (!isCoded(cause)) throw cause;
    throw auditError('AUDIT_BACKUP', `${name} was changed, or the backup is under another key`, { cause });
  }
}

async function openFile(
  source: ReadableLogStorage,
  target: LogStorage,
  sealing: SealingKey,
  backup: { readonly id: string; readonly prefix: string },
  file: BackupFile,
): Promise<void> {
  const name = `${backup.prefix}.${file.name}`;
  const refused = () => auditError('AUDIT_BACKUP', `${file.name} is cut or missing in the backup`);
  const all = await source.size(name).catch(() => {
    throw refused();
  });
  const digests: Uint8Array[] = [];
  let offset = 0;
  let length = 0;
  for (let i = 0; offset < all; i++) {
    const prefix = await source.read(name, offset, offset + LENGTH_BYTES);
    if (prefix.length < LENGTH_BYTES) throw refused();
    const size = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0);
    if (size > BACKUP_CHUNK_BYTES + 64) throw refused();
    const sealed = await source.read(name, offset + LENGTH_BYTES, offset + LENGTH_BYTES + size);
    if (sealed.length !== size) throw refused();
    offset += LENGTH_BYTES + size;
    const plain = openChunk(sealing, sealed, chunkAad(backup.id, file.name, i, offset >= all), file.name);
    await target.append(file.name, plain);
    digests.push(sha256(plain));
    length += plain.length;
  }
  if (length !== file.length || !equalBytes(sha256(concatBytes(...digests)), fromHex(file.sha256))) throw refused();
  await target.sync(file.name);
}
