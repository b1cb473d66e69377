import { fromHex, toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { encodeSeed } from 'ripple-address-codec';
import { deriveKeypair, sign, verify } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { decodeBase58Check } from './base58.ts';
import { familyKey, parseFamilySeed } from './family-seed.ts';
import { type Algorithm, addressOf, publicKeyOf, sha512Half } from './public-key.ts';
import { addScalars, isScalar } from './scalar.ts';
import { signWithKey } from './sign.ts';

const algorithms = fc.constantFrom<Algorithm>('ed25519', 'secp256k1');
const entropies = fc.uint8Array({ minLength: 16, maxLength: 16 });
const upper = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

/** Reference vectors: family seed → algorithm, address, public key. */
const VECTORS = [
  [
    'snoPBrXtMeMyMHUVTgbuqAfg1SUTb',
    'secp256k1',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    '0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020',
  ],
  [
    'sEdTM1uX8pu2do5XvTnutH6HsouMaM2',
    'ed25519',
    'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL',
    'EDA57EBBCB502C2009EFE17229E8DC865DCCB192C52D7888D624DC9EBADDB815F0',
  ],
  ['sEdSJHS4oiAdz7w2X2ni1gFiqtbJHqE', 'ed25519', 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7', undefined],
] as const;

function keyOf(seed: string): { algorithm: Algorithm; key: Uint8Array; publicKey: Uint8Array } {
  const { algorithm, entropy } = parseFamilySeed(utf8(seed))!;
  const key = familyKey(algorithm, entropy);
  return { algorithm, key, publicKey: publicKeyOf(algorithm, key) };
}

describe('keys of family seeds', () => {
  verifies('XR-SEED-2');

  test.each(VECTORS)('of the reference: %s is %s of %s', (seed, algorithm, address, publicKey) => {
    const derived = keyOf(seed);
    expect(derived.algorithm).toBe(algorithm);
    expect(addressOf(derived.publicKey)).toBe(address);
    if (publicKey !== undefined) expect(upper(derived.publicKey)).toBe(publicKey);
  });

  test('are those of the reference library, for any seed of either algorithm', () => {
    fc.assert(
      fc.property(algorithms, entropies, (algorithm, entropy) => {
        const seed = encodeSeed(entropy, algorithm);
        expect(parseFamilySeed(utf8(seed))).toEqual({ algorithm, entropy });
        const expected = deriveKeypair(seed);
        const derived = keyOf(seed);
        expect(upper(derived.publicKey)).toBe(expected.publicKey);
        expect(upper(derived.key)).toBe(expected.privateKey.slice(2));
      }),
      { numRuns: 60 },
    );
  });

  test('are refused with any one character changed, dropped or added', () => {
    const text = utf8('sEdTM1uX8pu2do5XvTnutH6HsouMaM2');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        fc.pre(text[at] !== byte);
        const spoiled = text.slice();
        spoiled[at] = byte;
        expect(parseFamilySeed(spoiled)).toBeUndefined();
        expect(parseFamilySeed(Uint8Array.from([...text.subarray(0, at), ...text.subarray(at + 1)]))).toBeUndefined();
      }),
    );
    for (const other of ['', 'r', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', 'nHUG4nBZ', 'x'.repeat(500)]) {
      expect(parseFamilySeed(utf8(other))).toBeUndefined();
    }
  });
});

describe('base58check', () => {
  test('keeps leading zeros and refuses what is not in the alphabet', () => {
    // The account of all zeros, of the ledger's documentation.
    expect(toHex(decodeBase58Check(utf8('rrrrrrrrrrrrrrrrrrrrrhoLvTp'))!)).toBe('00'.repeat(21));
    expect(decodeBase58Check(utf8('rrrrrrrrrrrrrrrrrrrrrhoLvT0'))).toBeUndefined();
    expect(decodeBase58Check(utf8('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi'))).toBeUndefined();
    expect(decodeBase58Check(Uint8Array.of(200, 128, 255))).toBeUndefined();
  });
});

describe('scalars', () => {
  const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const bytesOf = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'));
  const scalars = fc.bigInt({ min: 1n, max: ORDER - 1n });

  test('add modulo the order', () => {
    fc.assert(
      fc.property(scalars, scalars, (a, b) => {
        expect(addScalars(bytesOf(a), bytesOf(b))).toEqual(bytesOf((a + b) % ORDER));
      }),
    );
    expect(addScalars(bytesOf(ORDER - 1n), bytesOf(ORDER - 1n))).toEqual(bytesOf(ORDER - 2n));
    expect(addScalars(bytesOf(ORDER - 1n), bytesOf(2n))).toEqual(bytesOf(1n));
  });

  test('are 1 to order − 1', () => {
    expect([1n, ORDER - 1n].map((value) => isScalar(bytesOf(value)))).toEqual([true, true]);
    expect([0n, ORDER, ORDER + 1n, 2n ** 256n - 1n].map((value) => isScalar(bytesOf(value)))).toEqual(
      Array(4).fill(false),
    );
    expect(isScalar(new Uint8Array(31).fill(1))).toBe(false);
  });
});

describe('signatures', () => {
  test('verify in the reference library, and are the very bytes it makes', () => {
    fc.assert(
      fc.property(
        algorithms,
        entropies,
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (algorithm, entropy, message) => {
          const key = familyKey(algorithm, entropy);
          const publicKey = upper(publicKeyOf(algorithm, key));
          const signature = upper(signWithKey(algorithm, key, message));
          expect(verify(upper(message), signature, publicKey)).toBe(true);
          const prefix = algorithm === 'ed25519' ? 'ED' : '00';
          expect(signature).toBe(sign(upper(message), prefix + upper(key)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['sEdTM1uX8pu2do5XvTnutH6HsouMaM2', false, '8B615790526DE6386D45890D4F635D93AF2A863FF72E7A0E6568F478A14AF461'],
    ['snoPBrXtMeMyMHUVTgbuqAfg1SUTb', true, '1CBD9ABC461006606A442B264DBAE3593DB2F9FDC3AED27963BF6701DF84914E'],
  ])('of the reference payment by %s give its transaction hash', (seed, reversed, hash) => {
    const { algorithm, key, publicKey } = keyOf(seed);
    const accounts = ['A6070B8A1822E3322676A99F0C804EE2D15B8270', 'B5F762798A53D543A014CAF8B297CFF8F2F937E8'];
    const [from, to] = reversed ? accounts.reverse() : accounts;
    const head = '12000022000000002400000001201B000000646140000000000F424068400000000000000C7321';
    const tail = `8114${from}8314${to}`;
    const unsigned = fromHex(`53545800${head}${toHex(publicKey)}${tail}`);
    const signature = signWithKey(algorithm, key, unsigned);
    const length = signature.length.toString(16).padStart(2, '0');
    const signed = fromHex(`54584E00${head}${toHex(publicKey)}74${length}${toHex(signature)}${tail}`);
    expect(upper(sha512Half(signed))).toBe(hash);
  });
});
