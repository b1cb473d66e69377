import { auditError } from '../error.ts';
import type { LogStorage, ReadableLogStorage } from '../ports.ts';
import { AuditReader } from '../reader/reader.ts';
import type { AuditReadKeys } from '../storage/keys.ts';
import { openBackup } from './backup-open.ts';
import type { VerifyReport } from './verify.ts';

export interface RestoreOptions {
  readonly source: ReadableLogStorage;
  /** Must be empty. */
  readonly target: LogStorage;
  /** The key that the backup was made with, 32 bytes. */
  readonly key: Uint8Array;
  /** The log's own keys: a backup does not hold them. */
  readonly keys: AuditReadKeys;
  readonly origin: string;
  readonly publicKey?: Uint8Array;
}

/** `id` and `time` (ms) of the backup: a target that lost its newest gives an older one, which only its time shows. */
export type RestoreReport = VerifyReport & { readonly id: string; readonly time: number };

/**
 * Restores the newest backup and verifies every entry of it (XR-AUD-7). The target is a log only after this resolves.
 * @throws AUDIT_BACKUP where the backup is not whole or what it holds does not verify
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { source, target, key, keys, origin, publicKey } = options;
  const manifest = await openBackup(source, target, key);
  if (manifest.origin !== origin) throw auditError('AUDIT_BACKUP', 'the backup is of another log');
  const reader = new AuditReader({ storage: target, keys, origin, ...(publicKey !== undefined && { publicKey }) });
  const report = await reader.verify();
  if (!report.ok || report.last !== manifest.size) {
    throw auditError('AUDIT_BACKUP', 'what the backup holds does not verify', { details: { ...report.fault } });
  }
  return { ...report, id: manifest.id, time: manifest.time };
}
