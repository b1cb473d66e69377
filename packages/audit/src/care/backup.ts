import { canonicalBytes, concatBytes, type Random, toHex, utf8, uuid } from '@wardmesh/core';
import { type SealingKey, sha256 } from '@wardmesh/crypto';
import { TILE_WIDTH } from '@wardmesh/verify';
import { BACKUP_CHUNK_BYTES, BACKUPS_KEPT } from '../limits.ts';
import type { LogView } from '../log/view.ts';
import type { LogStorage } from '../ports.ts';
import { encodeHead } from '../storage/head.ts';
import { CHECKPOINT, HEAD, indexName, PRUNE, segmentName, tilesName } from '../storage/names.ts';
import {
  type BackupFile,
  type BackupManifest,
  backupKey,
  chunkAad,
  finished,
  LENGTH_BYTES,
  MANIFEST,
  NAME,
  prefixOf,
} from './backup-format.ts';

export interface BackupReport {
  readonly id: string;
  /** Sequence of the last entry in the backup. */
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
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
