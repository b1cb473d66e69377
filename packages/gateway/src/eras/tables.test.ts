import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingCapability } from '../upstream/asks.ts';
import { clientToSession, clientToStateless, serverToSession, serverToStateless } from './capabilities.ts';
import { logLevelOf, withEnvelope, withoutEnvelope } from './envelope.ts';
import { toSessionError, toStatelessError } from './errors.ts';
import { readInputRound } from './input-required.ts';
import { accepts, honouredFilter, stamped, unstamped } from './listen-filter.ts';
import { headerDeclarations, headersOf, ToolHeaders } from './param-headers.ts';
import { toSessionResult, toStatelessResult } from './results.ts';
import { olderError, olderNotification, olderQuestion, olderRequestFault, olderResult } from './session-revisions.ts';

const envelope = { capabilities: { roots: {} }, info: { name: 'c', version: '1' }, logLevel: 'info' };
const request = (method: string, params?: JsonObject) =>
  ({ jsonrpc: '2.0', id: 1, method, ...(params && { params }) }) as const;
const note = (method: string, params?: JsonObject) => ({ jsonrpc: '2.0', method, ...(params && { params }) }) as const;

describe('the envelope of the stateless era', () => {
  it('is put on and taken off without touching the rest', () => {
    verifies('WM-GW-1');
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.string()),
        (params, meta) => {
          const { _meta: _, ...own } = params as JsonObject;
          const given = Object.keys(meta).length > 0 ? { ...own, _meta: meta } : own;
          const back = withoutEnvelope(withEnvelope(given, envelope));
          expect(back).toEqual(Object.keys(given).length > 0 ? given : undefined);
        },
      ),
    );
  });

  it('replaces what the client itself wrote there', () => {
    const forged = { _meta: { 'io.modelcontextprotocol/clientCapabilities': { sampling: {} }, progressToken: 1 } };
    expect(withEnvelope(forged, envelope)._meta).toMatchObject({
      'io.modelcontextprotocol/clientCapabilities': { roots: {} },
      progressToken: 1,
    });
    expect(logLevelOf(withEnvelope({}, envelope))).toBe('info');
  });
});

describe('capabilities', () => {
  it.each([
    [clientToStateless, { tasks: {}, roots: { listChanged: true }, sampling: {} }, { roots: {}, sampling: {} }],
    [clientToSession, { extensions: { x: {} }, elicitation: { url: {} } }, { elicitation: { url: {} } }],
    [serverToSession, { extensions: {}, tools: { listChanged: true } }, { tools: { listChanged: true } }],
    [serverToStateless, { tasks: {}, logging: {} }, { logging: {} }],
  ] as const)('lose what the other era does not know (%#)', (translate, given, expected) => {
    expect(translate(given)).toEqual(expected);
  });

  it.each([
    ['roots/list', undefined, { roots: {} }, undefined],
    ['roots/list', undefined, {}, 'roots'],
    ['elicitation/create', {}, { elicitation: {} }, undefined],
    ['elicitation/create', { mode: 'url' }, { elicitation: {} }, 'elicitation.url'],
    ['elicitation/create', { mode: 'url' }, { elicitation: { url: {} } }, undefined],
    ['elicitation/create', { mode: 'form' }, { elicitation: { url: {} } }, 'elicitation.form'],
    ['sampling/createMessage', { tools: [] }, { sampling: {} }, 'sampling.tools'],
    ['sampling/createMessage', { tools: [] }, { sampling: { tools: {} } }, undefined],
    ['constructor', {}, { constructor: {} }, 'constructor'],
    ['anything/else', {}, { anything: {} }, 'anything/else'],
  ] as const)('decide whether %s %j may be asked of %j', (method, params, capabilities, missing) => {
    expect(missingCapability(method, params as JsonObject | undefined, capabilities as JsonObject)).toBe(missing);
  });
});

