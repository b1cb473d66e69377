import { fromHex, toHex, utf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HmacKey } from './hmac-key.ts';
import { contentHash, hmacSha256, sha256, sha256Hex, sha256Text } from './index.ts';
import { sha256 as webSha256 } from './web.ts';

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

describe('SHA-256 (FIPS 180-4 examples)', () => {
  const cases = [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ] as const;
  for (const [text, hex] of cases) {
    test(`of ${JSON.stringify(text.slice(0, 12))}`, () => {
      expect(sha256Hex(utf8(text))).toBe(hex);
      expect(toHex(sha256(utf8(text)))).toBe(hex);
      expect(toHex(sha256Text(text))).toBe(hex);
      expect(toHex(webSha256(utf8(text)))).toBe(hex);
      expect(contentHash(utf8(text))).toBe(`sha256:${hex}`);
    });
  }

  test('is the same in Node and in the browser entry', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => toHex(sha256(data)) === toHex(webSha256(data))));
  });
});

describe('HMAC-SHA-256 (RFC 4231 §4)', () => {
  const cases: readonly (readonly [string, Uint8Array, Uint8Array, string])[] = [
    ['case 1', filled(20, 0x0b), utf8('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      'case 2',
      utf8('Jefe'),
      utf8('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ['case 3', filled(20, 0xaa), filled(50, 0xdd), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [
      'case 4',
      fromHex('0102030405060708090a0b0c0d0e0f10111213141516171819'),
      filled(50, 0xcd),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
    [
      'case 6',
      filled(131, 0xaa),
      utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      'case 7',
      filled(131, 0xaa),
      utf8(
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      ),
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ];
  for (const [name, key, data, hex] of cases) {
    test(name, () => {
      expect(toHex(hmacSha256(key, data))).toBe(hex);
      expect(new HmacKey(key).hex(data)).toBe(hex);
      expect(toHex(new HmacKey(key).bytes(data))).toBe(hex);
    });
  }
});
