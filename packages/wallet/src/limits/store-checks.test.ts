import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { MemoryUsageStore } from './memory-store.ts';
import type { Reservation } from './reservation.ts';
import { STORE_CHECKS } from './store-checks.ts';
import type { UsageStore, UsageTransaction } from './usage-store.ts';

/** Reads one state and writes some turns later, as an adapter without transactions does. */
class SplitStore implements UsageStore {
  readonly #inner = new MemoryUsageStore();

  async atomically<T>(wallet: string, work: (transaction: UsageTransaction) => T): Promise<T> {
    const writes: Reservation[] = [];
    const result = await this.#inner.atomically(wallet, (transaction) =>
      work({ ...transaction, save: (entry) => void writes.push(entry) }),
    );
    await null;
    await this.#inner.atomically(wallet, (transaction) => {
      for (const entry of writes) transaction.save(entry);
    });
    return result;
  }
}

describe('what a store of usage must hold', () => {
  verifies('XR-POL-2');

  test.each(STORE_CHECKS)('$name', async ({ run }) => {
    const store = new MemoryUsageStore();
    await run(async () => store);
  });

  test('control: a store that forgets, and one without transactions, are caught', async () => {
    const caught = async (open: () => Promise<UsageStore>) => {
      const names: string[] = [];
      for (const { name, run } of STORE_CHECKS) await run(open).catch(() => names.push(name));
      return names;
    };
    expect(await caught(async () => new MemoryUsageStore())).toEqual([
      'keeps what it is given, exactly, over a restart',
    ]);
    const split: string[] = [];
    for (const { name, run } of STORE_CHECKS) {
      const store = new SplitStore();
      await run(async () => store).catch(() => split.push(name));
    }
    expect(split).toEqual([
      'reads its own writes within a transaction',
      'lets nothing in between the reads and writes of a transaction',
    ]);
  });
});
