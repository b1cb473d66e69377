import { concatBytes } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { closedLog, codeOf, openLog, readerOf } from '../../test/audited.ts';
import type { MemoryStorage } from '../../test/memory-storage.ts';
import { KEYS, ORIGIN, SIGNING, seededRandom, TestClock } from '../../test/rig.ts';
import { openAudit } from '../index.ts';
import { FRAME_HEADER_BYTES } from '../storage/frame.ts';
import { PREAMBLE_BYTES } from '../storage/segment.ts';

function segments(storage: MemoryStorage): string[] {
  return [...storage.files.keys()].filter((name) => /^segment-\d+$/.test(name)).sort();
}

/** Whether the scheduled verification, or the next start, sees the damage. */
async function seen(storage: MemoryStorage): Promise<{ verify: boolean; open: boolean }> {
  const report = await readerOf(storage.copy())
    .verify()
    .then(
      (r) => r.ok,
      () => false,
    );
  return { verify: !report, open: (await codeOf(openLog(storage.copy()))) === 'AUDIT_TAMPERED' };
}

/** Offsets of the frames with entries. */
function frames(bytes: Uint8Array): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let offset = PREAMBLE_BYTES; offset < bytes.length; ) {
    const to = offset + FRAME_HEADER_BYTES + view.getUint32(offset);
    found.push({ from: offset, to });
    offset = to;
  }
  return found.slice(1);
}

