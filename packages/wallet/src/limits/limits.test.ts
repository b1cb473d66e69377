import { type Clock, type JsonObject, unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALICE, CAROL, intentOf, payment } from '../fixture.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts';
import { canonical } from '../policy/load.ts';
import type { WalletPolicy } from '../policy/model.ts';
import { presetPolicy } from '../policy/presets.ts';
import { Limits, type ReserveOutcome } from './limits.ts';
import { MemoryUsageStore } from './memory-store.ts';
import type { Reservation } from './reservation.ts';
import type { UsageStore, UsageTransaction } from './usage-store.ts';
import { dayOf } from './windows.ts';

const XRP = 1_000_000n;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 29, 0, 30); // the night in which Europe changes its clocks

class TestClock implements Clock {
  time = START;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

/** 100 XRP a payment, 300 XRP and fees a day at all, and nothing above tier 1. */
const compiledWith = (change: (base: WalletPolicy) => WalletPolicy = (same) => same): CompiledPolicy => {
  const local = presetPolicy('local');
  const base = { ...local, ledger: { ...local.ledger, networkId: 0 } };
  const day = 300n * XRP + 1_000n;
  const tight = {
    ...base,
    tierVolumes: { autonomous: day, delayed: day },
    limits: { ...base.limits, volumePerDay: day, perHour: 10, perDay: 20 },
  };
  return unwrap(compilePolicy(unwrap(canonical(change(tight)))));
};
const compiled = compiledWith();

function rig(store: UsageStore = new MemoryUsageStore()) {
  const clock = new TestClock();
  const limits = new Limits(store, clock);
  let sequence = 0;
  const pay = (
    id: string,
    xrp: bigint,
    fields: JsonObject = {},
    granted: 1 | 2 | 3 = 1,
    by = compiled,
  ): Promise<ReserveOutcome> =>
    limits.reserve({
      id,
      wallet: ALICE,
      intent: intentOf(payment(xrp * XRP, { Sequence: ++sequence, ...fields })),
      compiled: by,
      ledgerIndex: 100,
      granted,
    });
  return { clock, limits, pay };
}
const outcomes = (list: readonly ReserveOutcome[]) => list.map(({ kind }) => kind);

describe('limits', () => {
  verifies('XR-POL-2');

  test('W5: what is reserved is spent', async () => {
    const { pay } = rig();
    expect(outcomes([await pay('a', 100n), await pay('b', 100n), await pay('c', 100n), await pay('d', 1n)])).toEqual([
      'reserved',
      'reserved',
      'reserved',
      'not_granted',
    ]);
  });

  test('a release gives back, once; a commit does not', async () => {
    const { pay, limits } = rig();
    for (const id of ['a', 'b', 'c']) await pay(id, 100n);
    await limits.release(ALICE, 'a');
    await limits.release(ALICE, 'a');
    await limits.commit(ALICE, 'b');
    await limits.commit(ALICE, 'b');
    expect(outcomes([await pay('d', 100n), await pay('e', 1n)])).toEqual(['reserved', 'not_granted']);
    await expect(limits.release(ALICE, 'b')).rejects.toMatchObject({ code: 'RESERVATION_CLOSED' });
    await expect(limits.commit(ALICE, 'a')).rejects.toMatchObject({ code: 'RESERVATION_CLOSED' });
    await expect(limits.commit(ALICE, 'x')).rejects.toMatchObject({ code: 'RESERVATION_NOT_FOUND' });
  });

  test('asking again with the same id counts once; with other bytes it is refused', async () => {
    const { pay } = rig();
    const first = await pay('a', 100n, { Sequence: 1 });
    const again = await pay('a', 100n, { Sequence: 1 });
    expect(again).toMatchObject({ kind: 'reserved', decision: null });
    expect(first.kind === 'reserved' && again.kind === 'reserved' && again.reservation).toEqual(
      first.kind === 'reserved' && first.reservation,
    );
    expect(outcomes([await pay('b', 100n), await pay('c', 100n)])).toEqual(['reserved', 'reserved']);
    await expect(pay('a', 50n)).rejects.toMatchObject({ code: 'RESERVATION_CONFLICT' });
  });

  test('what a changed policy no longer allows is not signed again', async () => {
    const { pay } = rig();
    const give = (by: CompiledPolicy) => pay('a', 100n, { Sequence: 1 }, 1, by);
    expect((await give(compiled)).kind).toBe('reserved');
    const off = compiledWith((base) => ({ ...base, enabled: false }));
    expect(await give(off)).toMatchObject({ kind: 'not_granted', decision: { reasons: ['POLICY_DISABLED'] } });
    // Its own 100 XRP do not count against it a second time.
    const enough = compiledWith((base) => ({
      ...base,
      description: 'another',
      limits: { ...base.limits, volumePerDay: 100n * XRP + 12n },
    }));
    expect((await give(enough)).kind).toBe('reserved');
  });

  test('W21: a check says what a reservation would, and counts nothing', async () => {
    const { pay, limits } = rig();
    const request = { wallet: ALICE, intent: intentOf(payment(100n * XRP)), compiled, ledgerIndex: 100 };
    for (let i = 0; i < 50; i++) expect((await limits.check(request)).tier).toBe(1);
    const checked = await limits.check(request);
    const reserved = await limits.reserve({ ...request, id: 'a', granted: 1 });
    expect(reserved.kind === 'reserved' && reserved.decision).toEqual(checked);
    await pay('b', 100n, { Sequence: 8 });
    await pay('c', 100n, { Sequence: 9 });
    expect((await limits.check({ ...request, intent: intentOf(payment(100n * XRP, { Sequence: 10 })) })).tier).toBe(4);
  });

  test('a crash between reserve and sign counts until no ledger can include the transaction', async () => {
    const { pay, limits, clock } = rig();
    for (const id of ['a', 'b', 'c']) await pay(id, 100n, { LastLedgerSequence: 120 });
    await limits.commit(ALICE, 'c');
    clock.time += 48 * HOUR; // open reservations of two days ago still count; the committed one has left
    expect(outcomes([await pay('d', 100n), await pay('e', 100n)])).toEqual(['reserved', 'not_granted']);
    expect(await limits.expire(ALICE, 120)).toEqual([]);
    expect(await limits.expire(ALICE, 121)).toEqual(['a', 'b', 'd']);
    expect((await pay('f', 100n, { LastLedgerSequence: 200 })).kind).toBe('reserved');
    await expect(limits.commit(ALICE, 'a')).rejects.toMatchObject({ code: 'RESERVATION_CLOSED' });
  });

  test('what needs a grant is reserved only with it, and never above it', async () => {
    const { pay } = rig();
    expect((await pay('a', 150n)).kind).toBe('not_granted');
    expect((await pay('a', 150n, {}, 2)).kind).toBe('reserved');
    expect((await pay('b', 400n, {}, 3)).kind).toBe('not_granted'); // the day's volume is nobody's to grant
  });

  test('XR-SEQ-1: no sequence or ticket is signed twice for different bytes', async () => {
    verifies('XR-SEQ-1');
    const { pay, limits } = rig();
    await pay('a', 1n, { Sequence: 7, LastLedgerSequence: 110 });
    expect(await pay('b', 2n, { Sequence: 7 })).toMatchObject({ kind: 'sequence_in_use', by: 'a' });
    await limits.commit(ALICE, 'a');
    expect((await pay('b', 2n, { Sequence: 7 })).kind).toBe('sequence_in_use');
    await pay('c', 1n, { Sequence: 0, TicketSequence: 7 });
    expect((await pay('d', 2n, { Sequence: 0, TicketSequence: 7 })).kind).toBe('sequence_in_use');
    // Past its last ledger, the first can never take the sequence: another may.
    const late = await limits.reserve({
      id: 'e',
      wallet: ALICE,
      intent: intentOf(payment(2n * XRP, { Sequence: 7, LastLedgerSequence: 130 })),
      compiled,
      ledgerIndex: 111,
      granted: 1,
    });
    expect(late.kind).toBe('reserved');
  });

  test('W20: learns a destination for good from a commit, not from a reservation', async () => {
    const learning = compiledWith((base) => ({
      ...base,
      destinations: { ...base.destinations, newTier: 2, learn: true },
    }));
    const { pay, limits } = rig();
    expect((await pay('a', 1n, {}, 1, learning)).kind).toBe('not_granted');
    await pay('b', 1n, {}, 2, learning);
    expect((await pay('c', 1n, {}, 1, learning)).kind).toBe('not_granted');
    await limits.commit(ALICE, 'b');
    expect((await pay('d', 1n, {}, 1, learning)).kind).toBe('reserved');
    expect((await pay('e', 1n, { Destination: CAROL }, 1, learning)).kind).toBe('not_granted');
  });
});

describe('windows', () => {
  test('W20: a day begins once, at its hour, whatever the local clocks do', async () => {
    const six = compiledWith((base) => ({ ...base, limits: { ...base.limits, dailyResetUtcHour: 6 } }));
    const { pay, clock, limits } = rig();
    for (const id of ['a', 'b', 'c']) {
      await pay(id, 100n, {}, 1, six);
      await limits.commit(ALICE, id);
    }
    const kinds: string[] = [];
    for (const hour of [1, 3, 5]) {
      clock.time = Date.UTC(2026, 2, 29, hour, 59, 59, 999);
      kinds.push((await pay(`at${hour}`, 100n, {}, 1, six)).kind);
    }
    expect(kinds).toEqual(['not_granted', 'not_granted', 'not_granted']);
    clock.time = Date.UTC(2026, 2, 29, 6);
    for (const id of ['d', 'e', 'f']) expect((await pay(id, 100n, {}, 1, six)).kind).toBe('reserved');
    clock.time = Date.UTC(2026, 2, 30, 0, 1); // midnight is no second beginning
    expect((await pay('g', 1n, {}, 1, six)).kind).toBe('not_granted');
  });

  test('every moment is in one day of 24 hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.integer({ min: 0, max: 23 }), (now, hour) => {
        const { start, end } = dayOf(now, hour);
        expect(end - start).toBe(24 * HOUR);
        expect(start <= now && now < end && new Date(start).getUTCHours() === hour).toBe(true);
        expect(dayOf(end - 1, hour).start).toBe(start);
      }),
    );
  });

  test('the hour slides', async () => {
    const { pay, clock } = rig();
    for (let i = 0; i < 10; i++) {
      await pay(`a${i}`, 1n);
      clock.time += 60_000;
    }
    const eleventh = await pay('b', 1n);
    expect(eleventh).toMatchObject({
      kind: 'not_granted',
      decision: { reasons: ['HOURLY_LIMIT'], retryAt: START + HOUR },
    });
    clock.time = START + HOUR;
    expect(outcomes([await pay('c', 1n), await pay('d', 1n)])).toEqual(['reserved', 'not_granted']);
  });

  test('a clock set back opens nothing again', async () => {
    const { pay, clock, limits } = rig();
    for (const id of ['a', 'b', 'c']) {
      await pay(id, 100n);
      await limits.commit(ALICE, id);
    }
    clock.time -= 72 * HOUR;
    expect((await pay('d', 1n)).kind).toBe('not_granted');
  });
});

