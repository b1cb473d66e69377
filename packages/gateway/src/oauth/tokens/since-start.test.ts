import { MemorySingleUse } from '@wardmesh/identity';
import { describe, expect, it } from 'vitest';
import { DPOP_PAST_S } from '../limits.ts';
import { SinceStart } from './since-start.ts';

describe('proofs over a restart', () => {
  const start = 1_000_500;
  const clock = { now: () => start, monotonic: () => 0 };
  /** When the mark of a proof made at `iat`, s, is dropped. */
  const until = (iat: number) => (iat + DPOP_PAST_S + 1) * 1_000;

  it('one made before the start is taken for used; one made since counts once', async () => {
    const uses = new SinceStart(new MemorySingleUse(clock), start);
    expect(await uses.use('old', until(990))).toBe(false);
    expect(await uses.use('new', until(1_001))).toBe(true);
    expect(await uses.use('new', until(1_001))).toBe(false);
  });
});
