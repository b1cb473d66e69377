import { verifies } from '@wardmesh/testkit';
import { verifyReceipt } from '@wardmesh/verify';
import { describe, expect, test } from 'vitest';
import { closedLog, codeOf, readerOf } from '../../test/audited.ts';
import { MemoryStorage } from '../../test/memory-storage.ts';
import { KEYS, ORIGIN, openLog, SIGNING, simpleEvent, TestClock } from '../../test/rig.ts';
import { AuditReader, RETENTION_MS, restoreBackup, VerificationSchedule, verificationDue } from '../index.ts';

const DAY = 86_400_000;
const names = (storage: MemoryStorage, pattern: RegExp) =>
  [...storage.files.keys()].filter((name) => pattern.test(name));

/** A log with a segment a day over `days`, and what the clock then says. */
async function agedLog(days: number) {
  const storage = new MemoryStorage();
  const opened = await openLog(storage, { segmentAgeMs: DAY });
  const ids: string[] = [];
  for (let i = 0; i < days; i++) {
    ids.push((await opened.log.append(simpleEvent(i))).id);
    opened.clock.time += DAY;
  }
  return { storage, ids, ...opened };
}

describe('prune', () => {
  test('removes nothing that retention keeps: seven years', async () => {
    verifies('XR-AUD-5');
    const { log, clock } = await agedLog(3);
    expect(RETENTION_MS).toBe(2_557 * DAY);
    expect(await codeOf(log.prune({ before: clock.time }))).toBe('AUDIT_RETENTION');
    expect(await codeOf(log.prune({ before: clock.time - RETENTION_MS + 1 }))).toBe('AUDIT_RETENTION');
    expect(await codeOf(log.prune({ before: Number.NaN }))).toBe('AUDIT_RETENTION');
    expect(await log.prune({ before: clock.time - RETENTION_MS })).toEqual({ segments: 0, entries: 0, through: 0 });
  });

  test('removes whole old segments; what remains, and every receipt, still verifies', async () => {
    verifies('XR-AUD-5', 'XR-AUD-3');
    const { log, storage, clock, ids } = await agedLog(10);
    const old = await log.exportReceipt(ids[0]!);
    clock.time += RETENTION_MS - 5 * DAY;
    const report = await log.prune({ before: clock.time - RETENTION_MS });
    expect(report).toEqual({ segments: 5, entries: 5, through: 5 });
    expect(await log.get(ids[0]!)).toBeUndefined();
    expect(await log.verify()).toMatchObject({ ok: true, first: 6 });
    for (const id of ids.slice(5)) {
      expect(verifyReceipt(await log.exportReceipt(id), { vkey: log.vkey }).ok).toBe(true);
    }
    expect(verifyReceipt(old, { vkey: log.vkey }).ok).toBe(true);
    expect((await log.find({ type: 'audit.prune' }))[0]!.operation.parameters).toMatchObject({ through: 5 });
    await log.close();
    const again = await openLog(storage, { segmentAgeMs: DAY }, clock);
    expect(again.recovery.removedSegments).toEqual([]);
    expect(await again.log.verify()).toMatchObject({ ok: true, first: 6 });
    await again.log.close();
    // One segment more than the record says is theft, not pruning.
    const robbed = storage.copy();
    robbed.files.delete(names(storage, /^segment-\d+$/).sort()[0]!);
    expect(await codeOf(openLog(robbed))).toBe('AUDIT_TAMPERED');
    const forged = storage.copy();
    forged.set(
      'prune',
      forged.bytes('prune').map((byte, i) => (i === 50 ? byte ^ 1 : byte)),
    );
    expect(await codeOf(openLog(forged))).toBe('AUDIT_TAMPERED');
  });

  test('is finished by the next start where a crash cut it short', async () => {
    const whole = await agedLog(8);
    whole.clock.time += RETENTION_MS;
    await whole.log.close();
    for (let call = 0; call < 14; call++) {
      const storage = whole.storage.copy();
      const clock = new TestClock();
      clock.time = whole.clock.time;
      const { log } = await openLog(storage, {}, clock);
      storage.crashAfter = call;
      await log.prune({ before: clock.time - RETENTION_MS }).catch(() => {});
      for (const disk of [storage.killed(), storage.powerFailed(0)]) {
        const after = await openLog(disk, {}, clock);
        expect(await after.log.verify(), `died at call ${call}`).toMatchObject({ ok: true });
        await after.log.close();
      }
    }
  });
});

