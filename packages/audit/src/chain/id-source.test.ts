import { isUuid, systemRandom } from '@wardmesh/core';
import { expect, test } from 'vitest';
import { IdSource } from './id-source.ts';

test('ids are UUIDs of version 4 and never repeat, over many refills', () => {
  const source = new IdSource(systemRandom);
  const ids = new Set(Array.from({ length: 1_000 }, () => source.next()));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(isUuid(id), id).toBe(true);
});

test('ids take all their bits from the source', () => {
  const source = new IdSource({ bytes: (length) => Uint8Array.from({ length }, (_, i) => i) });
  expect(source.next()).toBe('00010203-0405-4607-8809-0a0b0c0d0e0f');
  expect(source.next()).toBe('10111213-1415-4617-9819-1a1b1c1d1e1f');
});
