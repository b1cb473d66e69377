import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTilePath, tilePath } from './tile-path.ts';

test('tile paths are those of C2SP tlog-tiles', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
  expect(tilePath({ level: 0, index: 1_000, width: 256 })).toBe('tile/0/x001/000');
});

test('tile paths are parsed back, and no other spelling is', () => {
  fc.assert(
    fc.property(fc.nat(63), fc.nat({ max: 2 ** 40 }), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
    }),
  );
  for (const wrong of [
    '',
    'tile/0/1',
    'tile/0/x000/001',
    'tile/00/001',
    'tile/0/001.p/256',
    'tile/0/001.p/0',
    'tile/64/001',
    'tile/0/001/x002',
    'tile/0/../001',
  ]) {
    expect(parseTilePath(wrong), wrong).toBeUndefined();
  }
});
