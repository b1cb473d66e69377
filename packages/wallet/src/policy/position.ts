/** Where a value stands in a JSON text: line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Position of the value at `path` in a text that is sound JSON; of its nearest parent where it is not there. */
export function positionOf(text: string, path: readonly PropertyKey[]): Position {
  let at = skipSpace(text, 0);
  for (const step of path) {
    const next = text[at] === '{' ? member(text, at, String(step)) : text[at] === '[' ? item(text, at, step) : -1;
    if (next === -1) break;
    at = next;
  }
  return positionAt(text, at);
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset));
  const line = before.split('\n').length;
  return { line, column: before.length - before.lastIndexOf('\n') };
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return i;
}

/** Offset of the member's value, or -1. */
function member(text: string, open: number, name: string): number {
  let at = skipSpace(text, open + 1);
  while (text[at] === '"') {
    const end = endOfValue(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (JSON.parse(text.slice(at, end)) === name) return value;
    at = skipSpace(text, endOfValue(text, value));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return -1;
}

function item(text: string, open: number, index: PropertyKey): number {
  let at = skipSpace(text, open + 1);
  for (let i = 0; text[at] !== ']' && at < text.length; i++) {
    if (i === index) return at;
    at = skipSpace(text, endOfValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return -1;
}

/** Offset after the value that begins at `at`. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  for (; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') {
      for (i++; text[i] !== '"' && i < text.length; i++) if (text[i] === '\\') i++;
      if (depth === 0) return i + 1;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    } else if (depth === 0 && (char === ',' || char === ' ' || char === '\n' || char === '\r' || char === '\t'))
      return i;
  }
  return i;
}
