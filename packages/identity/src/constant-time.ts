import type { Clock } from '@wardmesh/core';
import type { Sleep } from './sign-in/ports.ts';

/**
 * Resolves `floor` ms after `start`, or after the next whole multiple of it where that has passed: how long a refusal
 * takes tells nothing of where it failed (XR-ERR-2). @param start by the monotonic clock
 */
export async function padFailure(clock: Clock, sleep: Sleep, start: number, floor: number): Promise<void> {
  const elapsed = clock.monotonic() - start;
  const until = Math.max(1, Math.ceil(elapsed / floor)) * floor;
  // A timer may fire early by a fraction; the rest is waited for, but never without end.
  for (let tries = 0; tries < 4; tries++) {
    const left = until - (clock.monotonic() - start);
    if (left <= 0) return;
    await sleep(left);
  }
}
