import type { Reservation } from './reservation.ts';
import type { UsageStore } from './usage-store.ts';

/** One promise of {@link UsageStore}, and a run that throws where a store breaks it. */
export interface StoreCheck {
  readonly name: string;
  /** @param open gives a store over the same data each time, as a restart would; the first one is empty. */
  readonly run: (open: () => Promise<UsageStore>) => Promise<void>;
}

const WALLET = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';

function entry(id: string, fields: Partial<Reservation> = {}): Reservation {
  return {
    id,
    wallet: WALLET,
    digest: `sha256:${'0'.repeat(64)}`,
    state: 'reserved',
    at: 1_000,
    tier: 1,
    spend: 100_000_000_000_000_000n,
    fee: 12n,
    transactions: 1,
    destinations: ['rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'],
    sequences: [`sequence:${id.length}`],
    lastLedgerSequence: 4_294_967_295,
    policyHash: `sha256:${'1'.repeat(64)}`,
    ...fields,
  };
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the store breaks its promise: ${what}`);
}

function same(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member));
  return text(a) === text(b);
}

/** What every adapter must hold; run by its tests. The memory store and a planted racy one are run by ours. */
export const STORE_CHECKS: readonly StoreCheck[] = [
  {
    name: 'keeps what it is given, exactly, over a restart',
    async run(open) {
      const given = entry('a');
      await (await open()).atomically(WALLET, (tx) => {
        tx.save(given);
        tx.learn('rKnown');
        tx.markClock(77);
      });
      await (await open()).atomically(WALLET, (tx) => {
        expect(same(tx.find('a'), given), 'a reservation reads back as it was');
        expect(tx.isKnown('rKnown') && !tx.isKnown('rOther'), 'a known destination is known');
        expect(tx.clockMark() === 77, 'the clock mark is kept');
      });
    },
  },
  {
    name: 'writes nothing where the work throws',
    async run(open) {
      const store = await open();
      const failed = await store
        .atomically(WALLET, (tx) => {
          tx.save(entry('a'));
          tx.learn('rKnown');
          tx.markClock(5);
          throw new Error('planted');
        })
        .then(
          () => false,
          (error: unknown) => error instanceof Error && error.message === 'planted',
        );
      expect(failed, 'the error of the work is passed on');
      await store.atomically(WALLET, (tx) => {
        expect(tx.find('a') === undefined && !tx.isKnown('rKnown') && tx.clockMark() === 0, 'nothing is written');
      });
    },
  },
  {
    name: 'reads its own writes within a transaction',
    async run(open) {
      await (await open()).atomically(WALLET, (tx) => {
        tx.save(entry('a', { state: 'committed' }));
        expect(tx.find('a')?.state === 'committed' && tx.since(1_000).length === 1, 'a write is read');
        tx.save(entry('a', { state: 'released' }));
        expect(tx.since(0).length === 0 && tx.using(['sequence:1']).length === 0, 'a release counts no more');
      });
    },
  },
  {
    name: 'gives open reservations of any age, committed ones since a time, and no released ones',
    async run(open) {
      const store = await open();
      await store.atomically(WALLET, (tx) => {
        tx.save(entry('old-open', { at: 1 }));
        tx.save(entry('old-done', { at: 1, state: 'committed' }));
        tx.save(entry('new-done', { at: 50, state: 'committed', spend: 7n }));
        tx.save(entry('new-gone', { at: 50, state: 'released', spend: 9n }));
      });
      await store.atomically(WALLET, (tx) => {
        const ids = (list: readonly Reservation[]) => list.map(({ id }) => id).sort();
        expect(same(ids(tx.since(50)), ['new-done', 'old-open']), 'since holds its bounds');
        expect(same(ids(tx.since(51)), ['old-open']), 'since is inclusive and no more');
        expect(tx.lastSpendOver(8n) === 1 && tx.lastSpendOver(7n) === 50, 'the last spend is found by its size');
        expect(tx.lastSpendOver(10n ** 18n) === null, 'no spend is none');
        expect(tx.using(['sequence:8']).length === 3 && tx.using(['ticket:8']).length === 0, 'sequences are found');
      });
    },
  },
  {
    name: 'keeps wallets apart',
    async run(open) {
      const store = await open();
      await store.atomically(WALLET, (tx) => tx.save(entry('a')));
      await store.atomically('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', (tx) => {
        expect(tx.find('a') === undefined && tx.since(0).length === 0, 'another wallet sees nothing');
      });
    },
  },
  {
    name: 'lets nothing in between the reads and writes of a transaction',
    async run(open) {
      const store = await open();
      const count = 40;
      await Promise.all(
        Array.from({ length: count }, () =>
          store.atomically(WALLET, (tx) => {
            const before = tx.find('sum')?.spend ?? 0n;
            tx.save(entry('sum', { spend: before + 1n }));
          }),
        ),
      );
      await store.atomically(WALLET, (tx) => {
        expect(tx.find('sum')?.spend === BigInt(count), 'every increment is counted');
      });
    },
  },
];
