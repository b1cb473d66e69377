import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOCKOUT_RULES, Lockout } from './lockout.ts';
import type { LockoutState, LockoutStore } from './lockout-store.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

class FakeStore implements LockoutStore {
  readonly states = new Map<string, LockoutState>();
  broken = false;
  saves = 0;

  async load(id: string): Promise<LockoutState | undefined> {
    return this.states.get(id);
  }

  async save(id: string, state: LockoutState | undefined): Promise<void> {
    this.saves++;
    if (this.broken) throw new Error('disk full');
    if (state === undefined) this.states.delete(id);
    else this.states.set(id, structuredClone(state));
  }

  async all(): Promise<ReadonlyMap<string, LockoutState>> {
    if (this.broken) throw new Error('unreadable');
    return new Map(structuredClone([...this.states]));
  }
}

async function failTimes(lockout: Lockout, count: number, now: number) {
  for (let i = 0; i < count - 1; i++) await lockout.fail('a', now);
  return lockout.fail('a', now);
}

describe('lockout', () => {
  verifies('XR-LOCK-1');

  it('has the numbers of the seed', () => {
    expect(LOCKOUT_RULES).toEqual({ attempts: 5, window: 900, duration: 1_800, cap: 86_400, quiet: 604_800 });
  });

  it('locks with the fifth failure for 1800 s and not before', async () => {
    const lockout = await Lockout.open(new FakeStore());
    expect(await failTimes(lockout, 4, START)).toEqual({ allowed: true });
    expect(await lockout.fail('a', START + 1_000)).toEqual({ allowed: false, reason: 'locked', retryAfter: 1_800 });
    expect(lockout.check('a', START + 1_000 + 1_800_000 - 1)).toMatchObject({ allowed: false, retryAfter: 1 });
    expect(lockout.check('a', START + 1_000 + 1_800_000)).toEqual({ allowed: true });
    expect(lockout.check('b', START + 1_000)).toEqual({ allowed: true });
  });

  it('forgets failures older than 900 s', async () => {
    const lockout = await Lockout.open(new FakeStore());
    await failTimes(lockout, 4, START);
    expect(await lockout.fail('a', START + 900_000)).toEqual({ allowed: true });
  });

  it('doubles each lock up to the cap of 24 h', async () => {
    const lockout = await Lockout.open(new FakeStore());
    const locks: number[] = [];
    let now = START;
    for (let i = 0; i < 9; i++) {
      const decision = await failTimes(lockout, 5, now);
      if (decision.allowed) throw new Error('not locked');
      locks.push(decision.retryAfter);
      now += decision.retryAfter * 1_000;
    }
    expect(locks).toEqual([1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 86_400, 86_400]);
  });

  it('a success clears the failures and keeps the doubling until seven quiet days', async () => {
    const lockout = await Lockout.open(new FakeStore());
    await failTimes(lockout, 5, START);
    let now = START + 31 * MINUTE;
    await failTimes(lockout, 4, now);
    await lockout.succeed('a', now);
    expect(await failTimes(lockout, 4, now)).toEqual({ allowed: true });
    expect(await lockout.fail('a', now)).toMatchObject({ retryAfter: 3_600 });
    now += 60 * MINUTE + 7 * DAY;
    expect(await failTimes(lockout, 5, now)).toMatchObject({ retryAfter: 1_800 });
  });

  it('a success does not lift a lock', async () => {
    const lockout = await Lockout.open(new FakeStore());
    await failTimes(lockout, 5, START);
    expect(await lockout.succeed('a', START + 1)).toMatchObject({ allowed: false, reason: 'locked' });
  });

  it('survives a restart, with its doubling', async () => {
    const store = new FakeStore();
    await failTimes(await Lockout.open(store), 5, START);
    const restarted = await Lockout.open(store);
    expect(restarted.check('a', START + 1_000)).toMatchObject({ allowed: false, reason: 'locked', retryAfter: 1_799 });
    expect(await failTimes(restarted, 5, START + 30 * MINUTE)).toMatchObject({ retryAfter: 3_600 });
  });

  it('survives a restart at any point in between: never more tries than without', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (restarts) => {
        const store = new FakeStore();
        let restarting = await Lockout.open(store);
        const steady = await Lockout.open(new FakeStore());
        let now = START;
        for (const restart of restarts) {
          if (restart) restarting = await Lockout.open(store);
          now += 3 * MINUTE;
          expect(restarting.check('a', now)).toEqual(steady.check('a', now));
          expect(await restarting.fail('a', now)).toEqual(await steady.fail('a', now));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a clock set back neither lifts a lock nor makes it longer than it was given', async () => {
    const lockout = await Lockout.open(new FakeStore());
    await failTimes(lockout, 5, START);
    expect(lockout.check('a', START - DAY)).toMatchObject({ allowed: false, retryAfter: 1_800 });
    expect(lockout.check('a', START - DAY + 1_800_000)).toEqual({ allowed: true });
  });

  it('a clock set back does not make failures go away', async () => {
    const lockout = await Lockout.open(new FakeStore());
    await failTimes(lockout, 4, START);
    expect(await lockout.fail('a', START - DAY)).toMatchObject({ allowed: false });
  });

  it('costs a success that has nothing to clear no write', async () => {
    const store = new FakeStore();
    const lockout = await Lockout.open(store);
    await lockout.succeed('a', START);
    expect(store.saves).toBe(0);
  });
});

describe('a lockout store that fails', () => {
  verifies('XR-FAIL-1', 'XR-LOCK-1');

  it('keeps the gateway from starting', async () => {
    const store = new FakeStore();
    store.broken = true;
    await expect(Lockout.open(store)).rejects.toThrow('unreadable');
  });

  it.each(['fail', 'succeed'] as const)(
    'denies the identity whose %s could not be saved, until it is',
    async (what) => {
      const store = new FakeStore();
      const lockout = await Lockout.open(store);
      await lockout.fail('a', START);
      store.broken = true;
      expect(await lockout[what]('a', START)).toEqual({ allowed: false, reason: 'unsaved', retryAfter: 5 });
      expect(lockout.check('a', START + 6_000)).toMatchObject({ allowed: false });
      expect(lockout.check('b', START)).toEqual({ allowed: true });
      store.broken = false;
      lockout.check('a', START + 12_000);
      await new Promise((resolve) => setTimeout(resolve));
      expect(lockout.check('a', START + 12_000)).toEqual({ allowed: true });
      expect(store.states.get('a')?.failures.length ?? 0).toBe(what === 'fail' ? 2 : 0);
    },
  );

  it('denies whoever is unknown where the table is full, until failures expire', async () => {
    const lockout = await Lockout.open(new FakeStore(), { maxIds: 3 });
    for (const id of ['a', 'b', 'c']) await lockout.fail(id, START);
    expect(lockout.check('d', START)).toMatchObject({ allowed: false, reason: 'full' });
    expect(await lockout.fail('d', START)).toMatchObject({ allowed: false, reason: 'full' });
    expect(lockout.check('a', START)).toEqual({ allowed: true });
    expect(lockout.check('d', START + 901_000)).toEqual({ allowed: true });
  });
});