describe('a clock that ran ahead', () => {
  test('keeps the wallet in the day it named until an operator accepts the right time', async () => {
    const { pay, clock, limits } = rig();
    clock.time = Date.UTC(2099, 0, 1);
    for (const id of ['a', 'b', 'c']) {
      await pay(id, 100n);
      await limits.commit(ALICE, id);
    }
    clock.time = START + 24 * HOUR;
    expect((await pay('d', 1n)).kind).toBe('not_granted');
    await limits.acceptClock(ALICE);
    expect((await pay('e', 1n)).kind).toBe('not_granted'); // what was spent counts from now
    clock.time += 24 * HOUR;
    expect((await pay('f', 100n)).kind).toBe('reserved');
  });
});

/** Random calls by several agents at once; each waits a random number of turns between its steps. */
async function storm(
  store: UsageStore,
  steps: readonly { amount: number; turns: readonly number[]; end: 'commit' | 'release' | 'crash' }[],
): Promise<bigint> {
  const { limits, clock } = rig(store);
  const turn = async (count: number) => {
    for (let i = 0; i < count; i++) await null;
  };
  let out = 0n;
  await Promise.all(
    steps.map(async ({ amount, turns, end }, index) => {
      await turn(turns[0] ?? 0);
      const reserved = await limits.reserve({
        id: `s${index}`,
        wallet: ALICE,
        intent: intentOf(payment(BigInt(amount) * XRP, { Sequence: index + 1 })),
        compiled,
        ledgerIndex: 100,
        granted: 1,
      });
      if (reserved.kind !== 'reserved') return;
      await turn(turns[1] ?? 0);
      if (end === 'release') await limits.release(ALICE, `s${index}`);
      if (end === 'commit') {
        await limits.commit(ALICE, `s${index}`);
        out += reserved.reservation.spend + reserved.reservation.fee;
      }
    }),
  );
  // A restart: a new state machine over the same store; then everything that is left is tried.
  const after = new Limits(store, clock);
  for (let i = 0; i < 6; i++) {
    const more = await after.reserve({
      id: `r${i}`,
      wallet: ALICE,
      intent: intentOf(payment(50n * XRP, { Sequence: 1_000 + i })),
      compiled,
      ledgerIndex: 100,
      granted: 1,
    });
    if (more.kind === 'reserved') {
      await after.commit(ALICE, `r${i}`);
      out += more.reservation.spend + more.reservation.fee;
    }
  }
  return out;
}

