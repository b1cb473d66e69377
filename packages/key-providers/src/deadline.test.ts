import { afterEach, expect, test, vi } from 'vitest';
import { withinDeadline } from './deadline.ts';

afterEach(() => void vi.useRealTimers());

test('a provider that never answers is given up', async () => {
  vi.useFakeTimers();
  const waiting = expect(withinDeadline(new Promise(() => undefined), 15_000)).rejects.toMatchObject({
    code: 'VAULT_PROVIDER_UNAVAILABLE',
  });
  await vi.advanceTimersByTimeAsync(15_000);
  await waiting;
});

test('an answer in time passes, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  expect(await withinDeadline(Promise.resolve(7), 15_000)).toBe(7);
  await expect(withinDeadline(Promise.reject(new Error('no')), 15_000)).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});
