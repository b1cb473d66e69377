import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('byte codecs', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('base64 of %j is %j (RFC 4648 §10)', (text, encoded) => {
    expect(toBase64(utf8(text))).toBe(encoded);
    expect(fromUtf8(fromBase64(encoded))).toBe(text);
    expect(toBase64Url(utf8(text))).toBe(encoded.replaceAll('=', ''));
  });

  it('read back what they wrote, as Buffer does', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(fromHex(toHex(value))).toEqual(value);
        expect(fromBase64(toBase64(value))).toEqual(value);
        expect(fromBase64Url(toBase64Url(value))).toEqual(value);
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'));
        expect(toBase64(value)).toBe(Buffer.from(value).toString('base64'));
        expect(toBase64Url(value)).toBe(Buffer.from(value).toString('base64url'));
      }),
    );
  });

  it('carry more than one chunk of characters', () => {
    const large = new Uint8Array(100_000).fill(0xa5);
    expect(fromBase64(toBase64(large))).toEqual(large);
  });

  it.each(['Zg', 'Zg=', 'Zh==', 'Zg==\n', ' Zg==', 'Z-==', 'Zm9v=', '!'])('refuse the base64 %j', (text) => {
    expect(() => fromBase64(text)).toThrow(RangeError);
  });

  it.each(['Zg==', 'Zh', 'Z', 'Zm+v', 'Zm 9', 'ä'])('refuse the base64url %j', (text) => {
    expect(() => fromBase64Url(text)).toThrow(RangeError);
  });

  it.each(['0', '0g', ' 00', '0x00', '０0'])('refuse the hex %j', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });

  it.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])('refuse the UTF-8 %j', (value) => {
    expect(() => fromUtf8(Uint8Array.from(value))).toThrow(TypeError);
  });

  it('keep a byte order mark', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });
});

describe('bytes', () => {
  it('join in order', () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        expect(concatBytes(...parts)).toEqual(Uint8Array.from(parts.flatMap((part) => [...part])));
      }),
    );
  });

  it('are equal when every byte is', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), (a, b, pick) => {
        expect(equalBytes(a, a.slice())).toBe(true);
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
        if (a.length === 0) return;
        const flipped = a.slice();
        flipped[pick % a.length]! ^= 1 << (pick % 8);
        expect(equalBytes(a, flipped)).toBe(false);
      }),
    );
  });
});