describe('an auditor', () => {
  test('reads, verifies and exports without a way to write or the signing key', async () => {
    verifies('XR-AUD-5');
    const { storage, entries } = await closedLog();
    const reader = readerOf(storage);
    const calls = storage.calls;
    expect((await reader.find({ limit: 3 })).map((e) => e.id)).toEqual(entries.slice(0, 3).map((e) => e.id));
    expect((await reader.tail(1))[0]!.sequence).toBe(12);
    expect(await reader.verify()).toMatchObject({ ok: true, entries: 12 });
    expect(verifyReceipt(await reader.exportReceipt(entries[5]!.id), { publicKey: SIGNING.publicKey }).ok).toBe(true);
    expect(storage.calls).toBe(calls);
    const methods = Object.getOwnPropertyNames(AuditReader.prototype);
    expect(methods.sort()).toEqual(['constructor', 'exportReceipt', 'find', 'get', 'size', 'tail', 'tile', 'verify']);
  });

  test('sees a log that is being written as far as it is durable', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage);
    const first = await log.append(simpleEvent(1));
    await log.append(simpleEvent(2));
    const reader = readerOf(storage);
    expect(await reader.get(first.id)).toEqual(first);
    expect(await codeOf(reader.exportReceipt(first.id))).toBe('AUDIT_NO_CHECKPOINT');
    await log.checkpoint();
    expect(verifyReceipt(await reader.exportReceipt(first.id), { vkey: log.vkey }).ok).toBe(true);
    await log.close();
  });

  test('finds nothing readable in the files without the keys', async () => {
    verifies('XR-AUD-5');
    const { storage } = await closedLog(12, 100_000);
    for (const name of storage.files.keys()) {
      const text = Buffer.from(storage.bytes(name)).toString('latin1');
      for (const canary of ['agent-1', 'auth.success', 'correlationId', 'c-3']) {
        expect(text.includes(canary), `${canary} in ${name}`).toBe(false);
      }
    }
  });
});

describe('scheduled verification', () => {
  test('is due after a week, never before, and after a clock set back', () => {
    verifies('XR-AUD-6');
    expect(verificationDue(0, 8 * DAY)).toBe(true);
    expect(verificationDue(DAY, 8 * DAY - 1)).toBe(false);
    expect(verificationDue(DAY, 8 * DAY)).toBe(true);
    expect(verificationDue(9 * DAY, 8 * DAY)).toBe(true);
  });

  test('runs once a week, remembers over restarts, and alerts on damage', async () => {
    verifies('XR-AUD-6');
    const storage = new MemoryStorage();
    const a = await openLog(storage, { segmentBytes: 1_000 });
    for (let i = 0; i < 9; i++) await a.log.append(simpleEvent(i));
    const schedule = new VerificationSchedule({ log: a.log, clock: a.clock, alert: (alert) => a.alerts.push(alert) });
    expect(await schedule.tick()).toBe(true);
    expect(await schedule.tick()).toBe(false);
    a.clock.time += 8 * DAY;
    expect(await schedule.tick()).toBe(true);
    await a.log.close();
    const b = await openLog(storage, { segmentBytes: 1_000 }, a.clock);
    expect(b.log.verifiedAt).toBe(a.clock.time);
    b.clock.time += 8 * DAY;
    const oldest = names(storage, /^segment-\d+$/).sort()[0]!;
    storage.set(
      oldest,
      storage.bytes(oldest).map((byte, i) => (i === 700 ? byte ^ 1 : byte)),
    );
    const later = new VerificationSchedule({ log: b.log, clock: b.clock, alert: (alert) => b.alerts.push(alert) });
    expect(await later.tick()).toBe(true);
    expect(b.alerts.map((alert) => alert.type)).toEqual(['audit.tampered']);
    expect((await b.log.tail(1))[0]!.operation).toMatchObject({ name: 'audit.verify', result: 'failure' });
    // Damage is found again until someone acts.
    expect(await later.tick()).toBe(true);
    b.alerts.length = 0;
    storage.fault = 'read-only';
    expect(await later.tick()).toBe(false);
    expect(b.alerts.map((alert) => alert.type)).toContain('audit.verification_failed');
  });
});

