import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a script of the browser, without types
import { looksSecret as find } from './browser/guard.js';

const looksSecret = find as (text: string) => boolean;
const PHRASE = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

describe('pasted keys', () => {
  verifies('CM-KEY-1');

  it.each([
    ['a seed phrase', PHRASE],
    [
      'with numbers',
      PHRASE.split(' ')
        .map((word, i) => `${i + 1}. ${word}`)
        .join(' '),
    ],
    ['over lines', PHRASE.replaceAll(' ', '\n')],
    ['in capitals', PHRASE.toUpperCase()],
    ['of 24 words', `${PHRASE} ${PHRASE}`],
    ['an Ethereum key', `0x${'4c0883a69102937d'.repeat(4)}`],
    ['a bare key', '4c0883a69102937d'.repeat(4)],
    ['a Solana key', '5'.repeat(44) + 'K'.repeat(44)],
    ['a Solana key file', `[${Array(64).fill(17).join(',')}]`],
    ['an XRPL seed', 'sn3nxiW7v8KXzPzAqzyHXbSSKNuN9'],
    ['an XRPL Ed25519 seed', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2'],
    ['a Sui key', 'suiprivkey1qzwant3kaegmjy4qxex93s0jzvemekkjmyv3r2sjwgnv2y479pgsywhveae'],
    ['a Bitcoin key', 'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn'],
    ['a PEM file', '-----BEGIN EC PRIVATE KEY-----\nMHc'],
  ])('%s is noticed', (_name, text) => {
    expect(looksSecret(text)).toBe(true);
  });

  it.each([
    'WDJB-MJHT',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    'Sign in to Wardmesh',
    '9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM',
  ])('%s is not', (text) => {
    expect(looksSecret(text)).toBe(false);
  });

  it('answers quickly, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (text) => {
        looksSecret(text);
      }),
      { numRuns: 50 },
    );
    const start = performance.now();
    looksSecret(`${'word '.repeat(20_000)}!`);
    looksSecret(`${'1 '.repeat(20_000)}!`);
    looksSecret(' '.repeat(50_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
