import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, MAX_JSON_KEYS } from './limits.ts';
import { parseStrictJson } from './strict-json.ts';

const codeOf = (text: string, options?: Parameters<typeof parseStrictJson>[1]) => {
  const result = parseStrictJson(text, options);
  return result.ok ? 'ok' : result.error.code;
};

describe('strict JSON', () => {
  it('reads what the engine reads, and nothing else', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        const result = parseStrictJson(text);
        // The generator may draw __proto__; that refusal has its own test.
        if (!text.includes('__proto__')) expect(result).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('never throws, and never accepts what the engine refuses', () => {
    const fragments = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '1',
      '-',
      '.',
      'e',
      'null',
      '"a"',
      ' ',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        if (!parseStrictJson(text).ok) return;
        expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"b":{"a":1,"c":[{"a":1}],"a":2}}',
    '[{"a":1},{"x":1,"x":1}]',
    '{"a":"}","a":1}',
    '{"a\\"b":1,"a\\"b":2}',
    '{"":1,"":2}',
    '{ "a" : 1 ,\n "a" : 2 }',
  ])('refuses a duplicate member name: %s', (text) => {
    verifies('XR-VAL-4');
    expect(codeOf(text)).toBe('JSON_DUPLICATE_KEY');
  });

  it.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '{"a":["a","a"]}', '{"é":1,"e\\u0301":2}'])(
    'accepts names that only look repeated: %s',
    (text) => {
      expect(codeOf(text)).toBe('ok');
    },
  );

  it('catches a duplicate planted anywhere in any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, pick) => {
        const names = Object.keys(object).filter((name) => name !== '__proto__');
        fc.pre(names.length > 0);
        const planted = names[pick % names.length]!;
        const text = JSON.stringify(object);
        const doubled = `${text.slice(0, -1)},${JSON.stringify(planted)}:0}`;
        fc.pre(!text.includes('__proto__'));
        expect(codeOf(doubled)).toBe('JSON_DUPLICATE_KEY');
      }),
    );
  });

  it.each(['{"__proto__":1}', '{"a":{"\\u005f_proto__":1}}'])(
    'refuses the name that changes prototypes: %s',
    (text) => {
      expect(codeOf(text)).toBe('JSON_FORBIDDEN_KEY');
    },
  );

  it('refuses nesting beyond the limit before the engine sees it', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(codeOf(nested(MAX_JSON_DEPTH))).toBe('ok');
    expect(parseStrictJson(nested(MAX_JSON_DEPTH + 1))).toEqual({
      ok: false,
      error: { code: 'JSON_TOO_DEEP', at: MAX_JSON_DEPTH },
    });
    expect(codeOf('['.repeat(1_000_000))).toBe('JSON_TOO_DEEP');
    expect(codeOf(`["${'['.repeat(100)}"]`)).toBe('ok');
  });

  it('judges a short text as it judges a long one', () => {
    const deep = '['.repeat(MAX_JSON_DEPTH + 1);
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      ':',
      ',',
      '1',
      '-0.5e3',
      '123456789012345678',
      '1e999',
      deep,
    );
    const blanks = ' '.repeat(5_000);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (parts, exactIntegers) => {
        const text = parts.join('');
        expect(parseStrictJson(text, { exactIntegers })).toEqual(parseStrictJson(text + blanks, { exactIntegers }));
      }),
      { numRuns: 3_000 },
    );
    expect(codeOf(`{"a":1,"a":${deep}${']'.repeat(MAX_JSON_DEPTH + 1)}}`)).toBe('JSON_TOO_DEEP');
  });

  it('refuses more members than the limit', () => {
    const members = (count: number) => `{${Array.from({ length: count }, (_, i) => `"${i}":0`).join()}}`;
    expect(codeOf(members(MAX_JSON_KEYS))).toBe('ok');
    expect(codeOf(members(MAX_JSON_KEYS + 1))).toBe('JSON_TOO_MANY_KEYS');
  });

  it.each(['1e309', '[-1e999]', `{"a":${'9'.repeat(310)}}`])('refuses a number beyond a double: %s', (text) => {
    expect(codeOf(text)).toBe('JSON_NUMBER_RANGE');
  });

  it.each(['9007199254740993', '[-9007199254740993]', '{"ns":1763804166123456789}'])(
    'refuses an integer that other readers see differently, where asked: %s',
    (text) => {
      expect(codeOf(text, { exactIntegers: true })).toBe('JSON_NUMBER_RANGE');
      expect(codeOf(text)).toBe('ok');
    },
  );

  it.each([
    '9007199254740992',
    '100000000000000000000',
    '-0',
    '0.1',
    '1E+2',
    '"9007199254740993"',
    '{"9007199254740993":1}',
  ])('accepts a number that means one thing: %s', (text) => {
    expect(codeOf(text, { exactIntegers: true })).toBe('ok');
  });

  it.each(['', ' ', '{', '{"a"}', '[1,]', '{"a":1,}', "{'a':1}", '01', '+1', 'NaN', '"\u0001"', '{}{}', '\ufeff{}'])(
    'calls %j malformed',
    (text) => {
      expect(codeOf(text)).toBe('JSON_MALFORMED');
    },
  );
});
