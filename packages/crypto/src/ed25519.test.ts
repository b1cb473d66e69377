import { fromHex, toHex, utf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519Verify, signingKeyFromSeed } from './index.ts';

/** RFC 8032 §7.1: seed, public key, message, signature. */
const VECTORS = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

describe('Ed25519', () => {
  for (const [i, [seed, publicKey, message, signature]] of VECTORS.entries()) {
    test(`RFC 8032 §7.1 test ${i + 1}`, () => {
      const key = signingKeyFromSeed(fromHex(seed));
      expect(toHex(key.publicKey)).toBe(publicKey);
      expect(toHex(key.sign(fromHex(message)))).toBe(signature);
      expect(ed25519Verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
    });
  }

  test('accepts no other message, key or signature', () => {
    const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(511), (message, bit) => {
        const signature = key.sign(message);
        expect(ed25519Verify(key.publicKey, message, signature)).toBe(true);
        const flipped = signature.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(ed25519Verify(key.publicKey, message, flipped)).toBe(false);
        expect(ed25519Verify(key.publicKey, Uint8Array.from([...message, 0]), signature)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('refuses S + L, which RFC 8032 §5.1.7 forbids', () => {
    const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
    const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
    const signature = key.sign(utf8('m'));
    let s = 0n;
    for (let i = 63; i >= 32; i--) s = (s << 8n) | BigInt(signature[i]!);
    s += L;
    const malleated = signature.slice();
    for (let i = 32; i < 64; i++, s >>= 8n) malleated[i] = Number(s & 255n);
    expect(ed25519Verify(key.publicKey, utf8('m'), malleated)).toBe(false);
  });

  test('refuses keys of small order, in every spelling', () => {
    const small = [
      '0100000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000080',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000080',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    ];
    for (const hex of small) {
      // R = A, S = 0 satisfies the equation of a lax verifier for many messages.
      const signature = new Uint8Array(64);
      signature.set(fromHex(hex));
      for (let i = 0; i < 16; i++) expect(ed25519Verify(fromHex(hex), utf8(`m${i}`), signature), hex).toBe(false);
    }
  });

  test('is false, not an error, for what is no key, message or signature', () => {
    const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
    const good = key.sign(utf8('m'));
    for (const wrong of [undefined, null, 1, 'x', [], {}, new Uint8Array(0), new Uint8Array(31), new Uint8Array(65)]) {
      expect(ed25519Verify(wrong as Uint8Array, utf8('m'), good)).toBe(false);
      expect(ed25519Verify(key.publicKey, utf8('m'), wrong as Uint8Array)).toBe(false);
    }
    expect(ed25519Verify(key.publicKey, 'm' as never, good)).toBe(false);
  });
});
