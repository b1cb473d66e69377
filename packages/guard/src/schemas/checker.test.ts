import type { Json, JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SCHEMA_LENGTH } from '../limits.ts';
import { type ArgumentOptions, SchemaChecker } from './checker.ts';

const checker = new SchemaChecker();

function codeOf(schema: JsonObject, args: Json, options?: ArgumentOptions): string {
  const checked = checker.checkArguments(schema, args, options);
  return checked.ok
    ? 'ok'
    : `${checked.error.code} ${checked.error.problems[0]?.pointer}:${checked.error.problems[0]?.keyword}`;
}

const CLOSED = {
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
  additionalProperties: false,
};
const SILENT = {
  type: 'object',
  properties: { path: { type: 'string' }, opts: { type: 'object', properties: { deep: { type: 'boolean' } } } },
};

describe('checkArguments', () => {
  verifies('XR-VAL-1', 'XR-VAL-5');

  it.each<[string, JsonObject, Json, ArgumentOptions, string]>([
    ['what the schema asks', CLOSED, { path: 'a' }, {}, 'ok'],
    [
      'an unknown member of a closed schema',
      CLOSED,
      { path: 'a', x: 1 },
      {},
      'SCHEMA_UNKNOWN_PROPERTY :additionalProperties',
    ],
    ['a wrong type', CLOSED, { path: 1 }, {}, 'SCHEMA_MISMATCH /path:type'],
    ['a missing member', CLOSED, {}, {}, 'SCHEMA_MISMATCH :required'],
    ['no object', CLOSED, [], {}, 'SCHEMA_MISMATCH :type'],
    ['an unknown member where the schema is silent', SILENT, { path: 'a', x: 1 }, {}, 'ok'],
    [
      'the same, strictly',
      SILENT,
      { path: 'a', x: 1 },
      { strict: true },
      'SCHEMA_UNKNOWN_PROPERTY :unevaluatedProperties',
    ],
    [
      'an unknown nested member, strictly',
      SILENT,
      { opts: { y: 1 } },
      { strict: true },
      'SCHEMA_UNKNOWN_PROPERTY /opts:unevaluatedProperties',
    ],
    ['known members, strictly', SILENT, { path: 'a', opts: { deep: true } }, { strict: true }, 'ok'],
    [
      'members that allOf names, strictly',
      { type: 'object', allOf: [{ properties: { a: {} } }] },
      { a: 1 },
      { strict: true },
      'ok',
    ],
    [
      'open members, strictly',
      { type: 'object', additionalProperties: { type: 'string' } },
      { a: 'b' },
      { strict: true },
      'ok',
    ],
    [
      'draft-07, strictly',
      { $schema: 'http://json-schema.org/draft-07/schema#', ...SILENT },
      { x: 1 },
      { strict: true },
      'SCHEMA_UNKNOWN_PROPERTY :unevaluatedProperties',
    ],
    [
      'draft-07 tuples',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: { t: { items: [{ type: 'string' }], additionalItems: false } },
      },
      { t: ['a', 'b'] },
      {},
      'SCHEMA_MISMATCH /t:additionalItems',
    ],
    [
      '2020-12 tuples',
      { type: 'object', properties: { t: { prefixItems: [{ type: 'string' }], items: false } } },
      { t: ['a', 'b'] },
      {},
      'SCHEMA_MISMATCH /t:items',
    ],
    [
      'a local reference',
      { type: 'object', properties: { a: { $ref: '#/$defs/t' } }, $defs: { t: { type: 'integer' } } },
      { a: 'x' },
      {},
      'SCHEMA_MISMATCH /a:type',
    ],
    [
      'a recursive schema',
      { type: 'object', properties: { next: { $ref: '#' } }, required: ['v'] },
      { v: 1, next: {} },
      {},
      'SCHEMA_MISMATCH /next:required',
    ],
    [
      'a format',
      { type: 'object', properties: { d: { type: 'string', format: 'date' } } },
      { d: 'today' },
      {},
      'SCHEMA_MISMATCH /d:format',
    ],
    ['an id of its own', { $id: 'https://json-schema.org/draft/2020-12/schema', ...CLOSED }, { path: 'a' }, {}, 'ok'],
    [
      '__proto__ as a member',
      CLOSED,
      JSON.parse('{"path":"a","__proto__":{}}'),
      {},
      'SCHEMA_UNKNOWN_PROPERTY :additionalProperties',
    ],
  ])('%s', (_title, schema, args, options, expected) => {
    expect(codeOf(schema, args, options)).toBe(expected);
  });

  it.each<[string, JsonObject, string]>([
    ['a remote reference', { $ref: 'https://evil.example/schema' }, 'reference'],
    ['a remote reference deep inside', { properties: { a: { anyOf: [{ $ref: 'file:///etc/passwd' }] } } }, 'reference'],
    ['a remote dynamic reference', { properties: { a: { $dynamicRef: 'other.json#x' } } }, 'reference'],
    ['a reference to nothing', { $ref: '#/$defs/none' }, 'compile'],
    [
      'an asynchronous validator, which would always pass',
      { $async: true, properties: { a: { type: 'string' } } },
      'async',
    ],
    ['an asynchronous subschema', { properties: { a: { $async: true } } }, 'async'],
    ['another dialect', { $schema: 'https://example.org/meta' }, 'dialect'],
    ['a nested id', { properties: { a: { $id: 'https://example.org/x' } } }, 'identifier'],
    ['a pattern no automaton runs', { properties: { a: { pattern: '^(?=.*\\d)' } } }, 'pattern'],
    ['a pattern as a member name', { patternProperties: { '(a)\\1': {} } }, 'pattern'],
    ['nesting', nested(40), 'depth'],
    ['size', { description: 'x'.repeat(MAX_SCHEMA_LENGTH) }, 'size'],
    ['malformed keywords', { type: 'colour' }, 'compile'],
    ['a lone surrogate', { description: '\ud800' }, 'canonical'],
  ])('refuses to compile %s', (_title, more, keyword) => {
    const admitted = checker.admit({ type: 'object', ...more });
    expect(admitted).toEqual({ ok: false, error: { code: 'SCHEMA_UNUSABLE', problems: [{ pointer: '', keyword }] } });
  });

  it('takes what looks like a keyword for data where it is data', () => {
    expect(
      checker.admit({
        type: 'object',
        properties: { $ref: { type: 'string' }, pattern: { const: { $ref: 'http://x' } } },
      }).ok,
    ).toBe(true);
  });

  it.each<[string, string, string]>([
    ['url', 'https://example.org/a?b#c', 'ok'],
    ['url', 'nonsense', 'SCHEMA_MISMATCH /v:format'],
    ['url', `http://${'1:'.repeat(100_000)}`, 'SCHEMA_MISMATCH /v:format'],
    ['uri', `http://${'a'.repeat(10_000)}`, 'SCHEMA_MISMATCH /v:format'],
    ['email', 'a@example.org', 'ok'],
    ['date-time', '2026-01-01T00:00:00Z', 'ok'],
    ['date-time', '2026-13-01T00:00:00Z', 'SCHEMA_MISMATCH /v:format'],
    ['byte', 'aGkh'.repeat(5_000), 'ok'],
    ['made-up', 'anything', 'ok'],
  ])('checks the format %s of bounded text', (format, text, expected) => {
    const schema = { type: 'object', properties: { v: { type: 'string', format } } };
    expect(codeOf(schema, { v: text })).toBe(expected);
  });

  it('never answers with a value', () => {
    const checked = checker.checkArguments(CLOSED, { path: { secret: 'hunter2' }, hunter2: 'hunter2' });
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('takes nothing that objects inherit for %s', (name) => {
    const schema = { type: 'object', properties: { [name]: { type: 'string' } }, additionalProperties: false };
    expect(codeOf(schema, {})).toBe('ok');
    expect(codeOf(schema, { [name]: 'given' })).toBe('ok');
    expect(codeOf(schema, { [name]: 7 })).toContain(':type');
    expect(codeOf({ ...schema, required: [name] }, {})).toContain(':required');
    expect(codeOf({ type: 'object', required: [name] }, {})).toContain(':required');
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (schema, args) => {
        expect(typeof checker.checkArguments(schema as JsonObject, args as Json, { strict: true }).ok).toBe('boolean');
      }),
      { numRuns: 60 },
    );
  });

  it('compiles a schema once and forgets the oldest beyond its capacity', () => {
    const small = new SchemaChecker({ capacity: 2 });
    const schemas = ['a', 'b', 'c', 'a'].map((name) => ({ type: 'object', required: [name] }));
    for (const schema of schemas) expect(small.checkArguments(schema, {}).ok).toBe(false);
    expect(small.checkArguments(schemas[0] as JsonObject, { a: 1 }).ok).toBe(true);
  });
});

