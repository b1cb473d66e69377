import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestClock } from './clock.fixture.ts';
import { padFailure } from './constant-time.ts';

describe('the time of a refusal', () => {
  verifies('XR-ERR-2');

  it('is a whole multiple of the minimum, whatever the work took', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2_000 }), async (work) => {
        const clock = new TestClock();
        clock.pass(work);
        await padFailure(clock, clock.sleep, 0, 250);
        expect(clock.monotonic()).toBe(Math.max(1, Math.ceil(work / 250)) * 250);
      }),
    );
  });

  it('is no shorter where timers fire early, and ends where they do not work', async () => {
    const clock = new TestClock();
    await padFailure(clock, async (time) => clock.pass(Math.max(1, time - 1)), 0, 250);
    expect(clock.monotonic()).toBe(250);
    let slept = 0;
    await padFailure(new TestClock(), async () => void slept++, 0, 250);
    expect(slept).toBe(4);
  });

  it('does not depend on the wall clock', async () => {
    const clock = new TestClock();
    clock.wall -= 1e9;
    await padFailure(clock, clock.sleep, 0, 250);
    expect(clock.monotonic()).toBe(250);
  });
});
