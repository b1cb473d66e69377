import { MAX_INPUT_LENGTH } from './limits.ts';

// What a person who approves a call could not see: C0 controls but tab, line feed and carriage return; DEL; C1; soft
// hyphen; Hangul and Mongolian fillers; bidirectional marks and overrides; zero-width characters; variation selectors but
// the single one that asks for an emoji; tags and the supplementary selectors (a row of either hides any text).
const HIDDEN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u180B-\u180F]|[\uFE00-\uFE0E]|(?<=[\uFE00-\uFE0E]|\uFE0F)\uFE0F|\uDB40[\uDC00-\uDFFF]/g;

/** Whether a text holds characters that {@link sanitise} would remove. */
export function hasHidden(text: string): boolean {
  HIDDEN.lastIndex = 0;
  return HIDDEN.test(text);
}

/**
 * A text safe to show and to log (seed §Input Validation; XR-VAL-4): hidden characters removed, Unicode NFC, lone
 * surrogates replaced, at most `max` UTF-16 units and never cut within a surrogate pair.
 */
export function sanitise(text: string, max: number = MAX_INPUT_LENGTH): string {
  // Lone surrogates first: removing what stands between two of them would make a new, hidden character.
  let clean = text.toWellFormed();
  for (let before = ''; before !== clean; ) {
    before = clean;
    clean = clean.replace(HIDDEN, '');
  }
  clean = clean.normalize('NFC');
  if (clean.length <= max) return clean;
  const last = clean.charCodeAt(max - 1);
  return clean.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
