import { canonicalize, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { MAX_DIFF_LINE, MAX_DIFF_LINES } from '../limits.ts';
import { PINNED_MEMBERS } from './pin.ts';

/** `-` was reviewed, `+` is offered now, ` ` stands in both, `@` names the member that follows. */
export interface DiffLine {
  readonly sign: '@' | '-' | '+' | ' ';
  readonly text: string;
}

/** Unchanged lines shown on each side of a change. */
const CONTEXT = 2;

/**
 * What changed between two definitions of a tool, member by member, a line a line, with every character that a terminal
 * or a reader could be fooled by written as an escape (`\u200b`), so that a change in invisible text is seen.
 */
export function readableDiff(old: JsonObject, now: JsonObject): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  for (const member of PINNED_MEMBERS) {
    const before = old[member];
    const after = now[member];
    if (sameJson(before, after)) continue;
    lines.push({ sign: '@', text: member }, ...withContext(diffLines(toLines(before), toLines(after))));
  }
  return lines;
}

/** One text for a terminal; safe to print as it is. */
export function formatDiff(lines: readonly DiffLine[]): string {
  return lines.map((line) => (line.sign === '@' ? `@@ ${line.text}` : `${line.sign} ${line.text}`)).join('\n');
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalize(a) === canonicalize(b);
}

function toLines(value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(sortMembers(value), null, 2);
  return text.split('\n').map((line) => {
    const shown = escapeHidden(line);
    return shown.length > MAX_DIFF_LINE ? `${shown.slice(0, MAX_DIFF_LINE)}… (${shown.length} characters)` : shown;
  });
}

function sortMembers(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => sortMembers(item as Json));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sortMembers(value[name] as Json)]),
  );
}

/** Characters that a reader would not see, as `\uXXXX`; letters of all scripts stay readable. */
export function escapeHidden(text: string): string {
  // Controls, format characters (zero width, bidi, tags), surrogates left alone, private use, unassigned, odd spaces.
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{Variation_Selector}/gu, (char) => {
    const point = char.codePointAt(0) as number;
    return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
  });
}

/** Longest common subsequence over lines; both sides are cut at {@link MAX_DIFF_LINES}. */
function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const a = before.slice(0, MAX_DIFF_LINES);
  const b = after.slice(0, MAX_DIFF_LINES);
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i]! });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push({ sign: '-', text: a[i++]! });
    } else {
      lines.push({ sign: '+', text: b[j++]! });
    }
  }
  if (before.length > a.length || after.length > b.length) {
    lines.push({ sign: '+', text: `… lines beyond ${MAX_DIFF_LINES} differ or were not compared` });
  }
  return lines;
}

function withContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  return lines.filter((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((near) => near.sign !== ' '),
  );
}
