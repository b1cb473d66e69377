import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress } from './address.ts';

test.each(['93.184.216.34', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each(['fe80::1%eth0', '127.1', '0x7f000001', '', 'localhost', '1.1.1.1 '])('%j is no address', (address) =>
  expect(isPublicAddress(address)).toBe(false),
);

test('no IPv4 address hides in an IPv6 one', () => {
  const prefixes = ['::ffff:', '::', '64:ff9b::'];
  fc.assert(fc.property(fc.ipV4(), fc.constantFrom(...prefixes), (v4, prefix) => !isPublicAddress(prefix + v4)));
});
