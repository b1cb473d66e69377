import { concatBytes, equalBytes, fromBase64Url, type Random, toBase64Url, utf8 } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { NONCE_BYTES, PASSKEY_LIFETIME, SEAL_BYTES } from '../limits.ts';

/** What a ceremony is for: a challenge of one is none of another. */
export type PasskeyUse = `register ${string}` | 'sign in';

const TIME_BYTES = 8;

/** A challenge that carries its own expiry and seal, so that nothing is kept for ceremonies that never end. */
export function makePasskeyChallenge(
  key: HmacKey,
  random: Random,
  use: PasskeyUse,
  now: number,
): Uint8Array<ArrayBuffer> {
  const nonce = random.bytes(NONCE_BYTES);
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(now + PASSKEY_LIFETIME));
  return new Uint8Array(concatBytes(nonce, time, seal(key, use, nonce, time)));
}

/** When a challenge of ours for that use expires, ms since the epoch; undefined where it is none of ours. */
export function readPasskeyChallenge(key: HmacKey, use: PasskeyUse, challenge: string): number | undefined {
  let bytes: Uint8Array;
  try {
    bytes = fromBase64Url(challenge);
  } catch {
    return undefined;
  }
  if (bytes.length !== NONCE_BYTES + TIME_BYTES + SEAL_BYTES) return undefined;
  const nonce = bytes.slice(0, NONCE_BYTES);
  const time = bytes.slice(NONCE_BYTES, NONCE_BYTES + TIME_BYTES);
  if (!equalBytes(bytes.slice(NONCE_BYTES + TIME_BYTES), seal(key, use, nonce, time))) return undefined;
  return Number(new DataView(time.buffer).getBigUint64(0));
}

function seal(key: HmacKey, use: PasskeyUse, nonce: Uint8Array, time: Uint8Array): Uint8Array {
  const text = `wardmesh passkey challenge v1\n${use}\n${toBase64Url(concatBytes(nonce, time))}`;
  return key.bytes(utf8(text)).slice(0, SEAL_BYTES);
}
