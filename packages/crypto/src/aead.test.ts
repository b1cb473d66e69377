import { concatBytes, fromHex, toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { open, seal } from './index.ts';

/** Gives the bytes of a vector instead of random ones. */
const fixed = (hex: string) => ({ bytes: () => fromHex(hex) });

describe('AES-256-GCM', () => {
  // The Galois/Counter Mode of Operation (McGrew, Viega), appendix B, test case 16, as in NIST's set.
  const key = fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
  const iv = 'cafebabefacedbaddecaf888';
  const plain = fromHex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  );
  const aad = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const expected =
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662';
  const tag = '76fc6ece0f4e1768cddf8853bb2d551b';

  test('gives iv ‖ ciphertext ‖ tag of the published vector', () => {
    verifies('XR-CRY-1');
    expect(toHex(seal(key, plain, aad, fixed(iv)))).toBe(iv + expected + tag);
    expect(toHex(open(key, fromHex(iv + expected + tag), aad))).toBe(toHex(plain));
  });

  test('opens what it sealed and nothing else', () => {
    verifies('XR-CRY-1');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(),
        (data, bound, at) => {
          const box = seal(key, data, bound);
          expect(box.length).toBe(data.length + 28);
          expect(toHex(open(key, box, bound))).toBe(toHex(data));
          const changed = box.slice();
          changed[at % box.length]! ^= 1 + (at % 255);
          for (const [k, b, a] of [
            [key, changed, bound],
            [key, box.slice(0, -1), bound],
            [key, box.slice(1), bound],
            [key, concatBytes(box, new Uint8Array(1)), bound],
            [key, box, concatBytes(bound, new Uint8Array(1))],
            [key.map((byte) => byte ^ 1), box, bound],
          ] as const) {
            expect(() => open(k, b, a)).toThrow(expect.objectContaining({ code: 'CRYPTO_NOT_GENUINE' }));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses a short box before it touches it, and a tag that was cut', () => {
    for (let length = 0; length < 28; length++) {
      expect(() => open(key, new Uint8Array(length), aad)).toThrow(
        expect.objectContaining({ code: 'CRYPTO_NOT_GENUINE' }),
      );
    }
  });

  test('takes a fresh IV each time', () => {
    verifies('XR-CRY-2');
    const ivs = new Set(Array.from({ length: 2_000 }, () => toHex(seal(key, plain, aad).subarray(0, 12))));
    expect(ivs.size).toBe(2_000);
  });

  test('demands aad', () => {
    expect(() => seal(key, plain, new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'CRYPTO_BAD_INPUT' }));
    expect(() => open(key, seal(key, plain, aad), utf8(''))).toThrow(
      expect.objectContaining({ code: 'CRYPTO_BAD_INPUT' }),
    );
  });
});
