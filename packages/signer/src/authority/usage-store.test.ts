import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@wardmesh/store';
import { verifies } from '@wardmesh/testkit';
import type { Reservation } from '@wardmesh/wallet';
import { STORE_CHECKS } from '@wardmesh/wallet/store-checks';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Usage } from './usage-store.ts';

const WALLET = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';

function reservation(id: string, fields: Partial<Reservation> = {}): Reservation {
  return {
    id,
    wallet: WALLET,
    digest: `sha256:${'0'.repeat(64)}`,
    state: 'reserved',
    at: 1_000,
    tier: 1,
    spend: 10n ** 17n,
    fee: 12n,
    transactions: 1,
    destinations: ['rX'],
    sequences: ['sequence:1'],
    lastLedgerSequence: 100,
    policyHash: `sha256:${'1'.repeat(64)}`,
    ...fields,
  };
}

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'wardmesh-usage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  let closeLast: () => Promise<void> = async () => undefined;
  const open = async () => {
    await closeLast();
    const database = await openDatabase({ path: join(folder, 'state.db'), key: new Uint8Array(32).fill(3) });
    closeLast = () => database.close();
    return { database, usage: new Usage(database.ledger) };
  };
  onTestFinished(() => closeLast());
  return { open };
}

describe('usage on the database', () => {
  verifies('XR-POL-2');

  test.each(STORE_CHECKS)('$name', async ({ run }) => {
    const { open } = await setUp();
    await run(async () => (await open()).usage.of('testnet'));
  });

  test('networks are apart', async () => {
    const { open } = await setUp();
    const { usage } = await open();
    await usage.of('testnet').atomically(WALLET, (tx) => tx.save(reservation('a')));
    await usage.of('mainnet').atomically(WALLET, (tx) => expect(tx.find('a')).toBeUndefined());
  });

  test('forgets what is long over, keeps the clock mark and what is open', async () => {
    const { open } = await setUp();
    const { usage } = await open();
    await usage.of('testnet').atomically(WALLET, (tx) => {
      tx.save(reservation('old', { state: 'committed', at: 10 }));
      tx.save(reservation('open', { at: 10 }));
      tx.save(reservation('new', { state: 'committed', at: 99 }));
      tx.markClock(99);
    });
    expect(await usage.prune(50)).toBe(1);
    const again = await open();
    await again.usage.of('testnet').atomically(WALLET, (tx) => {
      expect([tx.find('old'), tx.find('open')?.at, tx.find('new')?.at, tx.clockMark()]).toEqual([
        undefined,
        10,
        99,
        99,
      ]);
    });
    expect((await again.database.verifyDatabase()).ok).toBe(true);
  });

  test('finds the first sequence that nothing signed may still use', async () => {
    const { open } = await setUp();
    const { usage } = await open();
    const save = (n: number, last: number) =>
      usage.of('testnet').atomically(WALLET, (tx) => {
        tx.save(reservation(`s${n}`, { sequences: [`sequence:${n}`], lastLedgerSequence: last }));
      });
    await save(7, 100);
    await save(8, 50);
    await save(10, 100);
    const free = (from: number, ledger: number | null) => usage.peek('testnet', WALLET).freeSequence(from, ledger);
    expect([free(5, 40), free(7, 40), free(7, 51), free(10, 40), free(7, null), free(7, 101)]).toEqual([
      5, 9, 8, 11, 9, 7,
    ]);
  });

  test('answers as a plain list would, whatever was saved, and after a restart too', async () => {
    const entry = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom('reserved', 'committed', 'released'),
      at: fc.integer({ min: 0, max: 5 }),
      spend: fc.bigInt({ min: 0n, max: 5n }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), fc.integer({ min: 0, max: 6 }), async (saves, time) => {
        const { open } = await setUp();
        const { usage } = await open();
        const model = new Map<string, Reservation>();
        for (const { id, ...fields } of saves) {
          const made = reservation(id, fields as Partial<Reservation>);
          model.set(id, made);
          await usage.of('local').atomically(WALLET, (tx) => tx.save(made));
        }
        for (const next of [() => usage, async () => (await open()).usage]) {
          const store = await next();
          await store.of('local').atomically(WALLET, (tx) => {
            const counted = [...model.values()].filter(({ state }) => state !== 'released');
            const expected = counted.filter(({ state, at }) => state === 'reserved' || at >= time);
            const ids = (list: readonly Reservation[]) => list.map(({ id }) => id).sort();
            expect(ids(tx.since(time))).toEqual(ids(expected));
            expect(ids(tx.using(['sequence:1']))).toEqual(ids(counted));
            const last = Math.max(-1, ...counted.filter(({ spend }) => spend >= 3n).map(({ at }) => at));
            expect(tx.lastSpendOver(3n)).toBe(last === -1 ? null : last);
          });
        }
      }),
      { numRuns: 20 },
    );
  });
});
