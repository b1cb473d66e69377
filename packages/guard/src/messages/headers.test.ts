import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { checkHeaders, type HeaderMap } from './headers.ts';
import { readParamHeaders } from './param-headers.ts';
import type { ParsedMessage } from './parse.ts';

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const GOOD: HeaderMap = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'deploy' };
const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    size: { type: 'object', properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } } },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
  },
};

function call(args: JsonObject = {}, name = 'deploy'): ParsedMessage {
  return { kind: 'request', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: META } };
}

function outcome(headers: HeaderMap, message: ParsedMessage, schema: JsonObject = SCHEMA): string {
  const declared = readParamHeaders(schema);
  if (!declared.ok) throw new Error(declared.error);
  const checked = checkHeaders(headers, message, declared.value);
  return checked.ok ? 'ok' : `${checked.error.code} ${checked.error.rpcCode}`;
}

describe('checkHeaders', () => {
  verifies('CM-CONN-2');
  const MISMATCH = 'HEADER_MISMATCH -32020';

  it.each<[string, HeaderMap, ParsedMessage, string]>([
    ['agreeing headers', GOOD, call(), 'ok'],
    ['white space around a value', { ...GOOD, 'mcp-name': ' \tdeploy ' }, call(), 'ok'],
    ['a name in base64', { ...GOOD, 'mcp-name': '=?base64?ZGVwbG95?=' }, call(), 'ok'],
    ['another name', { ...GOOD, 'mcp-name': 'delete' }, call(), MISMATCH],
    ['a name in broken base64', { ...GOOD, 'mcp-name': '=?base64?ZGVw!?=' }, call(), MISMATCH],
    ['no name', { ...GOOD, 'mcp-name': undefined }, call(), MISMATCH],
    ['two names', { ...GOOD, 'mcp-name': ['deploy', 'delete'] }, call(), MISMATCH],
    ['another method', { ...GOOD, 'mcp-method': 'tools/list' }, call(), MISMATCH],
    ['another version', { ...GOOD, 'mcp-protocol-version': '2025-11-25' }, call(), MISMATCH],
    ['no version', { ...GOOD, 'mcp-protocol-version': undefined }, call(), MISMATCH],
    ['a declared argument', { ...GOOD, 'mcp-param-region': 'eu' }, call({ region: 'eu' }), 'ok'],
    ['a declared argument that is absent', { ...GOOD, 'mcp-param-region': 'eu' }, call(), 'ok'],
    ['a declared argument that is null', GOOD, call({ region: null }), 'ok'],
    ['a missing header', GOOD, call({ region: 'eu' }), MISMATCH],
    ['a different argument', { ...GOOD, 'mcp-param-region': 'us' }, call({ region: 'eu' }), MISMATCH],
    ['an argument in base64', { ...GOOD, 'mcp-param-region': '=?base64?SGVsbG8=?=' }, call({ region: 'Hello' }), 'ok'],
    ['unpadded base64', { ...GOOD, 'mcp-param-region': '=?base64?SGVsbG8?=' }, call({ region: 'Hello' }), MISMATCH],
    [
      'a half sentinel, taken literally',
      { ...GOOD, 'mcp-param-region': '=?base64?SGk=' },
      call({ region: '=?base64?SGk=' }),
      'ok',
    ],
    ['a nested integer', { ...GOOD, 'mcp-param-count': '42.0' }, call({ size: { count: 42 } }), 'ok'],
    ['another nested integer', { ...GOOD, 'mcp-param-count': '43' }, call({ size: { count: 42 } }), MISMATCH],
    ['a boolean', { ...GOOD, 'mcp-param-dry': 'true' }, call({ dry: true }), 'ok'],
    ['a boolean in capitals', { ...GOOD, 'mcp-param-dry': 'True' }, call({ dry: true }), MISMATCH],
    ['a notification', {}, { kind: 'notification', method: 'notifications/cancelled', params: {} }, 'ok'],
  ])('%s', (_title, headers, message, expected) => {
    expect(outcome(headers, message)).toBe(expected);
  });
});

describe('readParamHeaders', () => {
  const property = (schema: JsonObject): JsonObject => ({ type: 'object', properties: { a: schema } });

  it('finds the declarations at any depth of properties', () => {
    const read = readParamHeaders(SCHEMA);
    expect(read.ok && read.value.map((item) => item.header)).toEqual([
      'mcp-param-region',
      'mcp-param-count',
      'mcp-param-dry',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['a name that is no token', property({ type: 'string', 'x-mcp-header': 'a b' })],
    ['a name that splits the header', property({ type: 'string', 'x-mcp-header': 'a\r\nb' })],
    ['an empty name', property({ type: 'string', 'x-mcp-header': '' })],
    ['a number', property({ type: 'number', 'x-mcp-header': 'A' })],
    ['an object', property({ type: 'object', 'x-mcp-header': 'A' })],
    ['a place below items', property({ type: 'array', items: { type: 'string', 'x-mcp-header': 'A' } })],
    ['a place below anyOf', property({ anyOf: [{ type: 'string', 'x-mcp-header': 'A' }] })],
    ['a place below $defs', { type: 'object', $defs: { d: { type: 'string', 'x-mcp-header': 'A' } } }],
    [
      'one name twice',
      {
        type: 'object',
        properties: { a: { type: 'string', 'x-mcp-header': 'A' }, b: { type: 'string', 'x-mcp-header': 'a' } },
      },
    ],
  ])('refuses %s', (_title, schema) => {
    expect(readParamHeaders(schema).ok).toBe(false);
  });

  it('does not mistake data for a declaration', () => {
    expect(readParamHeaders(property({ type: 'string', default: { 'x-mcp-header': 'A' } })).ok).toBe(true);
  });
});
