import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Concurrency, type Release } from './concurrency.ts';

describe('concurrency', () => {
  verifies('XR-EXEC-3');
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets ten of one principal run and queues the eleventh', async () => {
    const concurrency = new Concurrency();
    const releases = await Promise.all(Array.from({ length: 10 }, () => concurrency.acquire('p')));
    expect(concurrency.tryAcquire('p')).toBeUndefined();
    expect(concurrency.tryAcquire('q')).toBeTypeOf('function');
    let eleventh: Release | undefined;
    const waiting = concurrency.acquire('p').then((release) => {
      eleventh = release;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(eleventh).toBeUndefined();
    releases[3]!();
    await waiting;
    expect(concurrency.active('p')).toBe(10);
  });

  it('releases a slot once, however often it is told to', async () => {
    const concurrency = new Concurrency({ max: 2 });
    const first = await concurrency.acquire('p');
    await concurrency.acquire('p');
    first();
    first();
    expect(concurrency.active('p')).toBe(1);
    await concurrency.acquire('p');
    first();
    expect(concurrency.tryAcquire('p')).toBeUndefined();
  });

  it('refuses with retryAfter where the queue is full', async () => {
    const concurrency = new Concurrency({ max: 1, queue: 1 });
    await concurrency.acquire('p');
    void concurrency.acquire('p').catch(() => undefined);
    await expect(concurrency.acquire('p')).rejects.toMatchObject({
      code: 'LIMITS_CONCURRENCY_EXCEEDED',
      retryAfter: 1,
    });
  });

  it('refuses with retryAfter after the wait, and the slot goes to the next', async () => {
    const concurrency = new Concurrency({ max: 1, timeout: 1_000 });
    const release = await concurrency.acquire('p');
    const late = expect(concurrency.acquire('p')).rejects.toMatchObject({
      code: 'LIMITS_QUEUE_TIMEOUT',
      retryAfter: 1,
    });
    await vi.advanceTimersByTimeAsync(600);
    const next = concurrency.acquire('p');
    await vi.advanceTimersByTimeAsync(600);
    await late;
    release();
    (await next)();
    expect(concurrency.active('p')).toBe(0);
  });

  it('an abort leaves the queue and takes no slot', async () => {
    const concurrency = new Concurrency({ max: 1 });
    const release = await concurrency.acquire('p');
    const controller = new AbortController();
    const left = expect(concurrency.acquire('p', controller.signal)).rejects.toMatchObject({
      code: 'LIMITS_QUEUE_ABORTED',
    });
    controller.abort();
    await left;
    release();
    expect(concurrency.active('p')).toBe(0);
    await expect(concurrency.acquire('p', AbortSignal.abort())).rejects.toMatchObject({ code: 'LIMITS_QUEUE_ABORTED' });
    expect(concurrency.active('p')).toBe(0);
  });

  it('serves in turn and never runs more than the limit, whatever order things happen in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('acquire', 'release', 'abort', 'wait'), { maxLength: 80 }),
        async (steps) => {
          const concurrency = new Concurrency({ max: 3, queue: 4, timeout: 50 });
          const held: Release[] = [];
          const served: number[] = [];
          const controllers: AbortController[] = [];
          for (const [i, step] of steps.entries()) {
            if (step === 'acquire') {
              const controller = new AbortController();
              controllers.push(controller);
              concurrency.acquire('p', controller.signal).then(
                (release) => {
                  served.push(i);
                  held.push(release);
                },
                () => undefined,
              );
            } else if (step === 'release') held.shift()?.();
            else if (step === 'abort') controllers.pop()?.abort();
            else await vi.advanceTimersByTimeAsync(30);
            await vi.advanceTimersByTimeAsync(0);
            expect(concurrency.active('p')).toBeLessThanOrEqual(3);
            expect(held.length).toBe(concurrency.active('p'));
          }
          expect(served).toEqual([...served].sort((a, b) => a - b));
          await vi.advanceTimersByTimeAsync(60);
          for (const release of held) release();
          expect(concurrency.active('p')).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
