import { WalletError } from '../error.ts';

/** Whether a code point belongs. */
export type CodePointTest = (codePoint: number) => boolean;
export type Assertion = 'start' | 'end' | 'word' | 'notWord';

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'one'; readonly test: CodePointTest }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

const between =
  (low: number, high: number): CodePointTest =>
  (c) =>
    c >= low && c <= high;
const isDigit = between(0x30, 0x39);
export const isWord: CodePointTest = (c) =>
  isDigit(c) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f;
const isSpace: CodePointTest = (c) => /\s/u.test(String.fromCodePoint(c));
const not =
  (test: CodePointTest): CodePointTest =>
  (c) =>
    !test(c);

const CLASSES: Readonly<Record<string, CodePointTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b };
const MAX_DEPTH = 32;
const MAX_REPEAT = 256;

/** Both cases of a code point that has two. */
function ignoringCase(test: CodePointTest): CodePointTest {
  return (c) => {
    const char = String.fromCodePoint(c);
    return test(c) || test(char.toLowerCase().codePointAt(0)!) || test(char.toUpperCase().codePointAt(0)!);
  };
}

/** The same test, answered from a table for ASCII: most text is, and a pattern asks of every character. */
function tabled(test: CodePointTest): CodePointTest {
  const table = Uint8Array.from({ length: 128 }, (_, c) => (test(c) ? 1 : 0));
  return (c) => (c < 128 ? table[c] === 1 : test(c));
}

/**
 * Reads the part of ECMAScript's regular expressions that a machine can run in linear time: literals, `.` (which also
 * matches line ends), classes, groups, alternation, repetition, `^ $ \b \B`. Back-references, look-around and named
 * groups are refused. @throws WalletError INVALID_PATTERN with the offset
 */
export function parsePattern(source: string, caseInsensitive: boolean): Node {
  const chars = [...source];
  let at = 0;
  let depth = 0;
  const fail = (message: string): never => {
    throw new WalletError('INVALID_PATTERN', `${message}, at character ${at + 1}`, { details: { at } });
  };
  const one = (test: CodePointTest): Node => ({
    kind: 'one',
    test: tabled(caseInsensitive ? ignoringCase(test) : test),
  });

  function alternatives(): Node {
    if (++depth > MAX_DEPTH) fail('groups nest too deep');
    const parts = [sequence()];
    while (chars[at] === '|') {
      at++;
      parts.push(sequence());
    }
    depth--;
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < chars.length && chars[at] !== '|' && chars[at] !== ')') parts.push(repeated());
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'all', parts };
  }

  function repeated(): Node {
    const part = atom();
    const bounds = quantifier();
    if (bounds === null) return part;
    if (part.kind === 'assert') return fail('an anchor cannot repeat');
    if (chars[at] === '?') at++; // lazy: finds the same, for whether it is found
    if (quantifier() !== null) return fail('nothing to repeat');
    return { kind: 'repeat', part, ...bounds };
  }

  function quantifier(): { min: number; max: number } | null {
    switch (chars[at]) {
      case '*':
        at++;
        return { min: 0, max: Number.POSITIVE_INFINITY };
      case '+':
        at++;
        return { min: 1, max: Number.POSITIVE_INFINITY };
      case '?':
        at++;
        return { min: 0, max: 1 };
      case '{': {
        const match = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(chars.slice(at, at + 12).join(''));
        if (match === null) return fail('a brace that repeats nothing; write \\{');
        at += match[0].length;
        const min = Number.parseInt(match[1]!, 10);
        const max =
          match[2] === undefined
            ? min
            : match[3] === undefined
              ? Number.POSITIVE_INFINITY
              : Number.parseInt(match[3], 10);
        if (max < min || min > MAX_REPEAT || (Number.isFinite(max) && max > MAX_REPEAT))
          return fail('repeats out of range');
        return { min, max };
      }
      default:
        return null;
    }
  }

  function atom(): Node {
    const char = chars[at]!;
    at++;
    switch (char) {
      case '.':
        return one(() => true);
      case '^':
        return { kind: 'assert', what: 'start' };
      case '$':
        return { kind: 'assert', what: 'end' };
      case '(': {
        if (chars[at] === '?') {
          if (chars[at + 1] !== ':') return fail('only (?: is understood of the (? forms');
          at += 2;
        }
        const node = alternatives();
        if (chars[at] !== ')') return fail('a group that does not end');
        at++;
        return node;
      }
      case '[':
        return one(bracket());
      case '\\':
        if (chars[at] === 'b' || chars[at] === 'B') {
          return { kind: 'assert', what: chars[at++] === 'b' ? 'word' : 'notWord' };
        }
        return one(escaped());
      case '*':
      case '+':
      case '?':
      case '{':
        at--;
        return fail('nothing to repeat');
      case ']':
      case '}':
        at--;
        return fail('a bracket that opens nowhere');
      default: {
        const code = char.codePointAt(0)!;
        return one((c) => c === code);
      }
    }
  }

  /** After the backslash. */
  function escaped(): CodePointTest {
    const set = CLASSES[chars[at] ?? ''];
    if (set !== undefined) {
      at++;
      return set;
    }
    const code = escapedCode();
    return (c) => c === code;
  }

  function escapedCode(): number {
    const char = chars[at];
    if (char === undefined) return fail('a backslash at the end');
    at++;
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === 'x' || char === 'u') {
      const length = char === 'x' ? 2 : 4;
      const digits = chars.slice(at, at + length).join('');
      if (digits.length !== length || !/^[0-9A-Fa-f]+$/.test(digits)) return fail('not a character code');
      at += length;
      return Number.parseInt(digits, 16);
    }
    if (/^[0-9A-Za-z]$/.test(char)) return fail(`\\${char} is not understood`);
    return char.codePointAt(0)!;
  }

  /** After the opening bracket. */
  function bracket(): CodePointTest {
    const negated = chars[at] === '^';
    if (negated) at++;
    const tests: CodePointTest[] = [];
    for (;;) {
      const char = chars[at];
      if (char === undefined) return fail('a class that does not end');
      at++;
      if (char === ']') break;
      let low: number;
      if (char === '\\') {
        const set = CLASSES[chars[at] ?? ''];
        if (set !== undefined) {
          at++;
          tests.push(set);
          continue;
        }
        low = escapedCode();
      } else low = char.codePointAt(0)!;
      if (chars[at] === '-' && chars[at + 1] !== ']' && chars[at + 1] !== undefined) {
        at++;
        const next = chars[at++]!;
        const high = next === '\\' ? escapedCode() : next.codePointAt(0)!;
        if (high < low) return fail('a range out of order');
        tests.push(between(low, high));
      } else tests.push((c) => c === low);
    }
    const any: CodePointTest = (c) => tests.some((test) => test(c));
    if (!negated) return any;
    // Negated after folding, as ECMAScript does: [^a] with case ignored holds neither a nor A.
    return caseInsensitive ? negateFolded(any) : not(any);
  }

  function negateFolded(any: CodePointTest): CodePointTest {
    const folded = ignoringCase(any);
    return (c) => !folded(c);
  }

  const node = alternatives();
  if (at < chars.length) fail('a parenthesis that opens nowhere');
  return node;
}
