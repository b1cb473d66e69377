import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAmount } from './amount.ts';
import {
  addDecimals,
  ceilDecimal,
  compareDecimals,
  decimal,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from './decimal.ts';
import { formatXrp, parseDrops, parseXrp } from './drops.ts';

const arbitrary = fc
  .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: -40, max: 40 }))
  .map(([mantissa, exponent]) => decimal(mantissa, exponent));

describe('amounts', () => {
  verifies('XR-VAL-3');

  test.each([
    ['0', 0n],
    ['1', 1n],
    ['100000000000000000', 10n ** 17n],
  ])('reads %s drops', (text, drops) => {
    expect(parseDrops(text)).toEqual({ ok: true, value: drops });
  });

  test.each(['100000000000000001', '', '-1', '+1', '01', '1.0', '1e3', ' 1', '0x10', '１', '9'.repeat(40)])(
    'refuses %j drops',
    (text) => {
      expect(parseDrops(text).ok).toBe(false);
    },
  );

  test.each([
    ['0.000001', 1n],
    ['1', 1_000_000n],
    ['100000000000', 10n ** 17n],
    ['0.1', 100_000n],
    ['9007199254.740993', 9_007_199_254_740_993n],
  ])('reads %s XRP exactly', (text, drops) => {
    expect(parseXrp(text)).toEqual({ ok: true, value: drops });
  });

  test.each(['0.0000001', '100000000000.000001', '.5', '5.', '1,000', '-1', '1e2', 'NaN'])('refuses %j XRP', (text) => {
    expect(parseXrp(text).ok).toBe(false);
  });

  test('formatting reads back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (drops) => {
        expect(unwrap(parseXrp(formatXrp(drops).replace(' XRP', '')))).toBe(drops);
      }),
    );
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(unwrap(parseDecimal(formatDecimal(value)))).toEqual(value);
      }),
    );
  });

  test('decimal arithmetic agrees with whole numbers of a common unit', () => {
    const scaled = ({ mantissa, exponent }: { mantissa: bigint; exponent: number }) =>
      mantissa * 10n ** BigInt(exponent + 100);
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        expect(scaled(addDecimals(a, b))).toBe(scaled(a) + scaled(b));
        expect(scaled(multiplyDecimals(a, b)) * 10n ** 100n).toBe(scaled(a) * scaled(b));
        expect(compareDecimals(a, b)).toBe(scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0);
      }),
    );
  });

  test('rounds what is spent up', () => {
    expect(ceilDecimal(decimal(1n, -9))).toBe(1n);
    expect(ceilDecimal(decimal(10n))).toBe(10n);
    expect(ceilDecimal(decimal(101n, -1))).toBe(11n);
  });

  test.each([
    null,
    5,
    {},
    { value: '1' },
    { value: '1', currency: 'USD' },
    { value: 1, currency: 'USD', issuer: 'r' },
    { value: '-1', mpt_issuance_id: '00'.repeat(24) },
  ])('refuses %j as an amount', (json) => {
    expect(parseAmount(json).ok).toBe(false);
  });

  test('no floating point touches money: the sources never ask for a double', () => {
    const root = join(import.meta.dirname, '..');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const banned = /parseFloat|\bNumber\(|toFixed|Math\.(?:round|pow|trunc)/;
    expect(banned.test('Number(drops)')).toBe(true);
    const offenders = files.filter((name) => banned.test(readFileSync(join(root, name), 'utf8')));
    expect(files.length).toBeGreaterThan(10);
    expect(offenders).toEqual([]);
  });
});
