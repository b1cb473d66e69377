import { createHash } from 'node:crypto';
import { MAX_FULFILLMENT_BYTES, MAX_PREIMAGE_BYTES } from './limits.ts';

// PREIMAGE-SHA-256 of draft-thomas-crypto-conditions, DER: condition A0 len 80 20 fingerprint 81 n cost.

/** Whether hex is a PREIMAGE-SHA-256 condition whose preimage the ledger could accept. */
export function isCondition(hex: string): boolean {
  const match = /^A02[5-6]8020[0-9A-F]{64}81(?:01([0-9A-F]{2})|02([0-9A-F]{4}))$/.exec(hex);
  if (match === null) return false;
  const isLong = match[2] !== undefined;
  if (hex.startsWith('A026') !== isLong) return false;
  const cost = Number.parseInt((match[1] ?? match[2])!, 16);
  // DER integers are minimal and signed: one byte holds 0…127.
  return cost <= MAX_PREIMAGE_BYTES && isLong === cost >= 0x80;
}

/** The condition that a fulfilment `A0 len 80 len preimage` fulfils, or undefined where it is none. */
export function parseFulfillment(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length > MAX_FULFILLMENT_BYTES) return undefined;
  const outer = readTag(bytes, 0, 0xa0);
  if (outer === undefined || outer.end !== bytes.length) return undefined;
  const inner = readTag(bytes, outer.start, 0x80);
  if (inner === undefined || inner.end !== bytes.length) return undefined;
  const preimage = bytes.subarray(inner.start, inner.end);
  return preimage.length > MAX_PREIMAGE_BYTES ? undefined : conditionOf(preimage);
}

/** The condition of a preimage, upper-case hex. */
export function conditionOf(preimage: Uint8Array): string {
  const fingerprint = createHash('sha256').update(preimage).digest('hex').toUpperCase();
  const cost = preimage.length < 0x80 ? `8101${hexByte(preimage.length)}` : `810200${hexByte(preimage.length)}`;
  const body = `8020${fingerprint}${cost}`;
  return `A0${hexByte(body.length / 2)}${body}`;
}

/** The fulfilment of a preimage of at most 123 bytes, upper-case hex. */
export function fulfillmentOf(preimage: Uint8Array): string {
  const body = `80${hexByte(preimage.length)}${Buffer.from(preimage).toString('hex').toUpperCase()}`;
  return `A0${hexByte(body.length / 2)}${body}`;
}

const hexByte = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

function readTag(bytes: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  const length = bytes[at + 1];
  if (bytes[at] !== tag || length === undefined) return undefined;
  if (length < 0x80) return { start: at + 2, end: at + 2 + length };
  const long = bytes[at + 2];
  if (length !== 0x81 || long === undefined || long < 0x80) return undefined;
  return { start: at + 3, end: at + 3 + long };
}
