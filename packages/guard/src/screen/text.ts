import { SCREEN_PATTERNS, type ScreenPattern } from './patterns.ts';
import { maySay } from './precheck.ts';

/** `text`: prose that a model reads. `structured`: strings inside JSON. */
export type ScreenScope = 'text' | 'structured';

/** Matches by pattern id. */
export type Counts = Map<string, number>;

/**
 * A text with instruction-like patterns neutralised (XR-OUT-1). The same string comes back where nothing matched.
 * Screening twice changes no more than screening once.
 * @param counts gets the number of matches by pattern id.
 */
export function screenText(
  text: string,
  scope: ScreenScope,
  counts: Counts,
  patterns: readonly ScreenPattern[] = SCREEN_PATTERNS,
): string {
  if (!maySay(text)) return text;
  const screened = applyAll(text, scope, counts, patterns);
  return screenFolded(screened, scope, counts, patterns);
}

function applyAll(text: string, scope: ScreenScope, counts: Counts, patterns: readonly ScreenPattern[]): string {
  let screened = text;
  for (const pattern of patterns) {
    if (pattern.scope === 'text' && scope !== 'text') continue;
    pattern.expression.lastIndex = 0;
    if (!pattern.expression.test(screened)) continue;
    pattern.expression.lastIndex = 0;
    screened = replaceCounting(screened, pattern, counts);
  }
  return screened;
}

function replaceCounting(text: string, pattern: ScreenPattern, counts: Counts): string {
  let count = 0;
  const { replacement } = pattern;
  const replaced = text.replace(pattern.expression, (match: string, ...rest: unknown[]) => {
    const groups = rest.slice(
      0,
      rest.findIndex((item) => typeof item === 'number'),
    ) as string[];
    const by =
      typeof replacement === 'string'
        ? replacement.replace(/\$(\d)/g, (_reference, index: string) => groups[Number(index) - 1] ?? '')
        : replacement(match, ...groups);
    if (by !== match) count++;
    return by;
  });
  if (count > 0) counts.set(pattern.id, (counts.get(pattern.id) ?? 0) + count);
  return replaced;
}

// Full-width forms and mathematical letters read like ASCII to a model and not to an expression.
const LOOKALIKE = /[\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u;

/** Where the text spells a pattern in look-alike letters, the folded text is screened and taken instead. */
function screenFolded(text: string, scope: ScreenScope, counts: Counts, patterns: readonly ScreenPattern[]): string {
  if (!LOOKALIKE.test(text)) return text;
  const folded = text.replace(/[\uff01-\uff5e\u{1d400}-\u{1d7ff}]/gu, (char) => char.normalize('NFKC'));
  const found: Counts = new Map();
  const screened = applyAll(folded, scope, found, patterns);
  if (found.size === 0) return text; // honest full-width text stays as it was written
  for (const [id, count] of found) counts.set(id, (counts.get(id) ?? 0) + count);
  return screened;
}
