import { SecureBuffer } from '@wardmesh/vault';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** The first line of `bytes`, without its end, in a buffer of its own. `bytes` are wiped. */
export function firstLine(bytes: Uint8Array): SecureBuffer {
  const end = bytes.indexOf(LINE_FEED);
  const line = bytes.subarray(0, end < 0 ? bytes.length : end);
  const text = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
  const secret = SecureBuffer.from(text);
  bytes.fill(0);
  return secret;
}

/**
 * One spelling for what keyboards of different systems produce: UTF-8 of the NFKC form (BIP-39 and the seed ask for it).
 * Pure ASCII has one spelling already and never becomes a string, which could not be wiped. `secret` is wiped where the
 * answer is another buffer.
 */
export function normalised(secret: SecureBuffer): SecureBuffer {
  const bytes = secret.getBuffer();
  if (bytes.every((byte) => byte < 0x80)) return secret;
  const other = SecureBuffer.from(bytes.toString('utf8').normalize('NFKC'));
  secret.zero();
  return other;
}
