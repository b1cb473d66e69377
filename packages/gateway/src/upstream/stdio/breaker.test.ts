import { describe, expect, it } from 'vitest';
import { BACKOFF_FIRST_MS, BACKOFF_LARGEST_MS, BACKOFF_PATIENCE_MS } from '../limits.ts';
import { Breaker } from './breaker.ts';

function make(options: { maxCrashes?: number; windowMs?: number; cooldownMs?: number } = {}) {
  let now = 1_000;
  const clock = { now: () => now, monotonic: () => now };
  // The middle of the jitter: each pause is 3/4 of its step.
  const random = { bytes: (length: number) => new Uint8Array(length).fill(128) };
  const breaker = new Breaker({ maxCrashes: 100, windowMs: 3_600_000, cooldownMs: 60_000, ...options }, clock, random);
  return { breaker, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('the crash-loop breaker', () => {
  it('admits a first start at once', () => {
    expect(make().breaker.admit()).toBe(0);
  });

  it('doubles the pause, up to its largest', () => {
    const { breaker, pass } = make();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      breaker.crashed();
      waits.push(breaker.admit());
    }
    expect(waits).toEqual([1, 2, 4, 8].map((factor) => 0.75 * factor * BACKOFF_FIRST_MS));
    for (let i = 0; i < 20; i++) breaker.crashed();
    // Too long to wait for: said, with the time.
    expect(0.75 * BACKOFF_LARGEST_MS).toBeGreaterThan(BACKOFF_PATIENCE_MS);
    expect(() => breaker.admit()).toThrow(expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', retryAfter: 23 }));
    expect(breaker.state).toBe('backing-off');
    pass(BACKOFF_LARGEST_MS);
    expect(breaker.admit()).toBe(0);
  });

  it('opens after too many crashes, tries once, and opens again at the next', () => {
    const { breaker, pass } = make({ maxCrashes: 3, cooldownMs: 60_000 });
    expect([breaker.crashed(), breaker.crashed(), breaker.crashed()]).toEqual([undefined, undefined, 60]);
    expect(breaker.state).toBe('open');
    expect(() => breaker.admit()).toThrow(expect.objectContaining({ code: 'UPSTREAM_BREAKER_OPEN', retryAfter: 60 }));
    pass(60_000);
    expect(breaker.admit()).toBe(0);
    expect(breaker.crashed()).toBe(60);
  });

  it('forgets crashes that are long ago', () => {
    const { breaker, pass } = make({ maxCrashes: 2, windowMs: 1_000 });
    breaker.crashed();
    expect(breaker.isQuiet).toBe(false);
    pass(1_000);
    expect(breaker.isQuiet).toBe(true);
    expect(breaker.crashed()).toBeUndefined();
  });
});
