import { describe, expect, it } from 'vitest';
import { systemRandom } from './ports.ts';

describe('systemRandom', () => {
  it('never gives the same bytes twice, over many refills of what it drew ahead', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2_000; i++) {
      const bytes = systemRandom.bytes(1 + (i % 64) + 8);
      expect(bytes).toHaveLength(1 + (i % 64) + 8);
      seen.add(bytes.join());
    }
    expect(seen.size).toBe(2_000);
  });
});