describe('results', () => {
  const info = { name: 's', version: '1' };
  it.each([
    ['tools/call', { content: [] }, { content: [], resultType: 'complete' }],
    ['resources/read', { contents: [] }, { contents: [], resultType: 'complete', ttlMs: 0, cacheScope: 'private' }],
    [
      'tools/list',
      { tools: [{ name: 'a', execution: { taskSupport: 'optional' } }], nextCursor: 'x' },
      { tools: [{ name: 'a' }], nextCursor: 'x', resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
    ],
  ])('of a session server become stateless: %s', (method, given, expected) => {
    expect(toStatelessResult(method, given, info)).toEqual({
      ...expected,
      _meta: { 'io.modelcontextprotocol/serverInfo': info },
    });
  });

  it.each([
    [
      'tools/call',
      { content: [], resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': info } },
      { content: [] },
    ],
    ['tools/call', { content: [], structuredContent: [1] }, { content: [] }],
    ['tools/call', { content: [], structuredContent: { a: 1 } }, { content: [], structuredContent: { a: 1 } }],
    [
      'prompts/list',
      { prompts: [], ttlMs: 9, cacheScope: 'public', _meta: { own: 1 } },
      { prompts: [], _meta: { own: 1 } },
    ],
    ['tools/list', { tools: [{ name: 'a', outputSchema: { type: 'array' } }] }, { tools: [{ name: 'a' }] }],
  ])('of a stateless server become a session own: %s', (method, given, expected) => {
    expect(toSessionResult(method, given as JsonObject)).toEqual(expected);
  });
});

describe('errors', () => {
  const error = (code: number, data?: JsonObject) => ({ code, message: 'm', ...(data && { data }) });
  it.each([
    ['resources/read', error(-32602, { uri: 'a:b' }), -32002],
    ['resources/read', error(-32602, { uri: 'a:b', other: 1 }), -32602],
    ['resources/read', error(-32602), -32602],
    ['tools/call', error(-32602, { uri: 'a:b' }), -32602],
    ['tools/call', error(-32021), -32600],
    ['tools/call', error(-32020), -32603],
    ['tools/call', error(-32022), -32603],
    ['tools/call', error(-1), -1],
  ])('of a stateless server: %s %j becomes %i', (method, given, code) => {
    expect(toSessionError(method, given).code).toBe(code);
  });
  it.each([
    [error(-32002, { uri: 'a:b' }), error(-32602, { uri: 'a:b' })],
    [error(-32042, { elicitations: [] }), { code: -32603, message: 'm' }],
    [error(-32601), error(-32601)],
  ])('of a session server: %j', (given, expected) => {
    expect(toStatelessError(given)).toEqual(expected);
  });
});

describe('input_required', () => {
  const elicit = { method: 'elicitation/create', params: { message: 'm' } };
  it.each([
    [{ inputRequests: { a: elicit }, requestState: 's' }, 1],
    [{ inputRequests: { a: { method: 'roots/list' } } }, 1],
    [{ requestState: 's' }, 0],
  ])('is read: %j', (given, count) => {
    expect(readInputRound(given)).toMatchObject({ requests: { length: count } });
  });
  it.each([
    [{}],
    [{ inputRequests: {} }],
    [{ inputRequests: [] }],
    [{ inputRequests: { a: { method: 'tools/call', params: {} } } }],
    [{ inputRequests: { a: { method: 'elicitation/create' } } }],
    [{ inputRequests: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [String(i), elicit])) }],
    [{ requestState: 'x'.repeat(65_537) }],
    [{ requestState: 7 }],
  ])('is refused where it is malformed or too much (%#)', (given) => {
    expect(readInputRound(given as JsonObject)).toHaveProperty('fault');
  });
});

describe('a subscription filter', () => {
  const capabilities = { tools: { listChanged: true }, resources: { subscribe: true } };
  it('is cut to what the server offers', () => {
    const wanted = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: ['a:b'],
    };
    const filter = honouredFilter(wanted, capabilities)!;
    expect(filter).toEqual({ toolsListChanged: true, resourceSubscriptions: ['a:b'] });
    expect(accepts(filter, note('notifications/tools/list_changed'))).toBe(true);
    expect(accepts(filter, note('notifications/prompts/list_changed'))).toBe(false);
    expect(accepts(filter, note('notifications/resources/updated', { uri: 'a:b' }))).toBe(true);
    expect(accepts(filter, note('notifications/resources/updated', { uri: 'a:c' }))).toBe(false);
    expect(accepts(filter, note('notifications/message'))).toBe(false);
  });
  it.each([undefined, 'all', [], { resourceSubscriptions: 'a' }, { resourceSubscriptions: [1] }])(
    'is refused: %j',
    (wanted) => {
      expect(honouredFilter(wanted, capabilities)).toBeUndefined();
    },
  );
  it('stamps and unstamps notifications', () => {
    const message = note('notifications/resources/updated', { uri: 'a:b' });
    expect(stamped(message, 7).params).toEqual({ uri: 'a:b', _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } });
    expect(unstamped(stamped(message, 7))).toEqual(message);
    const bare = note('notifications/tools/list_changed');
    expect(unstamped(stamped(bare, 'x'))).toEqual(bare);
  });
});

