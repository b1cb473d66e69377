import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

describe('BoundedCache', () => {
  it('forgets what was used longest ago', () => {
    const cache = new BoundedCache<string, number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('never holds more than its capacity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 20 })), (capacity, keys) => {
        const cache = new BoundedCache<number, number>(capacity);
        for (const key of keys) {
          cache.set(key, key);
          expect(cache.size).toBeLessThanOrEqual(capacity);
          expect(cache.get(key)).toBe(key);
        }
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the capacity %s', (capacity) => {
    expect(() => new BoundedCache(capacity)).toThrow(RangeError);
  });
});
