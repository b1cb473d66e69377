import { verifies } from '@wardmesh/testkit';
import { classicAddressToXAddress } from 'ripple-address-codec';
import { describe, expect, test } from 'vitest';
import { ALICE, BOB } from '../fixture.ts';
import { accountId, isClassicAddress, parseAddress } from './address.ts';

describe('addresses', () => {
  verifies('XR-VAL-2');

  test('W19: an address with a wrong checksum is refused', () => {
    expect(isClassicAddress(BOB)).toBe(true);
    expect(isClassicAddress('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi')).toBe(false);
    expect(parseAddress('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi')).toMatchObject({
      ok: false,
      error: { code: 'INVALID_ADDRESS' },
    });
  });

  test('W19: every one-letter change of an address is refused', () => {
    const letters = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
    let accepted = 0;
    for (let at = 0; at < ALICE.length; at++) {
      for (const letter of letters) {
        if (letter === ALICE[at]) continue;
        if (isClassicAddress(ALICE.slice(0, at) + letter + ALICE.slice(at + 1))) accepted++;
      }
    }
    expect(accepted).toBe(0);
  });

  test.each([
    '',
    'r',
    ' rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    `${BOB} `,
    `${BOB}\n`,
    'snoPBrXtMeMyMHUVTgbuqAfg1SUTb',
    'x'.repeat(1e5),
    'r0OIl',
  ])('refuses %j', (text) => {
    expect(parseAddress(text).ok).toBe(false);
  });

  test('reads X-addresses with their tag and holds them to the network', () => {
    expect(parseAddress(classicAddressToXAddress(BOB, 0, true), { test: true })).toEqual({
      ok: true,
      value: { address: BOB, tag: 0, test: true },
    });
    expect(parseAddress(classicAddressToXAddress(BOB, false, false), { test: false })).toMatchObject({
      value: { tag: null },
    });
    expect(parseAddress(classicAddressToXAddress(BOB, 4_294_967_295, false))).toMatchObject({
      value: { tag: 4_294_967_295 },
    });
    expect(parseAddress(classicAddressToXAddress(BOB, 1, true), { test: false })).toMatchObject({ ok: false });
    expect(parseAddress(`${classicAddressToXAddress(BOB, 1, true).slice(0, -1)}z`)).toMatchObject({ ok: false });
  });

  test('gives the AccountID of the reference', () => {
    expect(Buffer.from(accountId(BOB as never)).toString('hex')).toBe('b5f762798a53d543a014caf8b297cff8f2f937e8');
  });
});
