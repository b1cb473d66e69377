import { describe, expect, it } from 'vitest';
import { formatDrops, shortId, visible } from './format.ts';

describe('what agents wrote', () => {
  it.each([
    ['a reversed text', 'pay \u202eecila', 'pay \\u{202e}ecila'],
    ['a zero-width space', 'ro\u200bot', 'ro\\u{200b}ot'],
    ['a control character', 'a\u0007b', 'a\\u{7}b'],
    ['a tag character', 'x\u{e0041}', 'x\\u{e0041}'],
    ['a Hangul filler', 'a\u3164b', 'a\\u{3164}b'],
    ['a variation selector', 'a\ufe0fb\u{e0101}', 'a\\u{fe0f}b\\u{e0101}'],
    ['a joiner without a look', 'a\u034fb', 'a\\u{34f}b'],
    ['a space that is none', 'a\u00a0b\u3000c\u2800d', 'a\\u{a0}b\\u{3000}c\\u{2800}d'],
    ['half a character', 'a\ud800b', 'a\\u{d800}b'],
    ['heaped marks', 'e\u0301\u0302\u0303\u0304', 'e\u0301\u0302\\u{303}\\u{304}'],
    ['letters of any script', 'żółć 中文 עברית é', 'żółć 中文 עברית é'],
    ['lines', 'a\n\tb', 'a\n\tb'],
  ])('shows %s', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

it.each([
  ['0', '0 XRP'],
  ['1', '0.000001 XRP'],
  ['1500000', '1.5 XRP'],
  ['1234567890123', '1 234 567.890123 XRP'],
  ['100000000000000000', '100 000 000 000 XRP'],
])('%s drops are %s, exactly', (drops, text) => {
  expect(formatDrops(drops)).toBe(text);
});

it('keeps the kind of an id when it shortens it', () => {
  expect(shortId('eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F')).toBe('eip155:0x71C7…976F');
  expect(shortId('local')).toBe('local');
});
