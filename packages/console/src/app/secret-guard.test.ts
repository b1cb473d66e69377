import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { looksLikeSecret } from './secret-guard.ts';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

describe('a secret in a field', () => {
  verifies('CM-KEY-1');

  it.each([
    ['12 words', WORDS],
    ['24 words over lines', `${WORDS}\n${WORDS}`],
    ['words in capitals with commas', WORDS.toUpperCase().replaceAll(' ', ', ')],
    ['an Ethereum key', `0x${'4f'.repeat(32)}`],
    ['a bare hex key', 'A1'.repeat(32)],
    ['a hex key within text', `key: ${'0b'.repeat(32)} ok`],
    ['an XRPL seed', 'snoPBrXtMeMyMHUVTgbuqAfg1SUTb'],
    ['an XRPL Ed25519 seed', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2'],
    ['a Solana key pair', '5MaiiCavjCmn9Hs1o3eznqDEhRwxo7pXiAYez7keQUviUkauRiTMD8DrESdrNjN8zd9mTmVhRvBJeg5vhyvgrAhG'],
    ['a Solana key as numbers', `[${Array.from({ length: 64 }, (_, i) => i).join(', ')}]`],
    ['a PEM key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA=='],
  ])('is recognised: %s', (_what, text) => {
    expect(looksLikeSecret(text)).toBe(true);
  });

  it.each([
    ['an XRPL address', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'],
    ['an Ethereum address', '0x71C7656EC7ab88b098defB751B7401B5f6d8976F'],
    ['a Solana address', '7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv'],
    ['a receipt id', '3f2f6dd0-7d1f-4a52-9c1c-0b2b1a1f9f10'],
    ['a reason', 'The supplier changed banks; I called them back on the number we know.'],
    ['a sentence of twelve words', 'We pay the invoice today, since the supplier asked us to do so.'],
    ['a number', '100000000'],
    ['nothing', ''],
  ])('is not seen in %s', (_what, text) => {
    expect(looksLikeSecret(text)).toBe(false);
  });
});