describe('a backup', () => {
  const key = new Uint8Array(32).fill(42);
  const restore = (source: MemoryStorage, target = new MemoryStorage(), under = key) =>
    restoreBackup({ source, target, key: under, keys: KEYS, origin: ORIGIN });

  test('restores to a log that verifies and goes on', async () => {
    verifies('XR-AUD-7');
    const storage = new MemoryStorage();
    const { log } = await openLog(storage, { segmentBytes: 2_000 });
    for (let i = 0; i < 30; i++) await log.append(simpleEvent(i));
    const offSite = new MemoryStorage();
    const report = await log.backup(offSite, key);
    expect(report.entries).toBe(30);
    await log.append(simpleEvent(99));
    const target = new MemoryStorage();
    expect(await restore(offSite, target)).toMatchObject({ ok: true, entries: 30 });
    const { log: restored, recovery } = await openLog(target);
    expect(recovery).toMatchObject({ fresh: false, entries: 30, droppedBytes: 0 });
    expect((await restored.append(simpleEvent(31))).sequence).toBe(31);
    expect((await restored.verify()).ok).toBe(true);
  });

  test('is refused under another key, with any byte changed, and with any file missing, cut or added', async () => {
    verifies('XR-AUD-7');
    const storage = new MemoryStorage();
    const { log } = await openLog(storage, { segmentBytes: 1_000 });
    for (let i = 0; i < 6; i++) await log.append(simpleEvent(i));
    const offSite = new MemoryStorage();
    await log.backup(offSite, key);
    expect(await codeOf(restore(offSite, new MemoryStorage(), new Uint8Array(32)))).toBe('AUDIT_BACKUP');
    const occupied = new MemoryStorage();
    occupied.set('x', new Uint8Array(1));
    expect(await codeOf(restore(offSite, occupied))).toBe('AUDIT_BACKUP');
    for (const name of offSite.files.keys()) {
      const bytes = offSite.bytes(name);
      for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 40))) {
        const damaged = offSite.copy();
        damaged.set(
          name,
          bytes.map((byte, i) => (i === at ? byte ^ 0x20 : byte)),
        );
        expect(await codeOf(restore(damaged)), `${name} at ${at}`).toBe('AUDIT_BACKUP');
      }
      const missing = offSite.copy();
      missing.files.delete(name);
      expect(await codeOf(restore(missing)), `without ${name}`).toBe('AUDIT_BACKUP');
      const cut = offSite.copy();
      cut.set(name, bytes.slice(0, -1));
      expect(await codeOf(restore(cut)), `${name} cut`).toBe('AUDIT_BACKUP');
    }
    const more = offSite.copy();
    const prefix = [...offSite.files.keys()][0]!.split('.')[0]!;
    more.set(`${prefix}.segment-9999999999999999`, new Uint8Array(3));
    expect(await codeOf(restore(more))).toBe('AUDIT_BACKUP');
  });

  test('is repeated to one target, which keeps the newest two; an unfinished one is passed over', async () => {
    verifies('XR-AUD-7');
    const { log, clock } = await openLog(new MemoryStorage(), { segmentBytes: 1_000 });
    const offSite = new MemoryStorage();
    for (let i = 0; i < 4; i++) {
      for (let n = 0; n < 3; n++) await log.append(simpleEvent(n));
      clock.time += 3_600_000;
      await log.backup(offSite, key);
    }
    expect(names(offSite, /\.manifest$/).length).toBe(2);
    const entries = log.size - 1;
    expect(await restore(offSite)).toMatchObject({ ok: true, entries, time: clock.time });
    clock.time += 3_600_000;
    offSite.fault = 'full';
    await expect(log.backup(offSite, key)).rejects.toThrow();
    offSite.fault = undefined;
    expect(await restore(offSite)).toMatchObject({ ok: true, entries });
    await log.backup(offSite, key);
    expect(await restore(offSite)).toMatchObject({ ok: true, entries: entries + 1 });
  });

  test('stands still while appends go on', async () => {
    const { log } = await openLog(new MemoryStorage(), { segmentBytes: 1_000 });
    for (let n = 0; n < 20; n++) await log.append(simpleEvent(n));
    const offSite = new MemoryStorage();
    const backup = log.backup(offSite, key);
    for (let n = 0; n < 20; n++) await log.append(simpleEvent(n));
    const { entries } = await backup;
    expect(await restore(offSite)).toMatchObject({ ok: true, entries });
    expect((await log.verify()).ok).toBe(true);
  });

  test('shows nothing of the log without its key', async () => {
    const { storage } = await closedLog(4);
    const { log } = await openLog(storage);
    const offSite = new MemoryStorage();
    await log.backup(offSite, key);
    for (const name of offSite.files.keys()) {
      expect(Buffer.from(offSite.bytes(name)).toString('latin1').includes(ORIGIN), name).toBe(false);
    }
  });
});