describe('text of arguments', () => {
  verifies('XR-VAL-4');

  it.each([
    ['a zero-width space', 'pay\u200bpal'],
    ['a bidirectional override', 'exe\u202egnp'],
    ['tag characters', `hi${String.fromCodePoint(0xe0041)}`],
    ['a terminal escape', '\u001b[2J'],
    ['NUL', 'a\u0000b'],
  ])('refuses %s by its own code', (_title, text) => {
    expect(codeOf(SILENT, { path: text })).toBe('SCHEMA_HIDDEN_CHARACTERS /path:hidden');
    expect(codeOf(SILENT, { list: [{ 'a/b': text }] })).toBe('SCHEMA_HIDDEN_CHARACTERS /list/0/a~1b:hidden');
    expect(codeOf(SILENT, { [text]: 1 })).toBe('SCHEMA_HIDDEN_CHARACTERS :hidden');
    expect(codeOf(SILENT, { path: text }, { allowHidden: true })).toBe('ok');
  });

  it('accepts line breaks, tabs and every script', () => {
    expect(codeOf(SILENT, { path: 'a\tb\r\nc – 中文 العربية 😀' })).toBe('ok');
  });

  it('refuses overlong text', () => {
    expect(codeOf(SILENT, { path: 'x'.repeat(262_145) })).toBe('SCHEMA_TEXT_TOO_LONG /path:maxLength');
  });
});

describe('checkOutput', () => {
  verifies('XR-OUT-1');

  it('holds structured content to the pinned schema', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    expect(checker.checkOutput(schema, { n: 1 }).ok).toBe(true);
    expect(checker.checkOutput(schema, { n: '1' })).toMatchObject({
      error: { problems: [{ pointer: '/n', keyword: 'type' }] },
    });
  });
});

function nested(depth: number): JsonObject {
  let schema: JsonObject = {};
  for (let i = 0; i < depth; i++) schema = { not: schema };
  return schema;
}
