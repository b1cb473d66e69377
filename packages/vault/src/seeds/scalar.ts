import { fromHex } from '@wardmesh/core';
import { secretBytes } from '../secure-buffer/secret-bytes.ts';

/** Order of the secp256k1 group (SEC 2 §2.4.1), big-endian. */
const ORDER = fromHex('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');

/** Whether 32 bytes are a private key of secp256k1: 1 … order − 1. */
export function isScalar(bytes: Uint8Array): boolean {
  return bytes.length === 32 && bytes.some((byte) => byte !== 0) && borrowOf(bytes) === 1;
}

/** (a + b) mod order of two scalars, over bytes: a bigint could not be wiped. May be zero, for one pair in 2^256. */
export function addScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = secretBytes(32);
  let carry = 0;
  for (let i = 31; i >= 0; i--) {
    carry += a[i]! + b[i]!;
    sum[i] = carry & 0xff;
    carry >>= 8;
  }
  if (carry === 1 || borrowOf(sum) === 0) {
    let borrow = 0;
    for (let i = 31; i >= 0; i--) {
      const difference = sum[i]! - ORDER[i]! - borrow;
      sum[i] = difference & 0xff;
      borrow = difference < 0 ? 1 : 0;
    }
  }
  return sum;
}

/** 1 where `bytes` < order. */
function borrowOf(bytes: Uint8Array): 0 | 1 {
  let borrow: 0 | 1 = 0;
  for (let i = 31; i >= 0; i--) borrow = bytes[i]! - ORDER[i]! - borrow < 0 ? 1 : 0;
  return borrow;
}