const LIMIT = compiled.policy.limits.volumePerDay;
const arbitrarySteps = fc.array(
  fc.record({
    amount: fc.integer({ min: 1, max: 100 }),
    turns: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 2 }),
    end: fc.constantFrom('commit' as const, 'release' as const, 'crash' as const),
  }),
  { minLength: 1, maxLength: 9 },
);

/** What an adapter without a transaction does: reads one state, and writes some turns later what it made of it. */
class SplitStore implements UsageStore {
  readonly #inner = new MemoryUsageStore();

  async atomically<T>(wallet: string, work: (transaction: UsageTransaction) => T): Promise<T> {
    const writes: Reservation[] = [];
    const result = await this.#inner.atomically(wallet, (transaction) =>
      work({ ...transaction, save: (entry) => void writes.push(entry) }),
    );
    for (let i = 0; i < 5; i++) await null;
    await this.#inner.atomically(wallet, (transaction) => {
      for (const entry of writes) transaction.save(entry);
    });
    return result;
  }
}

describe('random interleavings', () => {
  verifies('XR-POL-2');

  test('never overspend', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySteps, async (steps) => {
        expect(await storm(new MemoryUsageStore(), steps)).toBeLessThanOrEqual(LIMIT);
      }),
      { numRuns: 200 },
    );
  });

  test('control: a store without transactions is caught overspending', async () => {
    const steps = Array.from({ length: 9 }, () => ({ amount: 100, turns: [0, 0], end: 'commit' as const }));
    expect(await storm(new SplitStore(), steps)).toBeGreaterThan(LIMIT);
  });

  test('a store that fails leaves nothing counted and nothing granted', async () => {
    const store = new MemoryUsageStore();
    const { pay, limits } = rig({
      atomically: (wallet, work) =>
        store.atomically(wallet, (transaction) => {
          work(transaction);
          throw new Error('disk full');
        }),
    });
    await expect(pay('a', 100n)).rejects.toThrow('disk full');
    await expect(limits.commit(ALICE, 'a')).rejects.toMatchObject({ code: 'RESERVATION_NOT_FOUND' });
  });
});
