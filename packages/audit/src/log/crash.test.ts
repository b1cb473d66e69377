import { concatBytes } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { closedLog, codeOf, readerOf } from '../../test/audited.ts';
import { MemoryStorage } from '../../test/memory-storage.ts';
import { intentEvent, openLog, outcomeEvent, simpleEvent, TestClock } from '../../test/rig.ts';

interface Told {
  /** Ids of entries whose append resolved. */
  readonly acknowledged: string[];
  /** Ids of intents that were acknowledged, and of those with an acknowledged outcome. */
  readonly intents: string[];
  readonly concluded: string[];
}

/** Opens, does ten actions with their effects, closes; stops where the storage dies. */
async function work(storage: MemoryStorage, clock: TestClock): Promise<Told> {
  const told: Told = { acknowledged: [], intents: [], concluded: [] };
  try {
    const { log } = await openLog(storage, { segmentBytes: 4_000, anchorSyncMs: 30 }, clock);
    for (let i = 0; i < 10; i++) {
      clock.time += 20;
      const intent = await log.append(intentEvent(i));
      told.intents.push(intent.id);
      told.acknowledged.push(intent.id);
      const [outcome] = await Promise.all([log.append(outcomeEvent(intent.id, i)), log.append(simpleEvent(i))]);
      told.concluded.push(intent.id);
      told.acknowledged.push(outcome!.id);
    }
    await log.close();
  } catch {
    // Died; what counts is what was told before.
  }
  return told;
}

async function checkAfter(disk: MemoryStorage, told: Told, label: string): Promise<void> {
  const clock = new TestClock();
  clock.time += 3_600_000;
  const { log, recovery } = await openLog(disk, {}, clock);
  const report = await log.verify();
  expect(report.ok, `${label}: ${JSON.stringify(report.fault)}`).toBe(true);
  expect(log.openIntents, label).toEqual([]);
  for (const id of told.acknowledged) expect((await log.get(id))?.id, `${label}: ${id} was acknowledged`).toBe(id);
  const all = await log.find({ limit: 1_000 });
  for (const intent of told.intents) {
    const closing = all.filter((entry) => entry.receipt?.intent === intent);
    expect(closing.length, `${label}: closed once`).toBe(1);
    if (told.concluded.includes(intent)) expect(closing[0]!.receipt!.effect.status, label).toBe('ok');
  }
  for (const { outcome } of recovery.closedIntents) {
    expect((await log.get(outcome))!.receipt!.effect.status, label).toBe('unknown');
  }
  await log.close();
  expect((await readerOf(disk).verify()).ok, label).toBe(true);
}

