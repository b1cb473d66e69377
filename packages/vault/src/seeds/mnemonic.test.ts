import { inspect } from 'node:util';
import { entropyToMnemonic, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { type Random, systemRandom, toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMnemonic, normaliseMnemonic, seedOfMnemonic, type WordCount } from './mnemonic.ts';

const ABANDON = `${'abandon '.repeat(11)}about`;
const invalid = expect.objectContaining({ code: 'VAULT_SEED_INVALID' });
const COUNTS: readonly WordCount[] = [12, 15, 18, 21, 24];

const anyMnemonic = fc
  .constantFrom(...COUNTS)
  .chain((count) => fc.uint8Array({ minLength: (count * 4) / 3, maxLength: (count * 4) / 3 }))
  .map((entropy) => entropyToMnemonic(entropy, wordlist));

describe('a mnemonic', () => {
  verifies('XR-SEED-1');

  test.each([
    [
      ABANDON,
      'c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
    ],
    [
      'legal winner thank year wave sausage worth useful legal winner thank yellow',
      '2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607',
    ],
  ])('has the seed of the published vector: %s', (words, seed) => {
    expect(toHex(seedOfMnemonic(normaliseMnemonic(utf8(words)), utf8('TREZOR')).getBuffer())).toBe(seed);
  });

  test('of 12, 15, 18, 21 or 24 words reads as the reference library reads it', () => {
    fc.assert(
      fc.property(anyMnemonic, fc.boolean(), (words, shout) => {
        const untidy = ` ${shout ? words.toUpperCase() : words}\n`.replaceAll(' ', '\t ');
        const mnemonic = normaliseMnemonic(utf8(untidy));
        expect(mnemonic.getBuffer().toString()).toBe(words);
        expect(toHex(seedOfMnemonic(mnemonic).getBuffer())).toBe(toHex(mnemonicToSeedSync(words)));
      }),
      { numRuns: 40 },
    );
  });

  test.each([0, 1, 11, 13, 14, 16, 20, 23, 25, 36])('of %i words is refused', (count) => {
    const words = Array.from({ length: count }, () => 'abandon').join(' ');
    expect(() => normaliseMnemonic(utf8(words))).toThrow(invalid);
  });

  test('with a wrong checksum, a swapped or an unknown word is refused', () => {
    expect(() => normaliseMnemonic(utf8('abandon '.repeat(12)))).toThrow(invalid);
    expect(() => normaliseMnemonic(utf8(ABANDON.replace('about', 'abou')))).toThrow(invalid);
    expect(() => normaliseMnemonic(utf8(ABANDON.replace('about', 'aboutt')))).toThrow(invalid);
    expect(() => normaliseMnemonic(utf8(ABANDON.replace('about', 'ab\u00f6ut')))).toThrow(invalid);
    const winner = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
    expect(() => normaliseMnemonic(utf8(winner.replace('legal winner', 'winner legal')))).toThrow(invalid);
  });

  test('never has one of its words in an error', () => {
    fc.assert(
      fc.property(anyMnemonic, fc.nat(11), (words, at) => {
        const spoiled = words.split(' ');
        spoiled[at] = 'zzcanary';
        let thrown: unknown;
        try {
          normaliseMnemonic(utf8(spoiled.join(' ')));
        } catch (error) {
          thrown = error;
        }
        const shown = `${inspect(thrown, { depth: 9, showHidden: true })}${JSON.stringify(thrown)}`;
        expect(thrown).toEqual(invalid);
        expect(shown).not.toContain('zzcanary');
      }),
      { numRuns: 30 },
    );
  });

  test('is made from the random bytes it is given, and wipes them', () => {
    for (const count of COUNTS) {
      let given: Uint8Array | undefined;
      const random: Random = {
        bytes(length) {
          given = systemRandom.bytes(length);
          copy = given.slice();
          return given;
        },
      };
      let copy = new Uint8Array(0);
      const mnemonic = createMnemonic(random, count);
      expect(mnemonic.getBuffer().toString()).toBe(entropyToMnemonic(copy, wordlist));
      expect(given?.every((byte) => byte === 0)).toBe(true);
    }
    expect(() => createMnemonic(systemRandom, 13 as WordCount)).toThrow(/12, 15, 18, 21 or 24/);
  });
});
