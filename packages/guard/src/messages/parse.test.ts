import type { Json, JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METHODS, type Sender } from './methods.ts';
import { type ParseOptions, parseMessage } from './parse.ts';
import { negotiate, REVISIONS } from './revisions.ts';
import { warmMessages } from './warm.ts';

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

function request(method: string, params?: Json, more: JsonObject = {}): Json {
  return { jsonrpc: '2.0', id: 1, method, ...(params !== undefined && { params }), ...more };
}

function codeOf(value: Json, options: ParseOptions): string {
  const parsed = parseMessage(value, options);
  return parsed.ok ? parsed.value.kind : `${parsed.error.code} ${parsed.error.rpcCode}`;
}

const CLIENT: ParseOptions = { revision: '2025-11-25', from: 'client' };
const SERVER: ParseOptions = { revision: '2025-11-25', from: 'server' };
const MODERN: ParseOptions = { revision: '2026-07-28', from: 'client' };

describe('parseMessage', () => {
  verifies('CM-CONN-2', 'XR-VAL-1');

  it.each<[string, Json, ParseOptions, string]>([
    ['a call', request('tools/call', { name: 'echo', arguments: { message: 'hi' } }), CLIENT, 'request'],
    ['a call without arguments', request('tools/call', { name: 'echo' }), CLIENT, 'request'],
    ['a ping without params', request('ping'), CLIENT, 'request'],
    ['an empty params object', request('tools/list', {}), CLIENT, 'request'],
    ['a cursor', request('tools/list', { cursor: 'x' }), CLIENT, 'request'],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }, CLIENT, 'notification'],
    ['own capabilities', request('initialize', initialize({ capabilities: { custom: { a: 1 } } })), CLIENT, 'request'],
    ['own _meta keys', request('tools/call', { name: 'a', _meta: { 'x.y/z': [1] } }), CLIENT, 'request'],
    ['an error', { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'no', data: 1 } }, SERVER, 'error'],
    ['an error without id', { jsonrpc: '2.0', error: { code: -32700, message: 'no' } }, SERVER, 'error'],
    ['an error with a null id', { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'no' } }, SERVER, 'error'],
    ['a stateless call', request('tools/call', { name: 'a', _meta: META }), MODERN, 'request'],
    [
      'a stateless retry',
      request('tools/call', { name: 'a', _meta: META, requestState: 's', inputResponses: { q: { action: 'accept' } } }),
      MODERN,
      'request',
    ],
    ['a task call', request('tools/call', { name: 'a', task: { ttl: 1 } }), CLIENT, 'request'],
    ['URL elicitation', request('elicitation/create', urlElicitation()), SERVER, 'request'],
  ])('accepts %s', (_title, value, options, kind) => {
    expect(codeOf(value, options)).toBe(kind);
  });

  it.each<[string, Json, ParseOptions, string]>([
    ['a batch', [request('ping')], CLIENT, 'BATCH_UNSUPPORTED -32600'],
    ['an empty batch', [], CLIENT, 'BATCH_UNSUPPORTED -32600'],
    ['a string', 'ping', CLIENT, 'ENVELOPE_INVALID -32600'],
    ['null', null, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['no jsonrpc', { id: 1, method: 'ping' }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['jsonrpc 1.0', { jsonrpc: '1.0', id: 1, method: 'ping' }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['nothing but an id', { jsonrpc: '2.0', id: 1 }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['a member beside the envelope', request('ping', {}, { extra: 1 }), CLIENT, 'ENVELOPE_INVALID -32600'],
    ['a request that is an answer too', request('ping', {}, { result: {} }), CLIENT, 'ENVELOPE_INVALID -32600'],
    ['a null id', { jsonrpc: '2.0', id: null, method: 'ping' }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['a fractional id', { jsonrpc: '2.0', id: 1.5, method: 'ping' }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['an overlong id', { jsonrpc: '2.0', id: 'x'.repeat(300), method: 'ping' }, CLIENT, 'ENVELOPE_INVALID -32600'],
    ['params as an array', request('ping', []), CLIENT, 'ENVELOPE_INVALID -32600'],
    ['an unknown method', request('tools/destroy', {}), CLIENT, 'METHOD_UNKNOWN -32601'],
    ['a method of Object.prototype', request('constructor', {}), CLIENT, 'METHOD_UNKNOWN -32601'],
    ['a server method from a client', request('sampling/createMessage', {}), CLIENT, 'METHOD_UNKNOWN -32601'],
    ['a client method from a server', request('tools/call', { name: 'x' }), SERVER, 'METHOD_UNKNOWN -32601'],
    ['a notification as a request', request('notifications/initialized', {}), CLIENT, 'METHOD_UNKNOWN -32601'],
    ['a call without a name', request('tools/call', {}), CLIENT, 'PARAMS_INVALID -32602'],
    ['a call without params', request('tools/call'), CLIENT, 'PARAMS_INVALID -32602'],
    ['unknown params', request('tools/call', { name: 'a', sneaky: 1 }), CLIENT, 'PARAMS_INVALID -32602'],
    ['unknown nested params', request('completion/complete', completion({ x: 1 })), CLIENT, 'PARAMS_INVALID -32602'],
    ['arguments as a list', request('tools/call', { name: 'a', arguments: [] }), CLIENT, 'PARAMS_INVALID -32602'],
    [
      'an unspoken revision',
      request('ping'),
      { revision: '2025-03-26', from: 'client' },
      'REVISION_UNSUPPORTED -32022',
    ],
    ['a made-up revision', request('ping'), { revision: 'toString', from: 'client' }, 'REVISION_UNSUPPORTED -32022'],
    ['a stateless call without _meta', request('tools/call', { name: 'a' }), MODERN, 'META_MISSING -32602'],
    [
      'a stateless call of another revision',
      request('tools/list', { _meta: other() }),
      MODERN,
      'REVISION_UNSUPPORTED -32022',
    ],
    ['a stateless call without capabilities', request('tools/list', { _meta: half() }), MODERN, 'META_MISSING -32602'],
    [
      'capabilities that are a list',
      request('tools/list', { _meta: { ...META, ...badCaps() } }),
      MODERN,
      'META_INVALID -32602',
    ],
    ['initialize in the stateless era', request('initialize', initialize({})), MODERN, 'METHOD_UNKNOWN -32601'],
    [
      'server requests in the stateless era',
      request('roots/list', {}),
      { ...MODERN, from: 'server' },
      'METHOD_UNKNOWN -32601',
    ],
    [
      'tasks before they existed',
      request('tasks/list', {}),
      { ...CLIENT, revision: '2025-06-18' },
      'METHOD_UNKNOWN -32601',
    ],
    [
      'URL elicitation before it existed',
      request('elicitation/create', urlElicitation()),
      { ...SERVER, revision: '2025-06-18' },
      'PARAMS_INVALID -32602',
    ],
  ])('refuses %s', (_title, value, options, code) => {
    expect(codeOf(value, options)).toBe(code);
  });

  it('says where, and never what', () => {
    const parsed = parseMessage(request('tools/call', { name: 7, arguments: { secret: 'hunter2' } }), CLIENT);
    expect(parsed).toMatchObject({ ok: false, error: { pointer: '/params/name', keyword: 'type', id: 1 } });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it('hands back the very objects it was given, so the bytes can be forwarded', () => {
    const params = { name: 'echo', _meta: { 'vendor/x': 1 } };
    const parsed = parseMessage(request('tools/call', params), CLIENT);
    expect(parsed.ok && parsed.value.kind === 'request' && parsed.value.params).toBe(params);
  });

  it('is total: any JSON is either a message or a fault', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(...REVISIONS),
        fc.constantFrom<Sender>('client', 'server'),
        (value, revision, from) => {
          const parsed = parseMessage(value as Json, { revision, from });
          expect(typeof parsed.ok).toBe('boolean');
        },
      ),
    );
  });

  it('compiles and runs the checks of every method of every revision', () => {
    for (const revision of REVISIONS) {
      for (const from of ['client', 'server'] as const) {
        for (const method of METHODS[revision][from].requests) {
          for (const unexpected of ['refuse', 'forward'] as const) {
            const asked = parseMessage(request(method, { _meta: META, nonsense: 1 }), { revision, from, unexpected });
            if (unexpected === 'refuse') expect(asked.ok).toBe(false);
            const answerer = from === 'client' ? 'server' : 'client';
            const answer = { jsonrpc: '2.0', id: 1, result: {} };
            expect(() =>
              parseMessage(answer, { revision, from: answerer, pendingMethod: method, unexpected }),
            ).not.toThrow();
          }
        }
      }
    }
  });
});

describe('results', () => {
  verifies('CM-CONN-2');
  const answer = (result: Json): Json => ({ jsonrpc: '2.0', id: 1, result });
  const toCall = { ...SERVER, pendingMethod: 'tools/call' };

  it.each<[string, Json, ParseOptions, string]>([
    ['text', { content: [{ type: 'text', text: 'hi' }] }, toCall, 'result'],
    ['members a newer server adds', { content: [], extra: 1, _meta: { a: 1 } }, toCall, 'result'],
    ['no content', { structuredContent: {} }, toCall, 'RESULT_INVALID -32603'],
    ['content of an unknown type', { content: [{ type: 'video', data: 'x' }] }, toCall, 'RESULT_INVALID -32603'],
    [
      'an image that is not base64',
      { content: [{ type: 'image', data: '<b>', mimeType: 'a/b' }] },
      toCall,
      'RESULT_INVALID -32603',
    ],
    ['an image', { content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }] }, toCall, 'result'],
    ['a blob that is not base64', blob('%%%'), { ...SERVER, pendingMethod: 'resources/read' }, 'RESULT_INVALID -32603'],
    ['a blob', blob('aGk='), { ...SERVER, pendingMethod: 'resources/read' }, 'result'],
    ['a task', { task: task() }, toCall, 'result'],
    [
      'a tool without a schema',
      { tools: [{ name: 'a' }] },
      { ...SERVER, pendingMethod: 'tools/list' },
      'RESULT_INVALID -32603',
    ],
    ['a bare list', [], toCall, 'RESULT_INVALID -32603'],
    ['a result without resultType', { content: [] }, { ...toCall, revision: '2026-07-28' }, 'RESULT_INVALID -32603'],
    ['a complete result', { content: [], resultType: 'complete' }, { ...toCall, revision: '2026-07-28' }, 'result'],
    [
      'an unknown resultType',
      { content: [], resultType: 'task' },
      { ...toCall, revision: '2026-07-28' },
      'RESULT_INVALID -32603',
    ],
    [
      'input that asks nothing',
      { resultType: 'input_required' },
      { ...toCall, revision: '2026-07-28' },
      'RESULT_INVALID -32603',
    ],
    ['input', inputRequired(), { ...toCall, revision: '2026-07-28' }, 'result'],
    [
      'input on a list',
      inputRequired(),
      { ...toCall, revision: '2026-07-28', pendingMethod: 'tools/list' },
      'RESULT_INVALID -32603',
    ],
    [
      'an answer to a method of another era',
      {},
      { ...SERVER, pendingMethod: 'server/discover' },
      'METHOD_UNKNOWN -32601',
    ],
    ['any object where nothing is pending', { whatever: 1 }, SERVER, 'result'],
  ])('%s', (_title, result, options, code) => {
    expect(codeOf(answer(result), options)).toBe(code);
  });

  it('refuses unexpected members of closed shapes where the operator asks for it', () => {
    const result = { content: [{ type: 'text', text: 'hi', hidden: 'payload' }] };
    expect(codeOf(answer(result), toCall)).toBe('result');
    expect(codeOf(answer(result), { ...toCall, unexpected: 'refuse' })).toBe('RESULT_INVALID -32603');
  });
});

describe('warmMessages', () => {
  it('compiles without a message', () => {
    expect(() => warmMessages(['2025-11-25', '2026-07-28'])).not.toThrow();
  });
});

describe('negotiate', () => {
  it.each([
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['2025-03-26', '2025-11-25'],
    ['2024-11-05', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['1.0', '2025-11-25'],
  ])('answers %s with %s', (asked, answered) => {
    expect(negotiate(asked)).toBe(answered);
  });
});

function initialize(more: JsonObject): JsonObject {
  return { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' }, ...more };
}
function completion(more: JsonObject): JsonObject {
  return { ref: { type: 'ref/prompt', name: 'p', ...more }, argument: { name: 'a', value: 'b' } };
}
function urlElicitation(): JsonObject {
  return { mode: 'url', message: 'm', elicitationId: 'e', url: 'https://example.org/x' };
}
function other(): JsonObject {
  return { ...META, 'io.modelcontextprotocol/protocolVersion': '2025-11-25' };
}
function half(): JsonObject {
  return { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
}
function badCaps(): JsonObject {
  return { 'io.modelcontextprotocol/clientCapabilities': [] };
}
function blob(data: string): JsonObject {
  return { contents: [{ uri: 'a:b', blob: data }] };
}
function task(): JsonObject {
  return { taskId: 't', status: 'working', ttl: null, createdAt: 'a', lastUpdatedAt: 'b' };
}
function inputRequired(): JsonObject {
  const params = { message: 'm', requestedSchema: { type: 'object', properties: {} } };
  return { resultType: 'input_required', inputRequests: { q: { method: 'elicitation/create', params } } };
}
