import { concatBytes, equalBytes, err, fromHex, ok, type Random, type Result, toHex } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import { WalletError } from '../error.ts';
import { MAX_PREIMAGE_BYTES } from '../limits.ts';

/** A PREIMAGE-SHA-256 crypto-condition (draft-thomas-crypto-conditions-04 §8.1), upper-case hex as the ledger writes it. */
export interface PreimageCondition {
  /** Public: goes into EscrowCreate. */
  readonly condition: string;
  /** Secret until it finishes the escrow: goes into EscrowFinish. */
  readonly fulfillment: string;
}

/** DER of condition type 0: A0 len { 80 20 fingerprint, 81 len cost }. */
const CONDITION_HEAD = [0xa0];
const FULFILLMENT_TAG = 0xa0;

/** A condition that only the holder of 32 fresh random bytes can fulfil. */
export function generateCondition(random: Random): PreimageCondition {
  return conditionOf(random.bytes(32));
}

/** The condition of a preimage of at most {@link MAX_PREIMAGE_BYTES} bytes. @throws RangeError for longer ones */
export function conditionOf(preimage: Uint8Array): PreimageCondition {
  if (preimage.length > MAX_PREIMAGE_BYTES) throw new RangeError(`a preimage has at most ${MAX_PREIMAGE_BYTES} bytes`);
  const cost = derInteger(preimage.length);
  const body = concatBytes(Uint8Array.of(0x80, 32), sha256(preimage), Uint8Array.of(0x81, cost.length), cost);
  const condition = concatBytes(Uint8Array.of(...CONDITION_HEAD, body.length), body);
  const inner = concatBytes(Uint8Array.of(0x80), derLength(preimage.length), preimage);
  const fulfillment = concatBytes(Uint8Array.of(FULFILLMENT_TAG), derLength(inner.length), inner);
  return { condition: toHex(condition).toUpperCase(), fulfillment: toHex(fulfillment).toUpperCase() };
}

/** What a condition asks for: fingerprint and length of the preimage. @returns INVALID_CONDITION for anything but canonical PREIMAGE-SHA-256 */
export function parseCondition(hex: string): Result<{ fingerprint: Uint8Array; preimageLength: number }, WalletError> {
  const bytes = bytesOf(hex);
  const fault = () => err(new WalletError('INVALID_CONDITION', 'not a PREIMAGE-SHA-256 condition'));
  if (bytes === null || bytes.length < 39 || bytes.length > 41) return fault();
  if (bytes[0] !== 0xa0 || bytes[1] !== bytes.length - 2 || bytes[2] !== 0x80 || bytes[3] !== 32) return fault();
  const cost = bytes.subarray(38);
  if (bytes[36] !== 0x81 || bytes[37] !== cost.length) return fault();
  const preimageLength = cost.reduce((sum, byte) => sum * 256 + byte, 0);
  // Only the shortest form: one meaning, one spelling.
  if (!equalBytes(derInteger(preimageLength), cost)) return fault();
  if (preimageLength > MAX_PREIMAGE_BYTES) return fault();
  return ok({ fingerprint: bytes.slice(4, 36), preimageLength });
}

/** The preimage in a fulfilment. @returns INVALID_CONDITION for anything but canonical PREIMAGE-SHA-256 */
export function parseFulfillment(hex: string): Result<Uint8Array, WalletError> {
  const bytes = bytesOf(hex);
  const fault = () => err(new WalletError('INVALID_CONDITION', 'not a PREIMAGE-SHA-256 fulfilment'));
  if (bytes === null || bytes.length < 4 || bytes.length > MAX_PREIMAGE_BYTES + 6) return fault();
  // Try the few lengths there are and keep the one that writes the same bytes: the canonical one.
  for (const head of [4, 5, 6]) {
    const preimage = bytes.slice(head);
    if (bytes.length < head || preimage.length > MAX_PREIMAGE_BYTES) continue;
    if (conditionOf(preimage).fulfillment === hex.toUpperCase()) return ok(preimage);
  }
  return fault();
}

/** Whether a fulfilment is the one that a condition asks for. */
export function fulfills(fulfillment: string, condition: string): boolean {
  const preimage = parseFulfillment(fulfillment);
  const wanted = parseCondition(condition);
  return preimage.ok && wanted.ok && conditionOf(preimage.value).condition === condition.toUpperCase();
}

function bytesOf(hex: string): Uint8Array | null {
  if (hex.length > 1_024 || !/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) return null;
  return fromHex(hex.toLowerCase());
}

/** X.690 §8.1.3, up to two bytes of length. */
function derLength(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length);
  return length < 256 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/** X.690 §8.3: the shortest two's complement of a number of zero or more. */
function derInteger(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  return value < 0x8000
    ? value < 0x100
      ? Uint8Array.of(0, value)
      : Uint8Array.of(value >> 8, value & 0xff)
    : Uint8Array.of(0, value >> 8, value & 0xff);
}
