/** Bitcoin's alphabet, which Solana uses. */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const DIGITS = new Map([...ALPHABET].map((digit, value) => [digit, BigInt(value)]));

/** Base58 without a checksum. */
export function toBase58(bytes: Uint8Array): string {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  let text = '';
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/** The `length` bytes (at most 64) of a base58 text, or undefined for any other text. */
export function fromBase58(text: string, length: number): Uint8Array | undefined {
  // 64 bytes take at most 88 digits; the work is quadratic, so longer texts are not started.
  if (text.length > 88 || text.length === 0) return undefined;
  let number = 0n;
  for (const digit of text) {
    const value = DIGITS.get(digit);
    if (value === undefined) return undefined;
    number = number * 58n + value;
  }
  const bytes = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--, number >>= 8n) bytes[i] = Number(number & 255n);
  return number === 0n && toBase58(bytes) === text ? bytes : undefined;
}
