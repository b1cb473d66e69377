import { MAX_INPUT_LENGTH } from './limits.ts';

// C0 controls but tab, line feed and carriage return; DEL; C1; bidirectional overrides; zero-width and tag characters:
// what a person who approves a call could not see.
const HIDDEN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\uDB40[\uDC00-\uDC7F]/g;

/** Whether a text holds characters that {@link sanitise} would remove. */
export function hasHidden(text: string): boolean {
  HIDDEN.lastIndex = 0;
  return HIDDEN.test(text);
}

/**
 * A text safe to show and to log (seed §Input Validation; XR-VAL-4): Unicode NFC, hidden characters removed, at most
 * `max` UTF-16 units and never cut within a surrogate pair.
 */
export function sanitise(text: string, max: number = MAX_INPUT_LENGTH): string {
  const clean = text.normalize('NFC').replace(HIDDEN, '');
  if (clean.length <= max) return clean;
  const last = clean.charCodeAt(max - 1);
  return clean.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
