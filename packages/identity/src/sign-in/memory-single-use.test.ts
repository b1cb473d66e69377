import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START, TestClock } from '../clock.fixture.ts';
import { MemorySingleUse } from './memory-single-use.ts';

describe('single use', () => {
  it('is once for each id, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', '__proto__')), async (ids) => {
        const used = new MemorySingleUse(new TestClock());
        const seen = new Set<string>();
        for (const id of ids) {
          expect(await used.use(id, START + 1_000)).toBe(!seen.has(id));
          seen.add(id);
        }
      }),
    );
  });

  it('forgets nothing that still counts: a full table refuses', async () => {
    const clock = new TestClock();
    const used = new MemorySingleUse(clock, 2);
    await used.use('a', START + 5_000);
    await used.use('b', START + 9_000);
    await expect(used.use('c', START + 9_000)).rejects.toThrow('too many');
    clock.pass(5_000);
    expect(await used.use('c', START + 9_000)).toBe(true);
    expect(await used.use('b', START + 9_000).catch(() => false)).toBe(false);
  });

  it('walks a full table once a second at most', async () => {
    const clock = new TestClock();
    const used = new MemorySingleUse(clock, 1);
    await used.use('a', START + 500);
    await expect(used.use('b', START + 9_000)).rejects.toThrow();
    clock.pass(999);
    await expect(used.use('b', START + 9_000)).rejects.toThrow();
    clock.pass(1);
    expect(await used.use('b', START + 9_000)).toBe(true);
  });
});
