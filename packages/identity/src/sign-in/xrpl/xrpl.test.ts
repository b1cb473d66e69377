import { secp256k1 } from '@noble/curves/secp256k1.js';
import { fromHex, toHex, utf8 } from '@wardmesh/core';
import { type Algorithm, deriveAddress, verify } from 'ripple-keypairs';
import { describe, expect, it } from 'vitest';
import { xrplWallet } from '../wallets.fixture.ts';
import { xrpl, xrplAddress } from './xrpl.ts';

const TEXT = 'hello';
const HEX = Buffer.from(utf8(TEXT)).toString('hex');

describe.each<Algorithm>(['ed25519', 'ecdsa-secp256k1'])('an XRPL signature, %s', (algorithm) => {
  it('holds as ripple-keypairs says, for the address it derives', async () => {
    const wallet = xrplWallet(algorithm);
    const { signature, publicKey } = await wallet.sign(TEXT);
    expect(verify(HEX, signature, publicKey!)).toBe(true);
    expect(xrplAddress(fromHex(publicKey!))).toBe(deriveAddress(publicKey!));
    expect(xrpl.verify(wallet.address, TEXT, { signature, publicKey: publicKey! })).toBe(true);
    expect(xrpl.verify(wallet.address, `${TEXT}.`, { signature, publicKey: publicKey! })).toBe(false);
  });

  it('is nothing without its public key, or with another', async () => {
    const wallet = xrplWallet(algorithm);
    const { signature } = await wallet.sign(TEXT);
    const other = (await xrplWallet(algorithm).sign(TEXT)).publicKey!;
    for (const publicKey of [other, '', 'ED', '00'.repeat(33), `04${'11'.repeat(32)}`, 'zz'.repeat(33)]) {
      expect(xrpl.verify(wallet.address, TEXT, { signature, publicKey })).toBe(false);
    }
    expect(xrpl.verify(wallet.address, TEXT, { signature })).toBe(false);
  });
});

describe('an XRPL ECDSA signature', () => {
  it('is fully canonical: its twin with a high S is refused', async () => {
    const wallet = xrplWallet('ecdsa-secp256k1');
    const { signature, publicKey } = await wallet.sign(TEXT);
    const low = secp256k1.Signature.fromBytes(fromHex(signature), 'der');
    const high = new secp256k1.Signature(low.r, secp256k1.Point.Fn.ORDER - low.s);
    expect(high.hasHighS()).toBe(true);
    expect(xrpl.verify(wallet.address, TEXT, { signature: toHex(high.toBytes('der')), publicKey: publicKey! })).toBe(
      false,
    );
  });

  it('is strict DER: no padding, no trailing bytes, no bare r and s', async () => {
    const wallet = xrplWallet('ecdsa-secp256k1');
    const { signature, publicKey } = await wallet.sign(TEXT);
    const der = fromHex(signature);
    const compact = toHex(secp256k1.Signature.fromBytes(der, 'der').toBytes('compact'));
    const padded = toHex(Uint8Array.from([0x30, der[1]! + 1, 0x02, der[3]! + 1, 0, ...der.slice(4)]));
    for (const each of [`${signature}00`, padded, compact]) {
      expect(xrpl.verify(wallet.address, TEXT, { signature: each, publicKey: publicKey! })).toBe(false);
    }
  });
});

describe('XRPL addresses and chains', () => {
  it.each([
    'X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi',
    '',
    'rrrrrrrrrrrrrrrrrrrrrhoLvTq',
  ])('%s is no address', (text) => {
    expect(xrpl.address(text)).toBeUndefined();
  });

  it('of the genesis account is one', () => {
    expect(xrpl.address('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh')).toBe('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh');
  });

  it.each(['00', '-1', '4294967296', 'main', '1e3'])('%s is no network', (reference) => {
    expect(xrpl.chainLine(reference)).toBeUndefined();
  });
});
