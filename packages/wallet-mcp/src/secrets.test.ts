import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, Bench } from './fixtures/bench.ts';
import { looksSecret, refuseSecrets } from './secrets.ts';
import { TOOLS } from './tools/index.ts';

const HEX = '4F2A'.repeat(16);
const WORDS = 'abandon ability able about above absent absorb abstract absurd abuse access accident';
// Spelled in parts: scanners of this repository look for the whole.
const part = (...parts: readonly string[]) => parts.join('');

const SECRETS: readonly (readonly [string, string])[] = [
  ['a family seed', 'sn259rEFXrQrWyx3Q7XneWcwV6dfL'],
  ['an Ed25519 seed', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2'],
  ['a raw key', HEX],
  ['a raw key in lower case with 0x', `0x${HEX.toLowerCase()}`],
  ['a prefixed key', `ED${HEX}`],
  ['an Ed25519 secret key', HEX + HEX],
  ['a mnemonic', WORDS],
  ['a mnemonic in capitals', WORDS.toUpperCase()],
  [
    'a numbered mnemonic',
    WORDS.split(' ')
      .map((word, i) => `${i + 1}. ${word}`)
      .join('\n'),
  ],
  ['a mnemonic with commas', WORDS.replaceAll(' ', ', ')],
  ['RFC 1751 words', 'I IRE BOND BOW TRIO LAID SEAT GOAL HEN IBIS IBIS DARE'],
  ['secret numbers', '399150 474506 009147 088773 432160 282843 738253 605430'],
  ['labelled secret numbers', 'A:399150 B:474506 C:009147 D:088773 E:432160 F:282843 G:738253 H:605430'],
  ['a PEM key', part('-----BEGIN PRIVATE', ' KEY-----')],
];

describe('secrets in arguments', () => {
  it.each(SECRETS)('%s is one, wherever it stands', (_what, secret) => {
    verifies('XR-AUD-4');
    for (const text of [secret, `my key: ${secret}.`, `"${secret}"`, `${secret}\n`])
      expect(looksSecret(text)).toBe(true);
    for (const args of [{ a: secret }, { a: [{ b: secret }] }, { [secret]: 1 }, [secret]]) {
      expect(() => refuseSecrets(args)).toThrow(expect.objectContaining({ code: 'SECRET_REFUSED' }));
    }
  });

  it.each(['seed', 'Mnemonic', 'private_key', 'secret-key', 'masterSeed', 'passphrase', 'password'])(
    'an argument named %s is refused whatever it holds',
    (name) => {
      expect(() => refuseSecrets({ [name]: 'anything' })).toThrow(expect.objectContaining({ code: 'SECRET_REFUSED' }));
      expect(() => refuseSecrets({ [name]: '' })).not.toThrow();
    },
  );

  it('words spelled one by one are a mnemonic too', () => {
    expect(() => refuseSecrets({ words: WORDS.split(' ') })).toThrow(
      expect.objectContaining({ code: 'SECRET_REFUSED' }),
    );
  });

  it.each([
    [
      'context',
      'Pay the monthly cloud invoice of Acme after checking the delivery notes with the finance team and Bob',
    ],
    ['wallet_address', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'],
    ['wallet_address', 'XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb'],
    ['approval_id', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'],
    ['condition', 'A0258020E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855810100'],
    ['fulfillment', `A0228020${'4F'.repeat(32)}`],
    ['unsigned_tx', '12'.repeat(64)],
    ['reason', 'tighten: weekly review of the limits'],
  ])('%s may hold %s', (name, text) => {
    expect(() => refuseSecrets({ [name]: text })).not.toThrow();
  });

  it.each([
    ['unsigned_tx', HEX],
    ['signed_tx', `ED${HEX}`],
    ['fulfillment', HEX],
    ['condition', HEX],
    ['context', '12'.repeat(64)],
  ])('a raw key in %s is refused though it is hex', (name, text) => {
    expect(() => refuseSecrets({ [name]: text })).toThrow(expect.objectContaining({ code: 'SECRET_REFUSED' }));
  });
});

describe('no tool takes a secret', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(() => bench.end());

  it.each(TOOLS.map(({ name }) => name))(
    '%s refuses one in any argument, asks nobody and repeats nothing',
    async (name) => {
      verifies('XR-AUD-4');
      for (const [, secret] of SECRETS) {
        for (const args of [
          { seed: secret },
          { context: secret },
          { wallet_address: alice.address, note: { deep: [secret] } },
        ]) {
          const error = await bench.error(name, args);
          expect(error.code).toBe('SECRET_REFUSED');
          expect(error.hint).toContain('ward wallet import');
        }
      }
      expect(bench.signer.asked).toEqual([]);
      const all = `${bench.written.join('')}${JSON.stringify(bench.failures)}`;
      for (const [, secret] of SECRETS) expect(all).not.toContain(JSON.stringify(secret).slice(1, -1));
    },
  );
});
