import { canonicalize, concatBytes, toBase64, toHex, unwrap, utf8 } from '@wardmesh/core';
import { hmacSha256, signingKeyFromSeed } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import {
  COSIGNATURE_V1,
  cosignatureBody,
  cosignedBytes,
  entryOfReceipt,
  formatVkey,
  noteKey,
  parseCheckpoint,
  parseNote,
  verifyConsistency,
  verifyReceipt,
} from '@wardmesh/verify';
import { describe, expect, test, vi } from 'vitest';
import { codeOf, readerOf } from '../../test/audited.ts';
import { MemoryStorage } from '../../test/memory-storage.ts';
import { intentEvent, KEYS, ORIGIN, openLog, outcomeEvent, SIGNING, simpleEvent } from '../../test/rig.ts';
import { AuditReader, GENESIS_HASH } from '../index.ts';
import { GATHER_MS } from '../limits.ts';

describe('the log', () => {
  test('chains entries with HMAC-SHA-256 over canonical JSON from SHA-256("GENESIS")', async () => {
    verifies('XR-AUD-1', 'XR-AUD-2');
    const { log } = await openLog(new MemoryStorage());
    const first = await log.append(simpleEvent(1));
    const second = await log.append(simpleEvent(2));
    expect(GENESIS_HASH).toBe('901131d838b17aac0f7885b81e03cbdc9f5157a00343d30ab22083685ed1416a');
    expect(first.previousHash).toBe(GENESIS_HASH);
    expect([first.sequence, second.sequence]).toEqual([1, 2]);
    expect(second.previousHash).toBe(first.hash);
    const { hash, ...rest } = second;
    expect(hash).toBe(toHex(hmacSha256(KEYS.hmac, utf8(canonicalize(rest)))));
    expect(Object.keys(second).sort()).toEqual(
      [
        'id',
        'sequence',
        'timestamp',
        'eventType',
        'toolName',
        'correlationId',
        'actor',
        'operation',
        'previousHash',
        'hash',
      ].sort(),
    );
  });

  test('goes on after a restart, a day change and a rotation', async () => {
    verifies('XR-AUD-2');
    const storage = new MemoryStorage();
    const a = await openLog(storage, { segmentBytes: 2_000 });
    const entries = [];
    for (let i = 0; i < 20; i++) entries.push(await a.log.append(simpleEvent(i)));
    await a.log.close();
    a.clock.time += 86_400_000 * 3;
    const b = await openLog(storage, { segmentBytes: 2_000 }, a.clock);
    expect(b.recovery).toMatchObject({ fresh: false, entries: 20, droppedBytes: 0, closedIntents: [] });
    const next = await b.log.append(simpleEvent(20));
    expect(next.sequence).toBe(21);
    expect(next.previousHash).toBe(entries[19]!.hash);
    expect([...storage.files.keys()].filter((name) => /^segment-\d+$/.test(name)).length).toBeGreaterThan(2);
    expect(await b.log.verify()).toMatchObject({ ok: true, entries: 21 });
    expect(await b.log.get(entries[3]!.id)).toEqual(entries[3]);
    expect((await b.log.find({ after: 5, limit: 3 })).map((e) => e.sequence)).toEqual([6, 7, 8]);
    expect((await b.log.find({ correlationId: 'c-11' })).map((e) => e.sequence)).toEqual([12]);
    expect((await b.log.tail(2)).map((e) => e.sequence)).toEqual([21, 22]);
    await b.log.close();
  });

  test('commits concurrent appends in order with one write and one sync', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage);
    const syncs = storage.syncs;
    const entries = await Promise.all(Array.from({ length: 64 }, (_, i) => log.append(simpleEvent(i))));
    expect(entries.map((e) => e.correlationId)).toEqual(Array.from({ length: 64 }, (_, i) => `c-${i}`));
    expect(entries.map((e) => e.sequence)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    expect(storage.syncs - syncs).toBe(1);
    await log.close();
  });

  test('waits a moment for writers that are at work, so that they share a sync; never for a lone one', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      let atWork = 3;
      log.gather(() => atWork);
      const syncs = storage.syncs;
      const first = log.append(simpleEvent(0));
      // Well after the turn of the event loop in which a commit without others at work is made.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      expect(storage.syncs - syncs).toBe(0);
      const all = Promise.all([first, log.append(simpleEvent(1)), log.append(simpleEvent(2))]);
      vi.advanceTimersByTime(GATHER_MS);
      await all;
      expect(storage.syncs - syncs).toBe(1);
      atWork = 1;
      await log.append(simpleEvent(3));
      expect(log.size).toBe(4);
    } finally {
      vi.useRealTimers();
    }
    await log.close();
  });

  test('exports receipts that verify with the public key alone', async () => {
    verifies('WM-RCP-1', 'WM-RCP-3');
    const storage = new MemoryStorage();
    const { log } = await openLog(storage, { segmentBytes: 20_000 });
    const ids: string[] = [];
    for (let i = 0; i < 300; i++) {
      const [intent] = await Promise.all([log.append(intentEvent(i))]);
      const outcome = await log.append(outcomeEvent(intent!.id, i));
      ids.push(outcome.id);
    }
    for (const id of [ids[0]!, ids[150]!, ids[299]!]) {
      const receipt = await log.exportReceipt(id);
      const facts = unwrap(verifyReceipt(canonicalize(receipt), { publicKey: SIGNING.publicKey }));
      expect(facts).toMatchObject({ keyTrust: 'given', log: { origin: ORIGIN, size: 600 } });
      expect(entryOfReceipt(receipt)).toEqual(await log.get(id));
    }
    await log.close();
    const reader = new AuditReader({
      storage,
      keys: { hmac: KEYS.hmac, seal: KEYS.seal },
      origin: ORIGIN,
      publicKey: SIGNING.publicKey,
    });
    const receipt = await reader.exportReceipt(ids[77]!);
    expect(verifyReceipt(receipt, { vkey: log.vkey }).ok).toBe(true);
    expect(await reader.verify()).toMatchObject({ ok: true, entries: 600 });
  });

  test("exports under a checkpoint that a witness cosigned, and under no other log's", async () => {
    verifies('WM-RCP-3');
    const { log } = await openLog(new MemoryStorage());
    const entry = await log.append(simpleEvent(1));
    const checkpoint = await log.checkpoint();
    const later = await log.append(simpleEvent(2));
    const witness = signingKeyFromSeed(new Uint8Array(32).fill(77));
    const key = noteKey('witness.example/w', witness.publicKey, COSIGNATURE_V1);
    const body = cosignatureBody(
      1_700_000_000,
      witness.sign(cosignedBytes(unwrap(parseNote(checkpoint)), 1_700_000_000)),
    );
    const cosigned = `${checkpoint}\u2014 ${key.name} ${toBase64(concatBytes(key.id, body))}\n`;
    const receipt = await log.exportReceipt(entry.id, cosigned);
    const options = { vkey: log.vkey, witnesses: [formatVkey(key)], witnessesNeeded: 1 };
    const facts = unwrap(verifyReceipt(receipt, options));
    expect(facts.witnesses).toEqual([{ name: 'witness.example/w', time: 1_700_000_000 }]);
    expect(facts.log.size).toBe(1);
    expect(await codeOf(log.exportReceipt(later.id, cosigned))).toBe('AUDIT_NO_CHECKPOINT');
    const { log: other } = await openLog(new MemoryStorage());
    await other.append(simpleEvent(9));
    expect(await codeOf(log.exportReceipt(entry.id, await other.checkpoint()))).toBe('AUDIT_NO_CHECKPOINT');
    expect(await codeOf(log.exportReceipt(entry.id, 'nonsense'))).toBe('AUDIT_NO_CHECKPOINT');
    expect(await codeOf(log.exportReceipt('11111111-1111-4111-8111-111111111111'))).toBe('AUDIT_NOT_FOUND');
  });

  test('proves that it only grew: consistency from every older size', async () => {
    verifies('WM-RCP-3');
    const { log } = await openLog(new MemoryStorage());
    const roots: Uint8Array[] = [];
    for (let i = 0; i < 12; i++) {
      roots.push(unwrap(parseCheckpoint(await log.checkpoint())).root);
      await log.append(simpleEvent(i));
    }
    const now = unwrap(parseCheckpoint(await log.checkpoint()));
    for (const [size, root] of roots.entries()) {
      expect(verifyConsistency(size, now.size, root, now.root, await log.consistencyProof(size)), `from ${size}`).toBe(
        true,
      );
    }
    expect(await codeOf(log.consistencyProof(13))).toBe('AUDIT_BAD_INPUT');
    expect(await codeOf(log.consistencyProof(-1))).toBe('AUDIT_BAD_INPUT');
  });

  test('is empty to a reader before its first entry, and none where there is none', async () => {
    const storage = new MemoryStorage();
    expect(await codeOf(readerOf(storage).size())).toBe('AUDIT_NOT_FOUND');
    const { log } = await openLog(storage);
    expect(await readerOf(storage).size()).toBe(0);
    expect(await readerOf(storage).find()).toEqual([]);
    expect(await readerOf(storage).verify()).toMatchObject({ ok: true, entries: 0 });
    await log.close();
    expect((await openLog(storage)).recovery).toMatchObject({ fresh: false, entries: 0 });
  });

  test('is read by another while it rotates', async () => {
    const storage = new MemoryStorage();
    const { log } = await openLog(storage, { segmentBytes: 800 });
    const reader = readerOf(storage);
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await log.append(simpleEvent(i));
    })();
    for (let i = 0; i < 15; i++) {
      expect((await reader.verify()).ok).toBe(true);
      const entries = await reader.tail(3);
      expect(entries.map((e) => e.sequence)).toEqual(entries.map((_, k) => entries[0]!.sequence + k));
    }
    await writing;
    expect(await log.verify()).toMatchObject({ ok: true, entries: 60 });
  });
});
