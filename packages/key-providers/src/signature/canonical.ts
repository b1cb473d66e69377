import { vaultError } from '../error.ts';

/** Order of the group of secp256k1 (SEC 2 §2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const SCALAR_BYTES = 32;

/**
 * The fully canonical DER signature of r ‖ s (64 bytes, big-endian): of the two values of s that verify, the lower one,
 * in the shortest form. The XRP Ledger takes no other. @throws VAULT_PROVIDER_FAULT where r or s is no scalar
 */
export function canonicalFromRaw(signature: Uint8Array): Uint8Array {
  if (signature.length !== 2 * SCALAR_BYTES) throw malformed();
  return canonical(toScalar(signature.subarray(0, SCALAR_BYTES)), toScalar(signature.subarray(SCALAR_BYTES)));
}

/** The same of a DER signature (SEQUENCE of two INTEGERs, X.690). Only the distinguished encoding is read. */
export function canonicalFromDer(signature: Uint8Array): Uint8Array {
  if (signature.length < 8 || signature.length > 72 || signature[0] !== 0x30) throw malformed();
  if (signature[1] !== signature.length - 2) throw malformed();
  const [r, afterR] = readInteger(signature, 2);
  const [s, end] = readInteger(signature, afterR);
  if (end !== signature.length) throw malformed();
  return canonical(r, s);
}

function canonical(r: bigint, s: bigint): Uint8Array {
  if (r <= 0n || r >= ORDER || s <= 0n || s >= ORDER) throw malformed();
  const body = [...integer(r), ...integer(s > ORDER / 2n ? ORDER - s : s)];
  return Uint8Array.of(0x30, body.length, ...body);
}

function readInteger(bytes: Uint8Array, at: number): [bigint, number] {
  const length = bytes[at + 1] ?? 0;
  const digits = bytes.subarray(at + 2, at + 2 + length);
  const isSound = bytes[at] === 0x02 && length >= 1 && length <= SCALAR_BYTES + 1 && digits.length === length;
  // Negative, or padded without need.
  if (!isSound || digits[0]! >= 0x80 || (digits[0] === 0 && (digits[1] ?? 0) < 0x80)) throw malformed();
  return [toScalar(digits), at + 2 + length];
}

function toScalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function integer(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const pad = digits[0]! >= 0x80 ? [0] : [];
  return Uint8Array.of(0x02, digits.length + pad.length, ...pad, ...digits);
}

function malformed() {
  return vaultError('VAULT_PROVIDER_FAULT', 'the provider answered with what is no signature of secp256k1');
}
