import type { AuditEntry } from '@wardmesh/verify';
import { AuditReader } from '../src/index.ts';
import { MemoryStorage } from './memory-storage.ts';
import { intentEvent, KEYS, ORIGIN, openLog, outcomeEvent, SIGNING, simpleEvent } from './rig.ts';

export function readerOf(storage: MemoryStorage): AuditReader {
  return new AuditReader({
    storage,
    keys: { hmac: KEYS.hmac, seal: KEYS.seal },
    origin: ORIGIN,
    publicKey: SIGNING.publicKey,
  });
}

/** The code of what a promise rejects with; `none` where it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** A closed log of several segments and a few entries in each. */
export async function closedLog(
  entries = 12,
  segmentBytes = 1_500,
): Promise<{ storage: MemoryStorage; entries: AuditEntry[] }> {
  const storage = new MemoryStorage();
  const { log } = await openLog(storage, { segmentBytes });
  const written: AuditEntry[] = [];
  for (let i = 0; i < entries; i++) written.push(await log.append(simpleEvent(i)));
  await log.close();
  return { storage, entries: written };
}

export { intentEvent, KEYS, ORIGIN, openLog, outcomeEvent, SIGNING, simpleEvent };
