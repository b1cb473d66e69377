import { concatBytes, fromHex, toHex, utf8 } from '@wardmesh/core';
import { describe, expect, test } from 'vitest';
import { hkdfRaw } from './hkdf.ts';
import { hkdf } from './index.ts';

const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('HKDF-SHA-256 (RFC 5869 appendix A)', () => {
  test('A.1', () => {
    const okm = hkdfRaw(new Uint8Array(22).fill(0x0b), range(0, 0x0c), range(0xf0, 0xf9), 42);
    expect(toHex(okm)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  });

  test('A.2', () => {
    const okm = hkdfRaw(range(0, 0x4f), range(0x60, 0xaf), range(0xb0, 0xff), 82);
    expect(toHex(okm)).toBe(
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    );
  });

  test('A.3', () => {
    const okm = hkdfRaw(new Uint8Array(22).fill(0x0b), new Uint8Array(0), new Uint8Array(0), 42);
    expect(toHex(okm)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
  });
});

test('hkdf binds the product, its version and the label', () => {
  const master = new Uint8Array(32).fill(5);
  const salt = fromHex('0102');
  expect(toHex(hkdf(master, 'audit/head', 32, salt))).toBe(
    toHex(hkdfRaw(master, salt, concatBytes(utf8('wardmesh/v1/'), utf8('audit/head')), 32)),
  );
  expect(toHex(hkdf(master, 'a'))).not.toBe(toHex(hkdf(master, 'b')));
  expect(toHex(hkdf(master, 'a'))).not.toBe(toHex(hkdf(master, 'a', 32, salt)));
  for (const length of [0, -1, 1.5, 8_161, Number.NaN]) expect(() => hkdf(master, 'a', length)).toThrow(/bytes/);
  for (const label of ['', 'x'.repeat(257), 1, undefined]) expect(() => hkdf(master, label as string)).toThrow(/label/);
});
