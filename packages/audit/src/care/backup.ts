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
import { auditError } from '../error.ts';
import { BACKUP_CHUNK_BYTES } from '../limits.ts';
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

const MANIFEST = 'backup-manifest';
/** 4-byte length of the sealed chunk before each chunk. */
const LENGTH_BYTES = 4;

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

/** Copies the view to an empty `target`, sealed. The caller holds the writer still. */
export async function backUp(
  view: LogView,
  target: LogStorage,
  key: Uint8Array,
  random: Random,
  made: { readonly checkpoint: string; readonly time: number },
): Promise<BackupReport> {
  if ((await target.list()).length > 0) throw auditError('AUDIT_BACKUP', 'the target of a backup must be empty');
  const id = uuid(random);
  const sealing = backupKey(key, id, random);
  const names = new Set(await view.storage.list());
  const files: BackupFile[] = [];
  let bytes = 0;
  const add = async (name: string, length: number, read: (from: number, to: number) => Promise<Uint8Array>) => {
    const copied = await sealFile(target, sealing, id, name, length, read);
    files.push(copied);
    bytes += length;
  };
  const copy = (name: string, length: number) => add(name, length, (from, to) => view.storage.read(name, from, to));
  const put = (name: string, content: Uint8Array) =>
    add(name, content.length, async (from, to) => content.subarray(from, to));
  for (const { first, length } of view.segments) {
    await copy(segmentName(first), length);
    if (names.has(indexName(first))) await copy(indexName(first), await view.storage.size(indexName(first)));
  }
  for (let level = 0; names.has(tilesName(level)); level++) {
    await copy(tilesName(level), await view.storage.size(tilesName(level)));
  }
  if (names.has(PRUNE)) await copy(PRUNE, await view.storage.size(PRUNE));
  const last = view.segments.at(-1)!;
  const head = { size: view.size, segment: last.first, length: last.length, time: made.time, lastHash: view.lastHash };
  await put(HEAD, encodeHead(view.keys.head, view.origin, head));
  await put(CHECKPOINT, utf8(made.checkpoint));
  const manifest: BackupManifest = {
    v: 1,
    id,
    origin: view.origin,
    time: made.time,
    size: view.size,
    lastHash: view.lastHash,
    files,
  };
  const sealed = sealing.seal(canonicalBytes(manifest), chunkAad(id, MANIFEST, 0, true));
  await target.writeAtomic(MANIFEST, concatBytes(utf8(`${id}\n`), sealed));
  return { id, entries: view.size, files: files.length, bytes };
}

async function sealFile(
  target: LogStorage,
  sealing: SealingKey,
  id: string,
  name: string,
  length: number,
  read: (from: number, to: number) => Promise<Uint8Array>,
): Promise<BackupFile> {
  const digests: Uint8Array[] = [];
  const chunks = Math.max(1, Math.ceil(length / BACKUP_CHUNK_BYTES));
  for (let i = 0; i < chunks; i++) {
    const plain = await read(i * BACKUP_CHUNK_BYTES, Math.min(length, (i + 1) * BACKUP_CHUNK_BYTES));
    const sealed = sealing.seal(plain, chunkAad(id, name, i, i === chunks - 1));
    const prefix = new Uint8Array(LENGTH_BYTES);
    new DataView(prefix.buffer).setUint32(0, sealed.length);
    await target.append(name, concatBytes(prefix, sealed));
    digests.push(sha256(plain));
  }
  await target.sync(name);
  return { name, length, sha256: toHex(sha256(concatBytes(...digests))) };
}

/**
 * Opens a backup into an empty `target` and returns what it held. The caller verifies the log afterwards.
 * @throws AUDIT_BACKUP for a wrong key, a changed byte, a missing file or one too many
 */
export async function openBackup(
  source: ReadableLogStorage,
  target: LogStorage,
  key: Uint8Array,
): Promise<BackupManifest> {
  if ((await target.list()).length > 0) throw auditError('AUDIT_BACKUP', 'the target of a restore must be empty');
  const { manifest, sealing } = await readManifest(source, key);
  const expected = new Set([MANIFEST, ...manifest.files.map((file) => file.name)]);
  for (const name of await source.list()) {
    if (!expected.has(name)) throw auditError('AUDIT_BACKUP', `${name} is not a file of the backup`);
  }
  for (const file of manifest.files) await openFile(source, target, sealing, manifest.id, file);
  return manifest;
}

async function readManifest(source: ReadableLogStorage, key: Uint8Array) {
  const bytes = await source.read(MANIFEST).catch((cause: unknown) => {
    throw auditError('AUDIT_BACKUP', 'the backup has no manifest: it was not finished', { cause });
  });
  const at = bytes.indexOf(0x0a);
  const id = at === 36 ? new TextDecoder().decode(bytes.subarray(0, at)) : '';
  const sealing = backupKey(key, id === '' ? 'none' : id);
  const plain = openChunk(sealing, bytes.subarray(at + 1), chunkAad(id, MANIFEST, 0, true), MANIFEST);
  return { manifest: JSON.parse(fromUtf8(plain)) as BackupManifest, sealing };
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
  id: string,
  file: BackupFile,
) {
  const { name } = file;
  const refused = () => auditError('AUDIT_BACKUP', `${name} is cut or missing in the backup`);
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
    const plain = openChunk(sealing, sealed, chunkAad(id, name, i, offset >= all), name);
    await target.append(name, plain);
    digests.push(sha256(plain));
    length += plain.length;
  }
  if (length !== file.length || !equalBytes(sha256(concatBytes(...digests)), fromHex(file.sha256))) throw refused();
  await target.sync(name);
}
