import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../../test/audited.ts';
import { type Fault, MemoryStorage } from '../../test/memory-storage.ts';
import { intentEvent, openLog, outcomeEvent, simpleEvent } from '../../test/rig.ts';

describe('a storage that fails', () => {
  for (const fault of ['read-only', 'full', 'sync-fails'] satisfies Fault[]) {
    test(`(${fault}) rejects appends, acknowledges nothing, and the log goes on when it heals`, async () => {
      verifies('WM-RCP-2');
      const storage = new MemoryStorage();
      const { log, alerts } = await openLog(storage);
      const before = await log.append(intentEvent());
      storage.fault = fault;
      expect(await codeOf(log.append(outcomeEvent(before.id)))).toBe('AUDIT_UNAVAILABLE');
      expect(await codeOf(log.append(simpleEvent(1)))).toBe('AUDIT_UNAVAILABLE');
      expect(log.state).toBe('failed');
      expect(log.size).toBe(1);
      storage.fault = undefined;
      // The rejected outcome did not close the intent: it can be said again.
      const after = await log.append(outcomeEvent(before.id));
      expect(after.sequence).toBe(2);
      expect(log.state).toBe('open');
      expect(alerts.map((a) => a.type)).toEqual(['audit.unavailable', 'audit.available']);
      expect(await log.verify()).toMatchObject({ ok: true, entries: 2 });
      await log.close();
      const again = await openLog(storage.powerFailed(0));
      expect(again.recovery).toMatchObject({ entries: 3, droppedBytes: 0 });
    });
  }

  test('while a segment is rotated is survived', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage, { segmentBytes: 700 });
    for (let i = 0; i < 12; i++) {
      storage.fault = i % 3 === 1 ? 'full' : i % 3 === 2 ? 'sync-fails' : undefined;
      await log.append(simpleEvent(i)).catch(() => {});
      storage.fault = undefined;
      await log.append(simpleEvent(100 + i));
    }
    expect(await log.verify()).toMatchObject({ ok: true });
    await log.close();
    expect((await openLog(storage.powerFailed(0))).recovery.droppedBytes).toBe(0);
  });
});

describe('an event that must not be', () => {
  test('is refused with a code and takes no place', async () => {
    const { log } = await openLog(new MemoryStorage());
    const intent = await log.append(intentEvent());
    await log.append(outcomeEvent(intent.id));
    expect(await codeOf(log.append(outcomeEvent(intent.id)))).toBe('AUDIT_INTENT_NOT_OPEN');
    expect(await codeOf(log.append(outcomeEvent('11111111-1111-4111-8111-111111111111')))).toBe(
      'AUDIT_INTENT_NOT_OPEN',
    );
    expect(await codeOf(log.append({ ...simpleEvent(1), eventType: 'made.up' } as never))).toBe('AUDIT_BAD_EVENT');
    expect(await codeOf(log.append({ ...simpleEvent(1), extra: 1 } as never))).toBe('none');
    expect(await codeOf(log.append({ ...simpleEvent(1), correlationId: '\uD800' }))).toBe('AUDIT_BAD_EVENT');
    expect(
      await codeOf(
        log.append({ ...simpleEvent(1), operation: { name: 'x', parameters: { n: Number.NaN }, result: 'success' } }),
      ),
    ).toBe('AUDIT_BAD_EVENT');
    const large = {
      ...simpleEvent(1),
      operation: { name: 'x', parameters: { t: 'a '.repeat(100_000) }, result: 'success' },
    } as const;
    expect(await codeOf(log.append(large))).toBe('AUDIT_ENTRY_TOO_LARGE');
    const { receipt: _, ...bare } = intentEvent();
    expect(await codeOf(log.append(bare))).toBe('AUDIT_BAD_EVENT');
    for (const wrong of [undefined, null, 1, 'x', [], {}]) {
      expect(await codeOf(log.append(wrong as never))).toBe('AUDIT_BAD_EVENT');
    }
    expect((await log.append(simpleEvent(2))).sequence).toBe(4);
    await log.close();
    expect(await codeOf(log.append(simpleEvent(3)))).toBe('AUDIT_CLOSED');
  });

  test('refuses its neighbours of one appendMany, and no others', async () => {
    const { log } = await openLog(new MemoryStorage());
    const bad = log.appendMany([simpleEvent(1), outcomeEvent('11111111-1111-4111-8111-111111111111')]);
    const good = log.appendMany([simpleEvent(2), simpleEvent(3)]);
    expect(await codeOf(bad)).toBe('AUDIT_INTENT_NOT_OPEN');
    expect((await good).map((e) => e.sequence)).toEqual([1, 2]);
  });

  test('is refused where too many or too much would stand together', async () => {
    const { log } = await openLog(new MemoryStorage(), { frameEntries: 4 });
    const five = Array.from({ length: 5 }, (_, i) => simpleEvent(i));
    expect(await codeOf(log.appendMany(five))).toBe('AUDIT_BAD_INPUT');
    expect(await log.appendMany([])).toEqual([]);
    const wide = (i: number) => ({
      ...simpleEvent(i),
      operation: { name: 'x', parameters: { t: '€ '.repeat(15_000) }, result: 'success' as const },
    });
    const { log: roomy } = await openLog(new MemoryStorage());
    const many = Array.from({ length: 60 }, (_, i) => wide(i));
    expect(await codeOf(roomy.appendMany(many))).toBe('AUDIT_ENTRY_TOO_LARGE');
    // One by one they share frames that a reader accepts.
    expect((await Promise.all(many.map((event) => roomy.append(event)))).length).toBe(60);
    expect((await roomy.verify()).ok).toBe(true);
  });

  test('cannot be provoked by bounds out of range', async () => {
    for (const bounds of [
      { segmentBytes: 0 },
      { segmentBytes: 2 ** 40 },
      { frameEntries: 1_025 },
      { frameBytes: 1.5 },
      { anchorSyncMs: -1 },
      { retentionMs: Number.NaN },
    ]) {
      expect(await codeOf(openLog(new MemoryStorage(), bounds)), JSON.stringify(bounds)).toBe('AUDIT_BAD_INPUT');
    }
  });

  test('of a clock set back is recorded, and order stays', async () => {
    const { log, clock, alerts } = await openLog(new MemoryStorage());
    await log.append(simpleEvent(1));
    clock.time -= 3_600_000;
    const late = await log.append(simpleEvent(2));
    await log.append(simpleEvent(3));
    expect(late.sequence).toBe(3);
    const entries = await log.find();
    expect(entries.map((e) => e.eventType)).toEqual([
      'auth.success',
      'system.clock_back',
      'auth.success',
      'auth.success',
    ]);
    expect(entries[2]!.timestamp < entries[0]!.timestamp).toBe(true);
    expect(alerts.map((a) => a.type)).toEqual(['audit.clock_back']);
    expect(await log.verify()).toMatchObject({ ok: true, timesBack: 1 });
  });
});
