import { describe, expect, test } from 'vitest';
import * as crypto from '../src/index.ts';
import * as web from '../src/web.ts';

const key = new Uint8Array(32);
const data = new Uint8Array(3);
const WRONG = [
  undefined,
  null,
  0,
  1.5,
  Number.NaN,
  '',
  'text',
  true,
  [],
  [1, 2],
  {},
  () => 1,
  Symbol('s'),
  1n,
  new ArrayBuffer(32),
  new Uint16Array(16),
];

/** Every public function that takes bytes, with one argument at a time replaced by what is not bytes. */
const CALLS: Readonly<Record<string, (bad: never) => unknown>> = {
  'seal key': (bad) => crypto.seal(bad, data, data),
  'seal plaintext': (bad) => crypto.seal(key, bad, data),
  'seal aad': (bad) => crypto.seal(key, data, bad),
  'open key': (bad) => crypto.open(bad, data, data),
  'open box': (bad) => crypto.open(key, bad, data),
  'open aad': (bad) => crypto.open(key, data, bad),
  sha256: (bad) => crypto.sha256(bad),
  sha256Hex: (bad) => crypto.sha256Hex(bad),
  contentHash: (bad) => crypto.contentHash(bad),
  'hmac key': (bad) => crypto.hmacSha256(bad, data),
  'hmac data': (bad) => crypto.hmacSha256(key, bad),
  'hkdf master': (bad) => crypto.hkdf(bad, 'label'),
  signingKeyFromSeed: (bad) => crypto.signingKeyFromSeed(bad),
  sign: (bad) => crypto.signingKeyFromSeed(key).sign(bad),
  SealingKey: (bad) => new crypto.SealingKey({ keyId: 'k', key: bad }),
  HmacKey: (bad) => new crypto.HmacKey(bad),
};

describe('what is not bytes', () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`is refused by ${name}, and its value is not told`, () => {
      for (const bad of WRONG) {
        if (name === 'hmac key' && bad instanceof Uint8Array) continue;
        expect(() => call(bad as never)).toThrow(expect.objectContaining({ code: 'CRYPTO_BAD_INPUT' }));
      }
    });
  }

  test('is refused by the browser entry', () => {
    for (const bad of WRONG) expect(() => web.sha256(bad as never)).toThrow(TypeError);
  });

  test('keys of another length are refused', () => {
    for (const length of [0, 16, 31, 33]) {
      expect(() => crypto.seal(new Uint8Array(length), data, data)).toThrow(/32 bytes/);
      expect(() => crypto.signingKeyFromSeed(new Uint8Array(length))).toThrow(/32 bytes/);
    }
  });
});
