import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { verify } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { canonicalFromDer, canonicalFromRaw } from './canonical.ts';
import { sha512Half } from './prehash.ts';
import { fromEcPoint, fromSpki } from './public-key.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
const fault = expect.objectContaining({ code: 'VAULT_PROVIDER_FAULT' });
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();
/** OpenSSL hashes what it signs with ECDSA; a digest is signed by its name-free form below. */
const pair = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });

describe('canonical signatures', () => {
  verifies('CM-KMS-1');

  test('are one for both values of s that verify, from raw and from DER', () => {
    fc.assert(
      fc.property(scalar, scalar, (r, s) => {
        const one = canonicalFromRaw(Buffer.concat([bytes(r), bytes(s)]));
        const other = canonicalFromRaw(Buffer.concat([bytes(r), bytes(ORDER - s)]));
        expect(hex(one)).toBe(hex(other));
        expect(hex(canonicalFromDer(one))).toBe(hex(one));
        const length = one[3]!;
        const low = BigInt(`0x${Buffer.from(one.subarray(6 + length)).toString('hex')}`);
        expect(low <= ORDER / 2n).toBe(true);
      }),
    );
  });

  test.each([
    ['r of zero', Buffer.concat([bytes(0n), bytes(1n)])],
    ['s of zero', Buffer.concat([bytes(1n), bytes(0n)])],
    ['r of the order', Buffer.concat([bytes(ORDER), bytes(1n)])],
    ['s above the order', Buffer.concat([bytes(1n), bytes(ORDER + 1n)])],
    ['63 bytes', Buffer.alloc(63, 1)],
    ['65 bytes', Buffer.alloc(65, 1)],
    ['nothing', Buffer.alloc(0)],
  ])('refuse %s', (_name, raw) => {
    expect(() => canonicalFromRaw(raw)).toThrow(fault);
  });

  test.each([
    ['a byte behind', (der: Buffer) => Buffer.concat([der, Buffer.of(0)])],
    ['a byte less', (der: Buffer) => der.subarray(0, -1)],
    ['another length', (der: Buffer) => Buffer.from(der).fill(der[1]! + 1, 1, 2)],
    ['another tag', (der: Buffer) => Buffer.from(der).fill(0x31, 0, 1)],
    ['no integer', (der: Buffer) => Buffer.from(der).fill(0x03, 2, 3)],
    ['a negative integer', () => Buffer.from('3006020180020101', 'hex')],
    ['a padded integer', () => Buffer.from('300702020001020101', 'hex')],
    ['an empty integer', () => Buffer.from('3006020002020101', 'hex')],
    ['a long length', (der: Buffer) => Buffer.concat([Buffer.of(0x30, 0x81, der.length - 2), der.subarray(2)])],
    ['zero', () => Buffer.from('3006020100020101', 'hex')],
  ])('refuse DER with %s', (_name, change) => {
    const good = Buffer.from('3006020101020101', 'hex');
    expect(hex(canonicalFromDer(good))).toBe(hex(good));
    expect(() => canonicalFromDer(change(good))).toThrow(fault);
  });

  test('never throw anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (any) => {
        for (const read of [canonicalFromDer, canonicalFromRaw]) {
          try {
            read(any);
          } catch (error) {
            expect(error).toEqual(fault);
          }
        }
      }),
    );
  });
});

describe('public keys', () => {
  const ed = generateKeyPairSync('ed25519');
  const spki = (key: { export(options: { type: 'spki'; format: 'der' }): Buffer }) =>
    key.export({ type: 'spki', format: 'der' });

  test('of both algorithms are read from SPKI and from a point alike', () => {
    const point = spki(pair.publicKey).subarray(-65);
    const compressed = fromSpki('secp256k1', spki(pair.publicKey));
    expect(compressed).toHaveLength(33);
    expect(hex(fromEcPoint('secp256k1', point))).toBe(hex(compressed));
    expect(hex(fromEcPoint('secp256k1', Buffer.concat([Buffer.of(4, 65), point])))).toBe(hex(compressed));
    const raw = spki(ed.publicKey).subarray(-32);
    expect(hex(fromEcPoint('ed25519', Buffer.concat([Buffer.of(4, 32), raw])))).toBe(`ED${hex(raw)}`);
    expect(hex(fromSpki('ed25519', spki(ed.publicKey)))).toBe(`ED${hex(raw)}`);
    const message = Buffer.from('a message');
    expect(verify(hex(message), hex(sign(null, message, ed.privateKey)), `ED${hex(raw)}`)).toBe(true);
  });

  test('of another curve, off the curve or of another length are refused', () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const point = Buffer.from(spki(pair.publicKey).subarray(-65));
    for (const bad of [spki(p256.publicKey), spki(ed.publicKey), Buffer.alloc(10)]) {
      expect(() => fromSpki('secp256k1', bad)).toThrow(fault);
    }
    expect(() => fromSpki('ed25519', spki(pair.publicKey))).toThrow(fault);
    point[64]! ^= 1;
    expect(() => fromEcPoint('secp256k1', point)).toThrow(fault);
    expect(() => fromEcPoint('secp256k1', point.subarray(1))).toThrow(fault);
    expect(() => fromEcPoint('ed25519', Buffer.alloc(31))).toThrow(fault);
  });

  test('of the prehash: the first half of SHA-512', () => {
    expect(hex(sha512Half(new Uint8Array()))).toBe('CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE');
    expect(createPublicKey(createPrivateKey(pair.privateKey.export({ type: 'sec1', format: 'pem' }))).type).toBe(
      'public',
    );
  });
});
