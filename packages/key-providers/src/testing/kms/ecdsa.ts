import { createECDH, type KeyObject, randomBytes } from 'node:crypto';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** ECDSA over a digest as it is, which OpenSSL does not offer: DER, with either value of s, as the service gives it. */
export function signDigest(key: KeyObject, digest: Buffer): Buffer {
  const d = big(Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url'));
  const ecdh = createECDH('secp256k1');
  for (;;) {
    const k = randomBytes(32);
    if (big(k) === 0n || big(k) >= ORDER) continue;
    ecdh.setPrivateKey(k);
    const r = big(ecdh.getPublicKey().subarray(1, 33)) % ORDER;
    const s = (inverse(big(k)) * ((big(digest) + r * d) % ORDER)) % ORDER;
    if (r === 0n || s === 0n) continue;
    const body = Buffer.concat([integer(r), integer(s)]);
    return Buffer.concat([Buffer.of(0x30, body.length), body]);
  }
}

function big(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** By Fermat: k^(n-2). */
function inverse(value: bigint): bigint {
  let [result, base, power] = [1n, value % ORDER, ORDER - 2n];
  for (; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const padded = digits[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return Buffer.concat([Buffer.of(0x02, padded.length), padded]);
}