describe('a process that dies', () => {
  test('W16: at any call to the storage loses nothing it acknowledged, and closes every intent once', async () => {
    verifies('WM-RCP-2', 'XR-AUD-2');
    const whole = new MemoryStorage();
    await work(whole, new TestClock());
    expect(whole.calls).toBeGreaterThan(60);
    for (let call = 0; call <= whole.calls; call++) {
      const storage = new MemoryStorage();
      storage.crashAfter = call;
      const told = await work(storage, new TestClock());
      await checkAfter(storage.killed(), told, `killed at call ${call}`);
      await checkAfter(storage.powerFailed(0), told, `power failed at call ${call}`);
      await checkAfter(storage.powerFailed(0.5), told, `power failed at call ${call}, half kept`);
    }
  });

  test('twice, the second time while it recovers', async () => {
    verifies('WM-RCP-2');
    const storage = new MemoryStorage();
    storage.crashAfter = 25;
    const told = await work(storage, new TestClock());
    const first = storage.killed();
    for (let call = 0; call < 12; call++) {
      const second = first.copy();
      second.crashAfter = call;
      await openLog(second).catch(() => {});
      await checkAfter(second.killed(), told, `killed again at call ${call}`);
      await checkAfter(second.powerFailed(0), told, `power failed again at call ${call}`);
    }
  });

  test('says what it dropped, closed and mended', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage);
    const intent = await log.append(intentEvent());
    storage.crashAfter = 0;
    await log.append(outcomeEvent(intent.id)).catch(() => {});
    const { log: next, recovery, alerts } = await openLog(storage.killed());
    expect(recovery.droppedBytes).toBeGreaterThan(0);
    expect(recovery.closedIntents.map((closed) => closed.intent)).toEqual([intent.id]);
    const entries = await next.find();
    expect(entries.map((e) => e.eventType)).toEqual(['tool.intent', 'tool.outcome', 'system.recovered']);
    expect(entries[1]!.operation).toMatchObject({ result: 'unknown', errorCode: 'AUDIT_INTERRUPTED' });
    expect(entries[1]!.receipt).toMatchObject({
      effect: { status: 'unknown' },
      intent: intent.id,
      tool: { server: 'files' },
    });
    expect(alerts.map((a) => a.type)).toEqual(['audit.recovered']);
  });

  test('leaves zeros or garbage behind the last frame or the head, which is dropped and told', async () => {
    const { storage } = await closedLog(8, 1_200);
    const segments = [...storage.files.keys()].filter((name) => /^segment-\d+$/.test(name)).sort();
    const newest = segments.at(-1)!;
    const tails = [
      new Uint8Array(1),
      new Uint8Array(4_096),
      new Uint8Array(700).fill(0xab),
      storage.bytes(newest).slice(-30),
    ];
    for (const tail of tails) {
      const torn = storage.copy();
      torn.set(newest, concatBytes(torn.bytes(newest), tail));
      const { log, recovery } = await openLog(torn);
      expect(recovery).toMatchObject({ entries: 8, droppedBytes: tail.length });
      expect((await log.append(simpleEvent(1))).sequence).toBe(10);
      expect((await log.verify()).ok).toBe(true);
      await log.close();
      const head = storage.copy();
      head.set('head', concatBytes(head.bytes('head'), tail));
      expect((await openLog(head)).recovery).toMatchObject({ entries: 8, damagedAnchorBytes: tail.length });
      // A closed segment was whole when it was closed: there it is no accident.
      const closed = storage.copy();
      closed.set(segments[0]!, concatBytes(closed.bytes(segments[0]!), tail));
      expect(await codeOf(openLog(closed))).toBe('AUDIT_TAMPERED');
    }
  });

  test('while it begins a segment leaves one that was never used, which is removed and told', async () => {
    const { storage } = await closedLog(4, 100_000);
    for (const begun of [
      new Uint8Array(0),
      new Uint8Array(300),
      storage.bytes('segment-0000000000000001').slice(0, 90),
    ]) {
      const torn = storage.copy();
      torn.set('segment-0000000000000005', begun);
      const { log, recovery } = await openLog(torn);
      expect(recovery).toMatchObject({ entries: 4, removedSegments: ['segment-0000000000000005'] });
      expect((await log.verify()).ok).toBe(true);
    }
  });

  test('is not believed where a genuine frame stands behind the damage', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage);
    const early = storage.bytes('head');
    const lengths: number[] = [];
    for (let i = 0; i < 4; i++) {
      await log.append(simpleEvent(i));
      lengths.push(storage.bytes('segment-0000000000000001').length);
    }
    // The head is rolled back to before all entries, as an attacker or a lost write could; frame 2 is damaged.
    for (const at of [lengths[0]! + 2, lengths[0]! + 6, lengths[0]! + 60]) {
      const disk = storage.copy();
      disk.set('head', early);
      const bytes = disk.bytes('segment-0000000000000001');
      bytes[at]! ^= 0x40;
      disk.set('segment-0000000000000001', bytes);
      expect(await codeOf(openLog(disk)), `at ${at}`).toBe('AUDIT_TAMPERED');
    }
    const whole = storage.copy();
    whole.set('head', early);
    expect((await openLog(whole)).recovery.entries).toBe(4);
  });
});
