import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimits } from './rate-limits.ts';
import { RATE_TIERS, type RateTier } from './tiers.ts';

/** The definition, written as plainly as it can be: every admission is kept, every question is counted anew. */
class Reference {
  readonly admitted: number[] = [];
  readonly tier: RateTier;
  tokens: number;
  last = 0;

  constructor(tier: RateTier) {
    this.tier = tier;
    // In units of 1/window of a token, so that the arithmetic is exact.
    this.tokens = this.capacity;
  }

  get capacity(): number {
    return (this.tier.requests + this.tier.burst) * this.tier.window * 1_000;
  }

  consume(time: number): boolean {
    const window = this.tier.window * 1_000;
    this.tokens = Math.min(this.capacity, this.tokens + (time - this.last) * this.tier.requests);
    this.last = time;
    const inWindow = this.admitted.filter((at) => at > time - window).length;
    if (inWindow >= this.tier.requests + this.tier.burst || this.tokens < window) return false;
    this.tokens -= window;
    this.admitted.push(time);
    return true;
  }
}

const tiers = fc.record({
  requests: fc.integer({ min: 1, max: 30 }),
  window: fc.integer({ min: 1, max: 10 }),
  burst: fc.integer({ min: 0, max: 10 }),
});
const steps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 12_000 })),
  {
    maxLength: 300,
  },
);

/** No window, wherever it starts, holds more admissions than requests + burst. */
function windowBound(make: (tier: RateTier) => (time: number) => boolean) {
  return fc.property(tiers, steps, (tier, pauses) => {
    const consume = make(tier);
    const admitted: number[] = [];
    let time = 0;
    for (const pause of pauses) {
      time += pause;
      for (let i = 0; i < 3; i++) if (consume(time)) admitted.push(time);
    }
    return admitted.every((start) => {
      const within = admitted.filter((at) => at >= start && at < start + tier.window * 1_000).length;
      return within <= tier.requests + tier.burst;
    });
  });
}

