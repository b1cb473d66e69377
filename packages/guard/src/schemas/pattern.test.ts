import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PATTERN_STEPS } from '../limits.ts';
import { PatternBudgetError, readPattern } from './pattern.ts';
import { compileAutomaton } from './regex/automaton.ts';

/** Patterns from real tool schemas, and every construct. */
const PATTERNS = [
  '^[a-z]+$',
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^(?:\\+|00)[1-9]\\d{6,14}$',
  '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$',
  '^(?<year>\\d{4})/(\\d+)$',
  '^https?://[^\\s/$.?#].[^\\s]*$',
  'foo|bar|^baz$',
  '^$',
  '',
  'a{2,3}?b*?c+?d??',
  '\\bword\\b',
  '\\Bx',
  '^[^\\]\\\\]*$',
  '^\\p{L}+\\s\\p{Nd}*$',
  '^.$',
  '^\\u0041\\x42\\u{43}$',
  '^[\\u4e00-\\u9fff]+$',
  '(a|ab)(c|bcd)(d*)',
  '^(a*)*$',
  '^(a+)+$',
  '^(?:a|a)*$',
  '^[\\w\\-]+$',
  '^😀+$',
];

describe('readPattern', () => {
  verifies('XR-VAL-1');

  it.each(PATTERNS)('accepts the texts the engine accepts: %s', (pattern) => {
    const safe = readPattern(pattern);
    if (!safe.ok) throw new Error(safe.error);
    let native: RegExp;
    try {
      native = new RegExp(pattern, 'u');
    } catch {
      native = new RegExp(pattern);
    }
    const alphabet = fc.constantFrom(
      ...'abcdfoxzwrABCZ01249-_./:@+?# \n\\]',
      '中',
      'é',
      '😀',
      'word',
      'foo',
      'baz',
      'https://',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(safe.value.test(text)).toBe(native.test(text));
      }),
      { numRuns: 300 },
    );
  });

  it('matches as the engine does for generated patterns', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '^', '$', '\\b');
    const pattern = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
        fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}')).map(([a, q]) => `(?:${a})${q}`),
      ),
    })).node;
    const text = fc.array(fc.constantFrom('a', 'b', '1', ' '), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const safe = readPattern(source);
        if (safe.ok) expect(safe.value.test(input)).toBe(new RegExp(source, 'u').test(input));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a back reference', '^(a)\\1$', 'unsupported'],
    ['a named back reference', '^(?<x>a)\\k<x>$', 'unsupported'],
    ['look-ahead', '^(?=a)b$', 'unsupported'],
    ['look-behind', '(?<!a)b', 'unsupported'],
    ['a broken one', '(', 'syntax'],
    ['an overlong one', 'a'.repeat(600), 'length'],
    ['one that explodes', '(?:(?:a{99}){99}){99}', 'size'],
  ])('refuses %s', (_title, pattern, problem) => {
    expect(readPattern(pattern)).toEqual({ ok: false, error: problem });
  });

  it('costs text times program, whatever the pattern', () => {
    // Each of these takes a backtracking engine longer than the universe on this text.
    for (const pattern of ['^(a+)+$', '^(a|aa)*$', '^(?:a*)*b$', '(a|a)*$', '^(?:(?:a?){30}){10}$']) {
      const safe = readPattern(pattern);
      expect(safe.ok && safe.value.test(`${'a'.repeat(3_000)}!`)).toBe(pattern === '(a|a)*$');
    }
  });

  it('refuses a text that would cost too much, instead of guessing', () => {
    const { size } = compileAutomaton('^(a|b|c)*$', 'u', 100);
    const safe = readPattern('^(a|b|c)*$');
    expect(() => safe.ok && safe.value.test('a'.repeat(Math.ceil(MAX_PATTERN_STEPS / size) + 1))).toThrow(
      PatternBudgetError,
    );
  });
});
