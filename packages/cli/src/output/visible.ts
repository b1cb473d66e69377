/**
 * Text that reached us from servers, agents and files, as a terminal may show it: control characters (which move the
 * cursor, set titles, answer queries), bidirectional overrides and invisible characters are spelled out as `\u{…}`.
 */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
