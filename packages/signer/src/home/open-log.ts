import { type AuditLog, openAudit } from '@wardmesh/audit';
import { type Clock, type Random, toHex } from '@wardmesh/core';
import { sha256, signingKeyFromSeed } from '@wardmesh/crypto';
import { type Database, type DatabaseHead, FolderLogStorage } from '@wardmesh/store';
import { signerError } from '../error.ts';

export interface SignerLog {
  readonly audit: AuditLog;
  /** Name of this signer in its entries. */
  readonly node: string;
  close(): Promise<void>;
}

/** Opens the signer's own log; its keys come from the store's key. @throws AUDIT_* */
export async function openSignerLog(
  folder: string,
  derive: (label: string) => Uint8Array,
  ports: { readonly clock: Clock; readonly random: Random; readonly alert: (message: string) => void },
): Promise<SignerLog> {
  const signing = signingKeyFromSeed(derive('audit-signing'));
  const node = `signer-${toHex(sha256(signing.publicKey)).slice(0, 16)}`;
  const storage = await FolderLogStorage.open(folder);
  try {
    const { log: audit } = await openAudit({
      storage,
      clock: ports.clock,
      random: ports.random,
      keys: { hmac: derive('audit-hmac'), seal: derive('audit-seal'), signing },
      origin: `wardmesh.local/${node}`,
      alert: ({ message }) => ports.alert(message),
    });
    return {
      audit,
      node,
      async close() {
        await audit.close();
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Compares the state with what the log last said of it: an older copy put back would forget what was spent. */
export async function assertNotRolledBack(database: Database, audit: AuditLog): Promise<void> {
  const entries = await audit.tail(1_000);
  const latest = entries.findLast(({ eventType }) => eventType === 'system.stop' || eventType === 'system.start');
  const { faults } = await database.verifyDatabase((latest?.operation.parameters.state ?? {}) as DatabaseHead);
  if (faults[0] === undefined) return;
  throw signerError('SIGNER_HOME_DAMAGED', `the signer’s state was changed from outside: ${faults[0].message}`, {
    hint: 'Bring state.db back from a backup; the log is kept apart and is not affected.',
    cause: faults[0],
  });
}

/** Where the state stands, written at start and stop. */
export async function recordState(
  type: 'system.start' | 'system.stop',
  database: Database,
  audit: AuditLog,
): Promise<void> {
  const name = type === 'system.start' ? 'start' : 'stop';
  await audit.append({
    eventType: type,
    toolName: 'signer',
    correlationId: name,
    actor: { type: 'system' },
    operation: { name, parameters: { state: await database.head() }, result: 'success' },
  });
}
