import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_CODES } from '../src/protocol/errors.ts';
import { type Answer, type Loose, TestGateway } from './harness.ts';

const codeOf = (answer: Answer) => answer.message.error?.data?.code;
const rpcOf = (answer: Answer) => answer.message.error?.code;

const META = (revision = '2026-07-28') =>
  `"_meta":{"io.modelcontextprotocol/protocolVersion":"${revision}","io.modelcontextprotocol/clientCapabilities":{}}`;
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const call = (inside: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write",${inside}}}`;

describe('what is not one MCP message of its revision', () => {
  verifies('CM-CONN-2', 'XR-VAL-1');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start({ config: { limits: { tiers: generous } } });
    await t.initialize();
  });
  afterAll(() => t.stop());

  /** Body → HTTP status, reason, JSON-RPC code; pinned, clients depend on them. */
  const SESSION: readonly [string, string | Uint8Array, number, string, number][] = [
    ['nothing', '', 400, 'JSON_INVALID', -32700],
    ['half an object', '{"jsonrpc":"2.0"', 400, 'JSON_INVALID', -32700],
    ['two values', '{}{}', 400, 'JSON_INVALID', -32700],
    ['a comment', '{}//', 400, 'JSON_INVALID', -32700],
    ['NaN', call('"arguments":{"line":NaN}'), 400, 'JSON_INVALID', -32700],
    ['a duplicate key', call('"arguments":{"line":"a","line":"b"}'), 400, 'JSON_INVALID', -32700],
    [
      'a duplicate key behind an escape',
      call('"arguments":{"line":"a","\\u006cine":"b"}'),
      400,
      'JSON_INVALID',
      -32700,
    ],
    [
      'a duplicate method',
      '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}',
      400,
      'JSON_INVALID',
      -32700,
    ],
    ['__proto__ as a key', call('"arguments":{"line":"a"},"__proto__":{"name":"echo"}'), 400, 'JSON_INVALID', -32700],
    ['nesting without end', call(`"arguments":{"line":${deep(5_000)}}`), 400, 'JSON_INVALID', -32700],
    ['a lone surrogate', call('"arguments":{"line":"\\ud800"}'), 400, 'JSON_INVALID', -32700],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      400,
      'JSON_INVALID',
      -32700,
    ],
    [
      'an overlong encoding',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
      400,
      'JSON_INVALID',
      -32700,
    ],
    ['UTF-16', Buffer.from('{"jsonrpc":"2.0"}', 'utf16le'), 400, 'JSON_INVALID', -32700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 400, 'MESSAGE_INVALID', -32600],
    ['an empty batch', '[]', 400, 'MESSAGE_INVALID', -32600],
    ['a number', '7', 400, 'MESSAGE_INVALID', -32600],
    ['null', 'null', 400, 'MESSAGE_INVALID', -32600],
    ['no version', '{"id":1,"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    ['the id null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    ['a huge id', '{"jsonrpc":"2.0","id":1e300,"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    [
      'an id beyond exact integers',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}',
      400,
      'JSON_INVALID',
      -32700,
    ],
    ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, 'MESSAGE_INVALID', -32600],
    ['an unknown member', '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}', 400, 'MESSAGE_INVALID', -32600],
    [
      'request and result in one',
      '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
      400,
      'MESSAGE_INVALID',
      -32600,
    ],
    ['params as a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 400, 'MESSAGE_INVALID', -32600],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"tools/destroy"}', 200, 'METHOD_UNKNOWN', -32601],
    ['a method of the other era', '{"jsonrpc":"2.0","id":1,"method":"server/discover"}', 200, 'METHOD_UNKNOWN', -32601],
    [
      'a method of servers',
      '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}',
      200,
      'METHOD_UNKNOWN',
      -32601,
    ],
    ['__proto__ as a method', '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', 200, 'METHOD_UNKNOWN', -32601],
    ['constructor as a method', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', 200, 'METHOD_UNKNOWN', -32601],
    [
      'a call without a name',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}',
      200,
      'PARAMS_INVALID',
      -32602,
    ],
    ['arguments as a text', call('"arguments":"line"'), 200, 'PARAMS_INVALID', -32602],
    ['an unknown parameter', call('"arguments":{"line":"a"},"sudo":true'), 200, 'PARAMS_INVALID', -32602],
  ];

  for (const [name, body, status, code, rpc] of SESSION) {
    it(`session era, ${name}: ${status} ${code}`, async () => {
      const answer = await t.raw(body, { headers: t.sessionHeaders });
      expect([answer.status, codeOf(answer), rpcOf(answer)]).toEqual([status, code, rpc]);
      expect(answer.message.error.data.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    });
  }

  it('names the request in the refusal where its id can be read', async () => {
    const answer = await t.raw('{"jsonrpc":"2.0","id":"mine","method":"nope"}', { headers: t.sessionHeaders });
    expect(answer.message.id).toBe('mine');
  });

  it('refuses a revision it does not speak, and another than the session negotiated', async () => {
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const at = async (revision: string) =>
      t.raw(ping, { headers: { ...t.sessionHeaders, 'mcp-protocol-version': revision } });
    for (const revision of ['2024-11-05', '1999-01-01', 'x']) {
      const answer = await at(revision);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'REVISION_UNSUPPORTED']);
      expect(answer.message.error.data.supported).toContain('2025-11-25');
    }
    expect(codeOf(await at('2025-06-18'))).toBe('REVISION_UNSUPPORTED');
    expect((await at('2025-11-25')).status).toBe(200);
  });

  const stateless = (body: string, headers: Record<string, string> = {}) =>
    t.raw(body, {
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo', ...headers },
    });
  const echo = (meta = META(), name = 'echo') =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":{"message":"m"},${meta}}}`;

  it('stateless era: takes a request whose headers and body agree', async () => {
    expect((await stateless(echo())).message.result.content[0].text).toBe('m');
  });

  const STATELESS: readonly [string, string, Record<string, string>, number, string, number][] = [
    ['another method in the header', echo(), { 'mcp-method': 'tools/list' }, 400, 'HEADER_MISMATCH', -32020],
    ['another name in the header', echo(), { 'mcp-name': 'write' }, 400, 'HEADER_MISMATCH', -32020],
    ['another revision in the body', echo(META('2025-11-25')), {}, 400, 'HEADER_MISMATCH', -32020],
    ['an unknown revision in the body alone', echo(META('2031-01-01')), {}, 400, 'HEADER_MISMATCH', -32020],
    [
      'an unknown revision in body and header',
      echo(META('2031-01-01')),
      { 'mcp-protocol-version': '2031-01-01' },
      400,
      'REVISION_UNSUPPORTED',
      -32022,
    ],
    ['no _meta', echo('"task":{}'), {}, 400, 'PARAMS_INVALID', -32602],
    [
      'initialize',
      `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{${META()}}}`,
      { 'mcp-method': 'initialize', 'mcp-name': '' },
      404,
      'METHOD_UNKNOWN',
      -32601,
    ],
  ];
  for (const [name, body, headers, status, code, rpc] of STATELESS) {
    it(`stateless era, ${name}: ${status} ${code}`, async () => {
      const answer = await stateless(body, headers);
      expect([answer.status, codeOf(answer), rpcOf(answer)]).toEqual([status, code, rpc]);
    });
  }

  it('stateless era: refuses a call without the headers that intermediaries read', async () => {
    const answer = await t.raw(echo(), { headers: { 'mcp-protocol-version': '2026-07-28' } });
    expect(codeOf(answer)).toBe('HEADER_MISMATCH');
  });

  const HTTP: readonly [string, Record<string, string>, number, string][] = [
    ['a foreign host', { host: 'evil.example' }, 403, 'HOST_REFUSED'],
    ['a page of another origin', { origin: 'https://evil.example' }, 403, 'HOST_REFUSED'],
    ['the origin null', { origin: 'null' }, 403, 'HOST_REFUSED'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'MEDIA_TYPE_REFUSED'],
    ['text', { 'content-type': 'text/plain' }, 415, 'MEDIA_TYPE_REFUSED'],
    ['a client that takes only HTML', { accept: 'text/html' }, 406, 'NOT_ACCEPTABLE'],
  ];
  for (const [name, headers, status, code] of HTTP) {
    it(`HTTP, ${name}: ${status} ${code}`, async () => {
      const answer = await t.raw('{"jsonrpc":"2.0","id":1,"method":"ping"}', {
        headers: { ...t.sessionHeaders, ...headers },
      });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });
  }

  it('knows its addresses exactly', async () => {
    for (const path of [
      '/',
      '/mcp/',
      '/mcp?x=1',
      '/servers/t/mcp/',
      '/servers/../mcp',
      '/servers/T/mcp',
      '//mcp',
      '/servers/%74/mcp',
    ]) {
      expect(codeOf(await t.raw('{}', { path })), path).toBe('ROUTE_UNKNOWN');
    }
  });

  it('tells agents that a server is not there, and nobody else', async () => {
    const discover = `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{${META()}}}`;
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' };
    const initialize = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    });
    const sessions = t.gateway.sessions.size;
    for (const [body, more] of [
      [discover, headers],
      [initialize, {}],
    ] as const) {
      const path = '/servers/nosuch/mcp';
      const known = await t.raw(body, { path, headers: more });
      expect([known.status, codeOf(known)]).toEqual([404, 'SERVER_UNKNOWN']);
      const told = async (server: string) => {
        const answer = await t.raw(body, { path: `/servers/${server}/mcp`, headers: more, token: null });
        const { correlationId, ...data } = answer.message.error.data;
        expect(correlationId).toBeDefined();
        return [answer.status, data];
      };
      expect(await told('nosuch')).toEqual(await told('t'));
      expect((await told('nosuch'))[0]).toBe(401);
    }
    // One for the stateless client; the refused initialize left none.
    expect(t.gateway.sessions.size).toBeLessThanOrEqual(sessions + 1);
  });

  it('repairs half a character in an answer, which has no hash, and keeps the call', async () => {
    const answer = await t.call('half');
    expect(answer.message.result.content[0].text).toBe('cut \ufffd');
    expect(answer.message.result._meta['wardmesh/receipt']).toBeDefined();
  });

  it('wrote nothing anywhere for all of these', () => {
    expect(t.written()).toBe('');
  });
});

