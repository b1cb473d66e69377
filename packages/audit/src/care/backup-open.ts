import { concatBytes, equalBytes, fromHex, fromUtf8, isCoded } from '@wardmesh/core';
import { type SealingKey, sha256 } from '@wardmesh/crypto';
import { auditError } from '../error.ts';
import { BACKUP_CHUNK_BYTES } from '../limits.ts';
import type { LogStorage, ReadableLogStorage } from '../ports.ts';
import {
  type BackupFile,
  type BackupManifest,
  backupKey,
  chunkAad,
  finished,
  LENGTH_BYTES,
  MANIFEST,
  NAME,
} from './backup-format.ts';

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