describe('rate tiers', () => {
  verifies('XR-RATE-1');

  it('are those of the seed, frozen', () => {
    expect(RATE_TIERS).toEqual({
      standard: { requests: 100, window: 60, burst: 10 },
      strict: { requests: 20, window: 60, burst: 2 },
      critical: { requests: 5, window: 300, burst: 0 },
    });
    expect(Object.isFrozen(RATE_TIERS) && Object.values(RATE_TIERS).every(Object.isFrozen)).toBe(true);
  });

  it.each([
    ['standard', 110],
    ['strict', 22],
    ['critical', 5],
  ] as const)('%s admits %i at once and refuses the next', (tier, most) => {
    const limits = new RateLimits();
    const decisions = Array.from({ length: most + 1 }, () => limits.consume('k', tier, 1_000));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([...Array(most).fill(true), false]);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([...Array(most).keys()].reverse().concat(0));
  });

  it('decides as the naive reference does', () => {
    fc.assert(
      fc.property(tiers, steps, (tier, pauses) => {
        const limits = new RateLimits({ tiers: { strict: tier } });
        const reference = new Reference(tier);
        let time = 0;
        limits.consume('start', 'strict', 0);
        for (const pause of pauses) {
          time += pause;
          expect(limits.consume('k', 'strict', time).allowed).toBe(reference.consume(time));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never admits more than requests + burst in any window, also over its boundaries', () => {
    fc.assert(
      windowBound((tier) => {
        const limits = new RateLimits({ tiers: { strict: tier } });
        return (time) => limits.consume('k', 'strict', time).allowed;
      }),
      { numRuns: 100 },
    );
  });

  it('control: a fixed window, which doubles at its boundary, is caught', () => {
    const fixed = (tier: RateTier) => {
      const window = tier.window * 1_000;
      let [start, count] = [0, 0];
      return (time: number) => {
        if (time - start >= window) [start, count] = [time - (time % window), 0];
        return count++ < tier.requests + tier.burst;
      };
    };
    expect(fc.check(windowBound(fixed), { numRuns: 1_000 }).failed).toBe(true);
  });

  it('admits exactly after retryAfter, and not a second before where it is longer', () => {
    fc.assert(
      fc.property(tiers, steps, (tier, pauses) => {
        const limits = new RateLimits({ tiers: { strict: tier } });
        let time = 0;
        for (const pause of pauses) {
          time += pause;
          const decision = limits.consume('k', 'strict', time);
          if (decision.allowed) continue;
          const wait = decision.retryAfter!;
          expect(Number.isInteger(wait) && wait >= 1).toBe(true);
          if (wait > 1) expect(limits.consume('k', 'strict', time + (wait - 1) * 1_000).allowed).toBe(false);
          time += wait * 1_000;
          expect(limits.consume('k', 'strict', time).allowed).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is full again at resetAt and not before', () => {
    const limits = new RateLimits();
    for (let i = 0; i < 7; i++) limits.consume('k', 'strict', 5_000);
    const { resetAt } = limits.consume('k', 'strict', 6_000);
    expect(limits.consume('k', 'strict', resetAt).remaining).toBe(21);
    const again = new RateLimits();
    for (let i = 0; i < 7; i++) again.consume('k', 'strict', 5_000);
    const early = again.consume('k', 'strict', 6_000).resetAt - 1;
    expect(again.consume('k', 'strict', early).remaining).toBeLessThan(21);
  });

  it('holds its bound in tiers too large for an exact window', () => {
    const tier = { requests: 20_000, window: 10, burst: 1_000 };
    const limits = new RateLimits({ tiers: { standard: tier } });
    const admitted: number[] = [];
    for (let time = 0; time < 30_000; time += 7) {
      for (let i = 0; i < 25; i++) if (limits.consume('k', 'standard', time).allowed) admitted.push(time);
    }
    let oldest = 0;
    for (const [i, time] of admitted.entries()) {
      while (admitted[oldest]! <= time - 10_000) oldest++;
      expect(i - oldest + 1).toBeLessThanOrEqual(21_000);
    }
    // All but the grain is used: 21,000 at first, then 20,000 each ten seconds.
    expect(admitted.length).toBeGreaterThan(60_000);
  });

  it('keeps keys and tiers apart', () => {
    const limits = new RateLimits();
    for (let i = 0; i < 5; i++) limits.consume('a', 'critical', 0);
    expect(limits.consume('a', 'critical', 0).allowed).toBe(false);
    expect(limits.consume('b', 'critical', 0).allowed).toBe(true);
    expect(limits.consume('a', 'strict', 0).allowed).toBe(true);
  });

  it.each([
    [{ requests: 0, window: 60, burst: 0 }],
    [{ requests: 1.5, window: 60, burst: 0 }],
    [{ requests: 1, window: 0, burst: 0 }],
    [{ requests: 1, window: 60, burst: -1 }],
    [{ requests: Number.NaN, window: 60, burst: 0 }],
    [{ requests: 1, window: 86_401, burst: 0 }],
  ])('refuses the tier %o', (strict) => {
    expect(() => new RateLimits({ tiers: { strict } })).toThrow(
      expect.objectContaining({ code: 'LIMITS_CONFIGURATION_INVALID' }),
    );
  });
});

describe('a clock that jumps', () => {
  verifies('XR-RATE-1');

  it('set back neither opens the limiter nor locks it', () => {
    const limits = new RateLimits();
    const day = 86_400_000;
    for (let i = 0; i < 22; i++) limits.consume('k', 'strict', day);
    expect(limits.consume('k', 'strict', 0).allowed).toBe(false);
    expect(limits.consume('k', 'strict', 1).allowed).toBe(false);
    expect(limits.consume('k', 'strict', 60_001).allowed).toBe(true);
  });

  it('has no effect at all with a monotonic clock', () => {
    let elapsed = 0;
    const limits = new RateLimits({ clock: { monotonic: () => elapsed } });
    for (let i = 0; i < 22; i++) limits.consume('k', 'strict', 1_000);
    expect(limits.consume('k', 'strict', 86_400_000).allowed).toBe(false);
    expect(limits.consume('k', 'strict', 0).allowed).toBe(false);
    elapsed = 60_000;
    expect(limits.consume('k', 'strict', 0).allowed).toBe(true);
  });
});

describe('memory', () => {
  it('forgets idle keys as new ones come', () => {
    const limits = new RateLimits({ maxKeys: 1_000 });
    for (let i = 0; i < 100_000; i++) limits.consume(`k${i}`, 'strict', i * 1_000);
    expect(limits.size).toBeLessThan(200);
  });

  it('refuses new keys, not known ones, where all keys are in use', () => {
    const limits = new RateLimits({ maxKeys: 100 });
    for (let i = 0; i < 100; i++) limits.consume(`k${i}`, 'strict', 0);
    const refused = limits.consume('one more', 'strict', 0);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfter: 1 });
    expect(limits.consume('k5', 'strict', 0).allowed).toBe(true);
    expect(limits.size).toBe(100);
    expect(limits.consume('one more', 'strict', 61_000).allowed).toBe(true);
  });

  it('forgetting a key never gives it more', () => {
    const limits = new RateLimits({ maxKeys: 10 });
    for (let i = 0; i < 5; i++) limits.consume('k', 'critical', 0);
    for (let i = 0; i < 1_000; i++) limits.consume(`other${i}`, 'strict', 1_000 + i * 100);
    expect(limits.consume('k', 'critical', 200_000).allowed).toBe(false);
  });
});