describe('a closed log of several segments', () => {
  test('is opened and verified while nobody touched it (control)', async () => {
    const { storage } = await closedLog();
    expect(segments(storage).length).toBeGreaterThan(2);
    expect(await seen(storage)).toEqual({ verify: false, open: false });
  });

  test('W16: shows a flip at every position of every segment', async () => {
    verifies('XR-AUD-3');
    const { storage } = await closedLog(6, 900);
    const names = segments(storage);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      const isNewest = name === names.at(-1);
      const bytes = storage.bytes(name);
      for (let at = 0; at < bytes.length; at += 3) {
        const damaged = storage.copy();
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << (at % 8);
        damaged.set(name, flipped);
        const result = await seen(damaged);
        expect(result.verify, `${name} at ${at}`).toBe(true);
        // A start reads the newest segment whole; the weekly verification reads the others.
        if (isNewest) expect(result.open, `${name} at ${at}`).toBe(true);
      }
    }
  });

  test('shows every dropped, duplicated and swapped frame', async () => {
    verifies('XR-AUD-3');
    const { storage } = await closedLog(8, 100_000);
    const name = segments(storage)[0]!;
    const bytes = storage.bytes(name);
    const parts = frames(bytes);
    const piece = (i: number) => bytes.slice(parts[i]!.from, parts[i]!.to);
    for (let i = 0; i < parts.length; i++) {
      const before = bytes.slice(0, parts[i]!.from);
      const after = bytes.slice(parts[i]!.to);
      const variants = {
        dropped: concatBytes(before, after),
        duplicated: concatBytes(before, piece(i), piece(i), after),
        ...(i + 1 < parts.length && {
          swapped: concatBytes(before, piece(i + 1), piece(i), bytes.slice(parts[i + 1]!.to)),
        }),
      };
      for (const [what, changed] of Object.entries(variants)) {
        const damaged = storage.copy();
        damaged.set(name, changed);
        const result = await seen(damaged);
        const isAppendedCopy = what === 'duplicated' && i === parts.length - 1;
        // After the end that the head names nothing counts: a copy there is cut off at the next start.
        expect(result, `${what} ${i}`).toEqual(
          isAppendedCopy ? { verify: false, open: false } : { verify: true, open: true },
        );
      }
    }
  });

  test('W16: shows truncation at every length', async () => {
    verifies('XR-AUD-3');
    const { storage } = await closedLog(5, 100_000);
    const name = segments(storage)[0]!;
    const bytes = storage.bytes(name);
    for (let length = 0; length < bytes.length; length += 7) {
      const damaged = storage.copy();
      damaged.set(name, bytes.slice(0, length));
      expect(await seen(damaged), `cut to ${length}`).toEqual({ verify: true, open: true });
    }
  });

  test('shows a missing segment, wherever it was', async () => {
    verifies('XR-AUD-3');
    const { storage } = await closedLog();
    for (const name of segments(storage)) {
      const damaged = storage.copy();
      damaged.files.delete(name);
      expect(await seen(damaged), name).toEqual({ verify: true, open: true });
    }
  });

  test('shows a segment put in the place of another', async () => {
    const { storage } = await closedLog();
    const [, second, third] = segments(storage);
    const damaged = storage.copy();
    damaged.set(second!, storage.bytes(third!));
    expect(await seen(damaged)).toEqual({ verify: true, open: true });
  });

  test('shows a missing or forged head, and a rollback that a stored checkpoint contradicts', async () => {
    verifies('XR-AUD-3');
    const { storage } = await closedLog(4, 100_000);
    const early = storage.copy();
    const { log } = await openLog(storage);
    for (let i = 0; i < 3; i++) await log.append({ ...(await log.find())[0]!, receipt: undefined } as never);
    await log.close();
    const withoutHead = storage.copy();
    withoutHead.files.delete('head');
    expect((await seen(withoutHead)).open).toBe(true);
    const forged = storage.copy();
    const head = forged.bytes('head');
    head[11]! ^= 1;
    forged.set('head', head);
    expect((await seen(forged)).open).toBe(true);
    // Head and segment rolled back together; the checkpoint, signed later, remembers.
    const rolledBack = storage.copy();
    for (const name of ['head', segments(storage)[0]!]) rolledBack.set(name, early.bytes(name));
    expect((await seen(rolledBack)).open).toBe(true);
  });

  test('shows changed tiles', async () => {
    const { storage } = await closedLog(12, 1_500);
    const tiles = storage.bytes('tiles-0');
    // Hashes of the newest segment are made anew from its entries.
    const newest = Number(segments(storage).at(-1)!.slice('segment-'.length));
    for (let at = 0; at < 32 * (newest - 1); at += 29) {
      const damaged = storage.copy();
      const flipped = tiles.slice();
      flipped[at]! ^= 4;
      damaged.set('tiles-0', flipped);
      expect((await seen(damaged)).verify, `tiles at ${at}`).toBe(true);
    }
  });

  test('is refused under other keys and another origin', async () => {
    const { storage } = await closedLog(3);
    const base = { storage, clock: new TestClock(), random: seededRandom(9), keys: KEYS, origin: ORIGIN };
    const other = new Uint8Array(32).fill(99);
    expect(await codeOf(openAudit({ ...base, keys: { ...KEYS, hmac: other } }))).toBe('AUDIT_TAMPERED');
    expect(await codeOf(openAudit({ ...base, keys: { ...KEYS, seal: other } }))).toBe('AUDIT_TAMPERED');
    expect(await codeOf(openAudit({ ...base, origin: 'other.example/audit' }))).toBe('AUDIT_TAMPERED');
    expect(await codeOf(openAudit(base))).toBe('none');
    expect(SIGNING.publicKey.length).toBe(32);
  });

  test('changes nothing when it refuses, and stays readable', async () => {
    const { storage, entries } = await closedLog(9, 1_200);
    const newest = segments(storage).at(-1)!;
    const bytes = storage.bytes(newest);
    bytes[bytes.length - 1]! ^= 1;
    storage.set(newest, bytes);
    const before = storage.calls;
    expect(await codeOf(openLog(storage))).toBe('AUDIT_TAMPERED');
    expect(storage.calls).toBe(before);
    const reader = readerOf(storage);
    const report = await reader.verify();
    expect(report).toMatchObject({ ok: false, fault: { code: 'AUDIT_TAMPERED', file: newest } });
    expect(report.fault?.sequence).toBeGreaterThan(1);
    expect(await reader.get(entries[0]!.id)).toEqual(entries[0]);
  });
});
