import { equalBytes } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import { joinSecret, secretBytes } from '../secure-buffer/secret-bytes.ts';

/** The XRP Ledger's base58 dictionary. */
const ALPHABET = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
const CHECKSUM_BYTES = 4;

const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/**
 * Payload of a base58check text in the XRP Ledger's alphabet, or undefined. Bytes in, bytes out: a family seed never
 * becomes a string, which could not be wiped. What is left over is wiped here.
 */
export function decodeBase58Check(text: Uint8Array): Uint8Array | undefined {
  const raw = decodeBase58(text);
  if (raw === undefined || raw.length < CHECKSUM_BYTES) return undefined;
  try {
    const payload = joinSecret(raw.subarray(0, -CHECKSUM_BYTES));
    const checksum = sha256(sha256(payload)).subarray(0, CHECKSUM_BYTES);
    if (equalBytes(checksum, raw.subarray(-CHECKSUM_BYTES))) return payload;
    payload.fill(0);
    return undefined;
  } finally {
    raw.fill(0);
  }
}

function decodeBase58(text: Uint8Array): Uint8Array | undefined {
  // log(58)/log(256) = 0.7322…: the number needs at most so many bytes.
  const number = secretBytes(Math.ceil(text.length * 0.733) + 1);
  let used = 0;
  let zeros = 0;
  for (const character of text) {
    let carry = VALUES[character] ?? -1;
    if (carry < 0) {
      number.fill(0);
      return undefined;
    }
    if (carry === 0 && used === 0) {
      zeros++;
      continue;
    }
    for (let i = 0; i < used || carry > 0; i++) {
      const at = number.length - 1 - i;
      carry += 58 * number[at]!;
      number[at] = carry & 0xff;
      carry >>= 8;
      if (i >= used) used = i + 1;
    }
  }
  const bytes = secretBytes(zeros + used);
  bytes.set(number.subarray(number.length - used), zeros);
  number.fill(0);
  return bytes;
}
