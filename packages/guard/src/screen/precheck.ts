import { SCREEN_PATTERNS } from './patterns.ts';

// One pass over the text that costs some two nanoseconds a character: the last four are kept as one number and looked up in a table of how matches begin; only there is an expression tried, and only at that place.

const SHIFT = 19;
const fours = new Map<number, RegExp[]>();
const twos = new Map<number, RegExp[]>();
/** Whether four characters with this hash begin a match: 8 KiB, so it stays in the first-level cache. */
const isFour = new Uint8Array(1 << (32 - SHIFT));
/** Whether two characters of which this is the second begin a match. */
const isTwo = new Uint8Array(256);
/** ASCII in lower case, white space as a space, {@link ODD} for what alone is a reason to look closer. */
const ODD = 0;
const folded = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (isOdd(unit)) return ODD;
  if (unit >= 0x41 && unit <= 0x5a) return unit | 0x20;
  return /\s/.test(String.fromCharCode(unit)) ? 0x20 : unit;
});

for (const { starts, expression, probe } of SCREEN_PATTERNS) {
  const sticky = probe ?? new RegExp(expression.source, `${expression.flags.replace('g', '')}y`);
  for (const start of starts) {
    let gram = 0;
    for (const char of start) gram = (gram << 8) | foldUnit(char.charCodeAt(0));
    const table = start.length === 2 ? twos : fours;
    table.set(gram, [...(table.get(gram) ?? []), sticky]);
    if (start.length === 2) isTwo[gram & 0xff] = 1;
    else isFour[Math.imul(gram, 0x9e3779b1) >>> SHIFT] = 1;
  }
}

/** Units copied at a time; a buffer of this size stays in the processor's cache. */
const CHUNK = 8_192;
const SHORT = 48;
const encoder = new TextEncoder();
const bytes = new Uint8Array(CHUNK * 3);

/**
 * Whether any pattern may match somewhere. Never false where one does (a test compares); true for a few clean texts that
 * hold look-alike letters or control characters.
 */
export function maySay(text: string): boolean {
  // For a short text the copy costs more than it saves.
  if (text.length < SHORT) return scanUnits(text, 0, text, 0) === FOUND;
  let gram = 0;
  for (let from = 0; from < text.length; from += CHUNK) {
    const part = text.length <= CHUNK ? text : text.slice(from, from + CHUNK);
    // Copying ASCII out of the string and reading bytes is several times as fast as asking the string for each unit.
    const isAscii = encoder.encodeInto(part, bytes).written === part.length;
    const found = isAscii ? scanBytes(text, from, part.length, gram) : scanUnits(text, from, part, gram);
    if (found === FOUND) return true;
    gram = found;
  }
  return false;
}

/** Stands for a find among the states. Four letters like U+00FF fold to it too: that text is looked at closer. */
const FOUND = -1;

function scanBytes(text: string, from: number, length: number, before: number): number {
  let gram = before;
  for (let i = 0; i < length; i++) {
    const unit = bytes[i]!;
    const fold = folded[unit]!;
    if (fold === ODD) return FOUND;
    gram = (gram << 8) | fold;
    if (isFour[Math.imul(gram, 0x9e3779b1) >>> SHIFT] === 1 && foursMatch(gram, text, from + i - 3)) return FOUND;
    if (isTwo[fold] === 1 && twosMatch(gram, text, from + i - 1)) return FOUND;
  }
  return gram;
}

function scanUnits(text: string, from: number, part: string, before: number): number {
  let gram = before;
  for (let i = 0; i < part.length; i++) {
    const unit = part.charCodeAt(i);
    const fold = foldUnit(unit);
    if (fold === ODD) return FOUND;
    gram = (gram << 8) | fold;
    if (isFour[Math.imul(gram, 0x9e3779b1) >>> SHIFT] === 1 && foursMatch(gram, text, from + i - 3)) return FOUND;
    if (isTwo[fold] === 1 && twosMatch(gram, text, from + i - 1)) return FOUND;
  }
  return gram;
}

function foldUnit(unit: number): number {
  if (unit < 128) return folded[unit]!;
  if (isOdd(unit)) return ODD;
  return isSpace(unit) ? 0x20 : (unit & 0x7f) | 0x80;
}

function foursMatch(gram: number, text: string, at: number): boolean {
  const expressions = fours.get(gram);
  return expressions !== undefined && matchesAt(expressions, text, at);
}

function twosMatch(gram: number, text: string, at: number): boolean {
  const expressions = twos.get(gram & 0xffff);
  return expressions !== undefined && matchesAt(expressions, text, at);
}

function matchesAt(expressions: readonly RegExp[], text: string, at: number): boolean {
  for (const expression of expressions) {
    expression.lastIndex = Math.max(0, at);
    if (expression.test(text)) return true;
  }
  return false;
}

/** UTF-16 units that patterns without `starts` begin with, and look-alike letters, which are folded first. */
export function isOdd(unit: number): boolean {
  if (unit < 0x20) return unit !== 0x09 && unit !== 0x0a && unit !== 0x0d;
  if (unit < 0x7f) return false;
  if (unit < 0x180e) return unit <= 0x9f;
  if (unit <= 0x206f) {
    return (
      unit === 0x180e || (unit >= 0x200b && unit <= 0x200f) || (unit >= 0x202a && unit <= 0x202e) || unit >= 0x2060
    );
  }
  // Surrogates that begin mathematical letters and tags; variation selectors, the byte order mark, full-width forms.
  if (unit === 0xd835 || unit === 0xdb40) return true;
  return (unit >= 0xfe00 && unit <= 0xfe0f) || unit === 0xfeff || (unit >= 0xff01 && unit <= 0xff5e);
}

function isSpace(unit: number): boolean {
  if (unit === 0xa0 || unit === 0x1680 || unit === 0x3000) return true;
  return (unit >= 0x2000 && unit <= 0x200a) || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f;
}
