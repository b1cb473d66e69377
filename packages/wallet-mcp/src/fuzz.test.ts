import { systemRandom } from '@wardmesh/core';
import { testWallet } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { createMnemonic } from '@wardmesh/vault';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, Bench, bob } from './fixtures/bench.ts';
import { looksSecret } from './secrets.ts';
import { TOOLS } from './tools/index.ts';

describe('every secret of ours is seen', () => {
  it('family seeds of both algorithms', () => {
    verifies('XR-AUD-4');
    for (let i = 0; i < 300; i++) {
      expect(looksSecret(testWallet(`a${i}`).seed)).toBe(true);
      expect(looksSecret(testWallet(`b${i}`, 'ecdsa-secp256k1').seed)).toBe(true);
      expect(looksSecret(testWallet(`c${i}`).address)).toBe(false);
    }
  });

  it('mnemonics of every length', () => {
    verifies('XR-AUD-4');
    for (const words of [12, 15, 18, 21, 24] as const) {
      for (let i = 0; i < 60; i++) {
        const mnemonic = createMnemonic(systemRandom, words);
        expect(looksSecret(Buffer.from(mnemonic.getBuffer()).toString('utf8'))).toBe(true);
        mnemonic.zero();
      }
    }
  });
});

describe('any arguments at all', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open({ sleep: async () => undefined });
  });
  afterAll(() => bench.end());

  const payment =
    '1200006140000000000F42408114A6070B8A1822E3322676A99F0C804EE2D15B82708314B5F762798A53D543A014CAF8B297CFF8F2F937E8';
  const nasty = fc.oneof(
    fc.constantFrom<unknown>(
      alice.address,
      bob.address,
      'local',
      'mainnet',
      '1',
      '0.000001',
      payment,
      `${payment}00`,
      'A0028000',
      '../../x',
      '__proto__',
      '\u0000',
      '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
      'scheduled',
      '2099-01-01T00:00:00Z',
      true,
      0,
      -1,
      1e308,
      Number.NaN,
      2 ** 53,
      null,
      [],
      {},
    ),
    fc.string(),
    fc.integer(),
    fc.jsonValue({ maxDepth: 3 }),
  );

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    'W18: %s answers, or refuses with a code that says why',
    { timeout: 60_000 },
    async (name, tool) => {
      verifies('XR-VAL-1', 'XR-VAL-5');
      const fields = Object.fromEntries(
        Object.keys(tool.input.shape).map((field) => [field, fc.option(nasty, { nil: undefined })]),
      );
      const sound = {
        wallet_address: fc.constant(alice.address),
        network: fc.constant('local'),
        timeout: fc.constant(5),
        submit: fc.constant(false),
      };
      const usable = Object.fromEntries(Object.entries(sound).filter(([field]) => Object.hasOwn(fields, field)));
      const args = fc.oneof(
        fc.record(fields),
        fc.record({ ...fields, ...usable }),
        fc.dictionary(fc.string(), nasty, { maxKeys: 4 }),
      );
      await fc.assert(
        fc.asyncProperty(args, async (given) => {
          const got = await bench.call(name, JSON.parse(JSON.stringify(given)));
          if (!got.ok) expect(got.error.code).not.toBe('INTERNAL_ERROR');
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each([
    ['too deep', () => Array.from({ length: 500 }).reduce<unknown>((inner) => ({ inner }), 1)],
    ['too many', () => ({ list: Array.from({ length: 30_000 }, (_, i) => i) })],
  ])('W18: %s is refused before anything walks through it', async (_what, make) => {
    expect(await bench.error('wallet_list', make() as Record<string, unknown>)).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'the arguments are too many, or too deep',
    });
  });
});
