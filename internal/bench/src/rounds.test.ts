import { expect, it } from 'vitest';
import { median, ratio, toRow } from './rounds.ts';

const result = (callsPerSecond: number, errors = 0) => ({ calls: 0, callsPerSecond, p50: 1, p99: 2, errors });

it('takes the middle of the rounds and the sum of the errors', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([1, 2, 3, 4])).toBe(2);
  expect(toRow('a', 1, [result(10), result(30, 2), result(20, 1)])).toMatchObject({ callsPerSecond: 20, errors: 3 });
});

it('divides at the same number of clients only', () => {
  const rows = [toRow('a', 1, [result(10)]), toRow('b', 1, [result(40)]), toRow('b', 16, [result(1)])];
  expect(ratio(rows, 'a', 'b', 1)).toBe(0.25);
  expect(ratio(rows, 'a', 'b', 16)).toBeUndefined();
});
