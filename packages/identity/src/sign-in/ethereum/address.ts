import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex, utf8 } from '@wardmesh/core';

/** EIP-55: the checksummed spelling of 40 hex digits after `0x`. */
export function toChecksumAddress(hex: string): string {
  const digits = hex.slice(2).toLowerCase();
  const hash = toHex(keccak_256(utf8(digits)));
  let text = '0x';
  for (let i = 0; i < 40; i++) text += Number.parseInt(hash[i]!, 16) >= 8 ? digits[i]!.toUpperCase() : digits[i]!;
  return text;
}

/** The checksummed spelling of an address; undefined where its own checksum is wrong or it is no address. */
export function ethereumAddress(text: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return undefined;
  const checksummed = toChecksumAddress(text);
  return text === checksummed || text === text.toLowerCase() ? checksummed : undefined;
}
