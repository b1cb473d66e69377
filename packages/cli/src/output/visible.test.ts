import { describe, expect, it } from 'vitest';
import { visible } from './visible.ts';

describe('visible', () => {
  it.each([
    ['an escape that moves the cursor', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
    ['a right-to-left override', 'a\u202eb', 'a\\u{202e}b'],
    ['a carriage return that hides what was before', 'evil\rgood', 'evil\\u{d}good'],
    ['a C1 control sequence', '\u009b31m', '\\u{9b}31m'],
    ['a tag character', '\u{e0041}', '\\u{e0041}'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ])('spells out %s', (_name, text, shown) => expect(visible(text)).toBe(shown));

  it('leaves tabs, line ends and letters of all scripts as they are', () => {
    expect(visible('a\tb\nÄ Ж 漢 😀')).toBe('a\tb\nÄ Ж 漢 😀');
  });
});
