import { readFileSync } from 'node:fs';
import { fromBase64 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { verifyReceipt } from '@wardmesh/verify';
import { describe, expect, test } from 'vitest';
import { readerOf } from './audited.ts';
import { MemoryStorage } from './memory-storage.ts';
import { openLog, simpleEvent } from './rig.ts';

/** A log that version 1 wrote, byte for byte. It must stay readable: retention is seven years. */
const FROZEN = JSON.parse(readFileSync(new URL('./vectors/log-v1.json', import.meta.url), 'utf8')) as {
  readonly last: string;
  readonly vkey: string;
  readonly files: Readonly<Record<string, string>>;
};

function frozen(): MemoryStorage {
  const storage = new MemoryStorage();
  for (const [name, bytes] of Object.entries(FROZEN.files)) storage.set(name, fromBase64(bytes));
  return storage;
}

describe('a log of version 1', () => {
  test('has these files', () => {
    expect(Object.keys(FROZEN.files).map((name) => name.replace(/\d{16}/, 'N'))).toEqual(
      expect.arrayContaining(['checkpoint', 'head', 'segment-N', 'segment-N.idx', 'tiles-0']),
    );
  });

  test('is read, verified and exported', async () => {
    verifies('XR-AUD-2', 'XR-AUD-5');
    const reader = readerOf(frozen());
    expect(await reader.verify()).toMatchObject({ ok: true, entries: 15 });
    const receipt = await reader.exportReceipt(FROZEN.last);
    expect(verifyReceipt(receipt, { vkey: FROZEN.vkey }).ok).toBe(true);
  });

  test('is gone on with', async () => {
    const { log, recovery } = await openLog(frozen());
    expect(recovery).toMatchObject({ fresh: false, entries: 15, droppedBytes: 0, closedIntents: [] });
    expect((await log.append(simpleEvent(1))).sequence).toBe(16);
    expect((await log.verify()).ok).toBe(true);
  });
});