const generous = Object.fromEntries(
  ['standard', 'strict', 'critical'].map((tier) => [tier, { requests: 100_000, burst: 100_000 }]),
);

describe('any bytes at all', () => {
  verifies('CM-CONN-2', 'XR-FAIL-1');
  let t: TestGateway;
  beforeAll(async () => {
    // The server notes every line it is sent; nothing of what is made here may be among them.
    t = await TestGateway.start({ variant: 'noting', config: { limits: { tiers: generous } } });
    await t.initialize();
    await t.call('echo', { message: 'control' });
  });
  afterAll(() => t.stop());

  const received = () => readFileSync(`${t.journal}.received`, 'utf8');

  const honest = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'write', arguments: { line: 'fuzz' } },
  };
  const loose: fc.Arbitrary<unknown> = fc.anything({ withNullPrototype: false, maxDepth: 3 });
  const member = fc.constantFrom(
    'jsonrpc',
    'id',
    'method',
    'params',
    'result',
    'error',
    '__proto__',
    'constructor',
    '_meta',
    'x',
  );
  const method = fc.constantFrom(
    'tools/call',
    'tools/list',
    'initialize',
    'notifications/cancelled',
    'resources/read',
    'completion/complete',
    'x',
  );

  /** From noise to what is almost right. */
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ maxLength: 400, unit: 'binary' }).map((text) => Buffer.from(text)),
    loose.map((value) => Buffer.from(json(value) ?? '')),
    fc.tuple(member, loose).map(([name, value]) => Buffer.from(json({ ...honest, [name]: value ?? null }) ?? '')),
    fc
      .tuple(method, fc.dictionary(fc.string({ maxLength: 8 }), loose))
      .map(([name, params]) =>
        Buffer.from(json({ jsonrpc: '2.0', id: 1, method: name, params: { ...params, fuzz: 1 } }) ?? ''),
      ),
    fc.tuple(fc.nat(200), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(JSON.stringify(honest));
      bytes[at % bytes.length] = byte;
      return bytes;
    }),
    fc.nat(120).map((end) => Buffer.from(JSON.stringify(honest)).subarray(0, end)),
  );
  const headers = fc.record(
    {
      'mcp-protocol-version': fc.constantFrom('2025-11-25', '2025-06-18', '2026-07-28', 'x'),
      'mcp-method': fc.constantFrom('tools/call', 'x'),
      'mcp-name': fc.constantFrom('write', 'x'),
      'last-event-id': fc.constantFrom('a:1', ''),
    },
    { requiredKeys: [] },
  );

  it('are answered with a well-formed refusal, never reach a server and never stop the gateway', async () => {
    const seen = new Map<string, number>();
    const started = performance.now();
    await fc.assert(
      fc.asyncProperty(body, headers, async (bytes, more) => {
        const answer = await t.raw(bytes, { headers: { ...t.sessionHeaders, ...more } });
        judge(answer);
        const code = codeOf(answer) ?? String(answer.status);
        seen.set(code, (seen.get(code) ?? 0) + 1);
      }),
      { numRuns: 1_200, interruptAfterTimeLimit: 35_000, markInterruptAsFailure: false },
    );
    console.info(`fuzz: ${JSON.stringify(Object.fromEntries(seen))} in ${Math.round(performance.now() - started)} ms`);
    // The rig reaches every stage of the parser, or it would prove little.
    for (const code of ['JSON_INVALID', 'MESSAGE_INVALID', 'PARAMS_INVALID']) expect(seen.has(code), code).toBe(true);
    expect(t.written()).not.toContain('fuzz');
    expect(received()).not.toContain('fuzz');
    expect(t.logLines.filter((line) => line.includes('"event":"fault"'))).toEqual([]);
    expect((await t.call('echo', { message: 'still here' })).message.result).toBeDefined();
    // The control: the rig would have seen it.
    expect(received()).toContain('control');
  }, 60_000);

  function judge(answer: Answer): void {
    if (answer.status === 202) {
      expect(answer.messages).toEqual([]);
      return;
    }
    // The answer to a question nobody asked.
    if (answer.status === 400 && answer.messages.length === 0) return;
    expect(answer.status, JSON.stringify(answer.message)).toBeLessThan(500);
    const message: Loose = answer.message;
    expect(message.jsonrpc).toBe('2.0');
    const id = message.id;
    expect(id === null || typeof id === 'string' || Number.isSafeInteger(id)).toBe(true);
    if (message.error === undefined) {
      // Approval is asked for a mutation that happens to be a good call; anything else is no result.
      expect(JSON.stringify(message)).toMatch(/"isError":true|input_required/);
      return;
    }
    expect(Number.isInteger(message.error.code)).toBe(true);
    expect(Object.keys(CLIENT_CODES)).toContain(message.error.data.code);
    expect(message.error.data.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(message)).not.toMatch(/node:|\.ts:|at .*\(/);
  }
});

function json(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  } catch {
    return undefined;
  }
}
