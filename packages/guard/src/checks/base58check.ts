import { hash } from 'node:crypto';
import type { Json } from '@wardmesh/core';
import type { CheckFaultCode, ToolCheck } from './check.ts';

const BITCOIN = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const XRPL = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
/** Longest base58 text decoded: an extended key has 111. Decoding is quadratic. */
const MAX_BASE58 = 128;

/** Base58 with a four-byte double-SHA-256 checksum over Bitcoin's alphabet. */
export const base58check: ToolCheck = checksumCheck('base58check', BITCOIN);
/** An XRP Ledger classic address: account id of 20 bytes, type prefix 0 (XRPL §base58 encodings). */
export const xrplAddress: ToolCheck = checksumCheck(
  'xrpl-address',
  XRPL,
  (payload) => payload.length === 21 && payload[0] === 0,
);

function checksumCheck(
  name: string,
  alphabet: string,
  isShaped: (payload: Uint8Array) => boolean = () => true,
): ToolCheck {
  return {
    name,
    layer: 'cryptographic',
    check(value: Json): CheckFaultCode | undefined {
      if (typeof value !== 'string') return 'BUSINESS_NOT_TEXT';
      const bytes = decodeBase58(value, alphabet);
      if (bytes === undefined || bytes.length < 5) return 'CRYPTO_CHECKSUM_INVALID';
      const payload = bytes.subarray(0, -4);
      const expected = hash('sha256', hash('sha256', payload, 'buffer'), 'buffer').subarray(0, 4);
      return expected.equals(bytes.subarray(-4)) && isShaped(payload) ? undefined : 'CRYPTO_CHECKSUM_INVALID';
    },
  };
}

/** Bytes of base58 text, most significant first, each leading zero digit a zero byte; undefined where it is none. */
function decodeBase58(text: string, alphabet: string): Uint8Array | undefined {
  if (text === '' || text.length > MAX_BASE58) return undefined;
  const bytes: number[] = [];
  for (const char of text) {
    let carry = alphabet.indexOf(char);
    if (carry < 0) return undefined;
    for (let i = 0; i < bytes.length; i++) {
      carry += bytes[i]! * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    while (carry > 0) {
      bytes.push(carry & 0xff);
      carry >>= 8;
    }
  }
  for (let i = 0; i < text.length - 1 && text[i] === alphabet[0]; i++) bytes.push(0);
  return Uint8Array.from(bytes.reverse());
}
