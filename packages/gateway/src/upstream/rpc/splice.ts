import type { RequestId } from '../../protocol/message.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const HEAD = Buffer.from('{"jsonrpc":"2.0","id":');
const TAIL = Buffer.from(',"id":');

/**
 * The bytes of a JSON-RPC message with another id, the rest untouched; undefined where the id cannot be found for sure.
 * The bytes must have passed the strict parser: valid JSON, an object, no name twice.
 */
export function spliceId(bytes: Buffer, id: RequestId): Buffer | undefined {
  const place = locateId(bytes);
  if (place === undefined) return undefined;
  const value = Buffer.from(JSON.stringify(id));
  const whole = Buffer.allocUnsafe(bytes.length - (place.end - place.start) + value.length);
  bytes.copy(whole, 0, 0, place.start);
  value.copy(whole, place.start);
  bytes.copy(whole, place.start + value.length, place.end);
  return whole;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the value of the top-level member `id` stands. */
export function locateId(bytes: Buffer): Place | undefined {
  return locateAtHead(bytes) ?? locateAtTail(bytes) ?? locateByWalk(bytes);
}

/** `{"jsonrpc":"2.0","id":N,…`: nothing can come before it, so it is the top-level id. */
function locateAtHead(bytes: Buffer): Place | undefined {
  if (bytes.length < HEAD.length || bytes.compare(HEAD, 0, HEAD.length, 0, HEAD.length) !== 0) return undefined;
  const end = endOfScalar(bytes, HEAD.length);
  return end === undefined ? undefined : { start: HEAD.length, end };
}

/**
 * `…,"id":N}` at the very end. The last `}` closes the top-level object, so the member before it is its own. The quote
 * after the comma opens a name: inside a string it would follow a backslash, and a closing quote is not followed by a name.
 */
function locateAtTail(bytes: Buffer): Place | undefined {
  const last = bytes.length - 1;
  if (bytes[last] !== 0x7d) return undefined;
  let start = last;
  while (start > 0 && isDigit(bytes[start - 1]!)) start--;
  const from = start - TAIL.length;
  if (start === last || from < 1 || bytes.compare(TAIL, 0, TAIL.length, from, start) !== 0) return undefined;
  return { start, end: last };
}

/** Walks the text once, looking only at names of the top-level object. */
function locateByWalk(bytes: Buffer): Place | undefined {
  let depth = 0;
  let expectsName = false;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE: {
        const end = endOfString(bytes, i);
        if (end === undefined) return undefined;
        if (depth === 1 && expectsName) {
          expectsName = false;
          if (end - i === 3 && bytes[i + 1] === 0x69 && bytes[i + 2] === 0x64) return valueAfter(bytes, end + 1);
          // A name spelled with escapes may mean `id`: not located for sure.
          if (bytes.subarray(i, end).includes(BACKSLASH)) return undefined;
        }
        i = end;
        break;
      }
      case 0x7b: // {
        depth++;
        expectsName = depth === 1;
        break;
      case 0x5b: // [
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case COMMA:
        if (depth === 1) expectsName = true;
        break;
    }
  }
  return undefined;
}

function valueAfter(bytes: Buffer, from: number): Place | undefined {
  let start = from;
  while (isSpace(bytes[start]) || bytes[start] === 0x3a) start++;
  const end = endOfScalar(bytes, start);
  return end === undefined ? undefined : { start, end };
}

/** End of the string or integer that starts here. */
function endOfScalar(bytes: Buffer, start: number): number | undefined {
  if (bytes[start] === QUOTE) {
    const end = endOfString(bytes, start);
    return end === undefined ? undefined : end + 1;
  }
  let end = start;
  while (end < bytes.length && (isDigit(bytes[end]!) || bytes[end] === 0x2d)) end++;
  const next = bytes[end];
  return end > start && (next === COMMA || next === 0x7d || isSpace(next)) ? end : undefined;
}

/** Offset of the closing quote of the string that opens at `start`. */
function endOfString(bytes: Buffer, start: number): number | undefined {
  for (let i = bytes.indexOf(QUOTE, start + 1); i !== -1; i = bytes.indexOf(QUOTE, i + 1)) {
    let backslashes = 0;
    while (bytes[i - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return i;
  }
  return undefined;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
