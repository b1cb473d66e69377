import { joinSecret, secretBytes } from '../secure-buffer/secret-bytes.ts';
import type { Algorithm } from './public-key.ts';
import { isScalar } from './scalar.ts';

export interface HexKey {
  /** By the prefix `ED` or `00`; 64 bare digits may be either. */
  readonly algorithms: readonly Algorithm[];
  /** 32 bytes; the caller wipes them. */
  readonly key: Uint8Array;
}

/** A private key in hex digits of either case: 64, or 66 with the prefix that XRPL libraries write; else undefined. */
export function parseHexKey(text: Uint8Array): HexKey | undefined {
  if (text.length !== 64 && text.length !== 66) return undefined;
  const bytes = secretBytes(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = digit(text[2 * i]!);
    const low = digit(text[2 * i + 1]!);
    if (high < 0 || low < 0) {
      bytes.fill(0);
      return undefined;
    }
    bytes[i] = (high << 4) | low;
  }
  const key = joinSecret(bytes.subarray(-32));
  const prefix = bytes.length === 33 ? bytes[0]! : undefined;
  bytes.fill(0);
  const algorithms: Algorithm[] = [];
  if (prefix === undefined || prefix === 0xed) algorithms.push('ed25519');
  if ((prefix === undefined || prefix === 0x00) && isScalar(key)) algorithms.push('secp256k1');
  if (algorithms.length > 0) return { algorithms, key };
  key.fill(0);
  return undefined;
}

function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
