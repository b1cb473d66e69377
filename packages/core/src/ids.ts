import { toBase64Url, toHex } from './bytes.ts';
import type { Random } from './ports.ts';

/** UUID version 4 (RFC 9562 §5.4). */
export function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** `prefix` and 256 random bits: for bearer tokens. The prefix lets secret scanners find a leaked one. */
export function randomToken(prefix: string, random: Random): string {
  return `${prefix}${toBase64Url(random.bytes(32))}`;
}

/** A number of [0, 1) with 53 random bits: for jitter, where `Math.random` would stand elsewhere. */
export function randomFraction(random: Random): number {
  const [high, low] = new Uint32Array(random.bytes(8).slice().buffer) as unknown as [number, number];
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}
