import type { Json } from './json.ts';
import { MAX_JSON_DEPTH, MAX_JSON_KEYS } from './limits.ts';
import { err, ok, type Result } from './result.ts';

export type JsonProblem =
  | 'JSON_MALFORMED'
  | 'JSON_DUPLICATE_KEY'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_MANY_KEYS'
  | 'JSON_FORBIDDEN_KEY'
  | 'JSON_NUMBER_RANGE';

export interface JsonFault {
  readonly code: JsonProblem;
  /** Offset in UTF-16 units where it was seen; -1 where the engine does not say. */
  readonly at: number;
}

export interface StrictJsonOptions {
  /**
   * Also refuse integers that a double cannot hold: other readers would see another number than the one we decide on.
   * For what is decided or approved; results of servers may carry such numbers and are only passed on. Default false.
   */
  readonly exactIntegers?: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON that means one thing: duplicate member names (which readers resolve differently), nesting deeper than
 * {@link MAX_JSON_DEPTH}, more than {@link MAX_JSON_KEYS} members of one object, the member name `__proto__` and numbers
 * beyond the range of a double (RFC 7493 §2.2, §2.3) are refused. The engine parses the text once; the scan for
 * the rest relies on the parse having accepted the grammar.
 */
export function parseStrictJson(text: string, options: StrictJsonOptions = {}): Result<Json, JsonFault> {
  // Depth first: the engine's own parser must never see a nesting bomb. A short text cannot be one.
  const isShort = text.length <= SHORT;
  if (!isShort) {
    const deep = tooDeep(text);
    if (deep !== undefined) return err(deep);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return err((isShort ? tooDeep(text) : undefined) ?? { code: 'JSON_MALFORMED', at: -1 });
  }
  const fault = findFault(text, options.exactIntegers === true);
  if (fault === undefined) return ok(value);
  // Whatever else is wrong, depth is told first, for short texts and long ones alike.
  return err((isShort ? tooDeep(text) : undefined) ?? fault);
}

function tooDeep(text: string): JsonFault | undefined {
  const at = measureDepth(text);
  return at < 0 ? undefined : { code: 'JSON_TOO_DEEP', at };
}

/** Nesting of a text this long, UTF-16 units, is no danger to the engine's parser, so it is measured in the one scan. */
const SHORT = 4_096;

/** Offset of the bracket that goes too deep, or -1. */
function measureDepth(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_JSON_DEPTH) return i;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return -1;
}

/** Offset of the closing quote of the string that opens at `start`, or the text's length. */
function endOfString(text: string, start: number): number {
  let i = text.indexOf('"', start + 1);
  while (i !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(i - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return i;
    i = text.indexOf('"', i + 1);
  }
  return text.length;
}

const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;

/** Whether the number at `at` means the same to every reader, as far as asked; `end` is where it ends. */
function checkNumber(text: string, at: number, exactIntegers: boolean): { fits: boolean; end: number } {
  NUMBER.lastIndex = at;
  const [literal, fraction, exponent] = NUMBER.exec(text)!;
  const value = Number(literal);
  const isExact = (): boolean => Number.isSafeInteger(value) || BigInt(literal) === BigInt(value);
  const isInteger = fraction === undefined && exponent === undefined;
  return { fits: Number.isFinite(value) && (!exactIntegers || !isInteger || isExact()), end: at + literal.length };
}

/** Where the integer at `at` ends, if it has so few digits that every reader can hold it; else -1. */
function endOfShortInteger(text: string, at: number): number {
  let end = at + 1;
  for (let c = text.charCodeAt(end); c >= 0x30 && c <= 0x39; c = text.charCodeAt(end)) end++;
  const next = text.charCodeAt(end);
  // 2^53 has 16 digits. What a fraction or an exponent follows is no integer.
  return end - at <= 15 && next !== 0x2e && next !== 0x65 && next !== 0x45 ? end : -1;
}

/** Names of one object; few are compared faster than hashed. */
class Names {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#few.length;
  }

  has(name: string): boolean {
    return this.#many === undefined ? this.#few.includes(name) : this.#many.has(name);
  }

  add(name: string): void {
    if (this.#many !== undefined) this.#many.add(name);
    else if (this.#few.push(name) > 8) this.#many = new Set(this.#few);
  }
}

/** Walks text that the engine has parsed, and looks at the numbers and at the member names of each object. */
function findFault(text: string, exactIntegers: boolean): JsonFault | undefined {
  const open: (Names | null)[] = [];
  let keys: Names | null = null;
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const short = endOfShortInteger(text, i);
      if (short !== -1) {
        i = short - 1;
        continue;
      }
      const { fits, end } = checkNumber(text, i, exactIntegers);
      if (!fits) return { code: 'JSON_NUMBER_RANGE', at: i };
      i = end - 1;
      continue;
    }
    switch (c) {
      case QUOTE: {
        const end = endOfString(text, i);
        if (expectsKey && keys !== null) {
          const raw = text.slice(i + 1, end);
          // Escapes let one name be spelled in many ways: compare what they mean.
          const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
          if (keys.has(name)) return { code: 'JSON_DUPLICATE_KEY', at: i };
          if (name === '__proto__') return { code: 'JSON_FORBIDDEN_KEY', at: i };
          if (keys.size >= MAX_JSON_KEYS) return { code: 'JSON_TOO_MANY_KEYS', at: i };
          keys.add(name);
          expectsKey = false;
        }
        i = end;
        break;
      }
      case 0x7b: // {
        if (open.push(keys) > MAX_JSON_DEPTH) return { code: 'JSON_TOO_DEEP', at: i };
        keys = new Names();
        expectsKey = true;
        break;
      case 0x5b: // [
        if (open.push(keys) > MAX_JSON_DEPTH) return { code: 'JSON_TOO_DEEP', at: i };
        keys = null;
        expectsKey = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        keys = open.pop() ?? null;
        expectsKey = false;
        break;
      case 0x2c: // ,
        expectsKey = keys !== null;
        break;
    }
  }
  return undefined;
}
