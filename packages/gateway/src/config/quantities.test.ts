import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from './quantities.ts';

describe('quantities', () => {
  it.each([
    ['0ms', 0],
    ['30s', 30_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['7y', 220_752_000_000],
  ])('reads the duration %s', (text, value) => expect(parseDuration(text)).toBe(value));

  it.each(['', '30', '1.5h', '-1s', '01s', '1 s', '1M', '1h30m', '1000000000s', '١s'])(
    'refuses the duration %j',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  it.each(['', '5', '5MB', '5mib', '0x5B', '1e3B'])('refuses the size %j', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  );

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), (value) => {
        expect(parseDuration(formatDuration(value))).toBe(value);
        expect(parseSize(formatSize(value))).toBe(value);
      }),
    );
    expect(formatDuration(600_000)).toBe('10m');
    expect(formatSize(52_428_800)).toBe('50MiB');
  });
});