describe('parameter headers', () => {
  it('come from declared primitive properties', () => {
    const schema = {
      type: 'object',
      'x-mcp-header': 'Root',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { type: 'object', properties: { flag: { type: 'boolean', 'x-mcp-header': 'Flag' } } },
        bad: { type: 'string', 'x-mcp-header': 'a\r\nb' },
        list: { type: 'array', items: { 'x-mcp-header': 'Item' } },
      },
    };
    const declarations = headerDeclarations(schema);
    expect(headersOf(declarations, { region: 'eu', deep: { flag: false }, bad: 'x' })).toEqual({
      'mcp-param-region': 'eu',
      'mcp-param-flag': 'false',
    });
    expect(headersOf(declarations, { region: 'a\r\nSet-Cookie: x' })['mcp-param-region']).toBe(
      '=?base64?YQ0KU2V0LUNvb2tpZTogeA==?=',
    );
    expect(headersOf(declarations, { region: null })).toEqual({});
  });
});

describe('remembered tools', () => {
  it('are looked up until all are known, and again after a change', () => {
    const headers = new ToolHeaders();
    headers.learn({
      tools: [{ name: 'a', inputSchema: { properties: { x: { type: 'string', 'x-mcp-header': 'X' } } } }],
    });
    expect([headers.knows('a'), headers.knows('b')]).toEqual([true, false]);
    expect(headers.of('a', { x: '1' })).toEqual({ 'mcp-param-x': '1' });
    headers.complete();
    expect([headers.knows('b'), headers.of('b', { x: '1' })]).toEqual([true, {}]);
    headers.forget();
    expect(headers.knows('a')).toBe(false);
  });
});

describe('a 2025-06-18 client of a 2025-11-25 server', () => {
  it.each([
    ['tools/list', { tools: [{ name: 'a', icons: [], execution: {} }] }, { tools: [{ name: 'a' }] }],
    ['prompts/list', { prompts: [{ name: 'a', icons: [] }] }, { prompts: [{ name: 'a' }] }],
    ['tools/call', { content: [] }, { content: [] }],
  ])('gets %s without news', (method, given, expected) => {
    expect(olderResult(method, given as JsonObject)).toEqual(expected);
  });
  it.each([
    [request('elicitation/create', { mode: 'url', url: 'https://x' }), undefined],
    [request('elicitation/create', { mode: 'form', message: 'm' }), request('elicitation/create', { message: 'm' })],
    [request('sampling/createMessage', { messages: [], tools: [] }), undefined],
    [request('sampling/createMessage', { messages: [] }), request('sampling/createMessage', { messages: [] })],
    [request('tasks/get', {}), undefined],
    [request('roots/list'), request('roots/list')],
  ])('is asked %j as %j', (given, expected) => {
    expect(olderQuestion(given)).toEqual(expected);
  });
  it('hears no notification of a later revision', () => {
    expect(olderNotification(note('notifications/tasks/status'))).toBeUndefined();
    expect(olderNotification(note('notifications/elicitation/complete'))).toBeUndefined();
    expect(olderNotification(note('notifications/message'))).toBeDefined();
    expect(olderError({ code: -32042, message: 'm', data: {} })).toEqual({ code: -32603, message: 'm' });
  });
  it('has its tasks refused by an older server', () => {
    expect(olderRequestFault(request('tasks/list'))).toBe('method');
    expect(olderRequestFault(request('tools/call', { task: {} }))).toBe('params');
    expect(olderRequestFault(request('tools/call', {}))).toBeUndefined();
  });
});
