import { PassThrough } from 'node:stream';
import { CodedError, parseStrictJson } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob } from './fixtures/bench.ts';
import { FakeSigner } from './fixtures/fake-signer.ts';
import { runWalletServer } from './run.ts';

const NAMES = [
  'wallet_list',
  'wallet_create',
  'wallet_import',
  'wallet_balance',
  'wallet_history',
  'wallet_fund',
  'wallet_pay',
  'wallet_sign',
  'wallet_policy_check',
  'wallet_rotate',
  'policy_set',
  'tx_submit',
  'tx_decode',
  'network_config',
  'acknowledge_mainnet',
  'approval_status',
  'escrow_create',
  'escrow_finish',
  'escrow_cancel',
  'escrow_list',
  'escrow_status',
  'generate_condition',
];

/** Names that say all that a description could. */
const PLAIN =
  /^(limit|offset|types|sort_by|include_|marker|max_|min_|result|role|state|force|create_backup|reason|wait_for_|submit$|fulfillment|destination$|source$)/;

describe('the server', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.end());

  it('lists every tool with both schemas, a description and all four hints', async () => {
    verifies('XR-WAL-1', 'XR-VAL-1');
    const { tools } = await bench.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(NAMES);
    for (const { inputSchema, outputSchema, annotations, description, title } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema).toMatchObject({ type: 'object' });
      expect(Object.keys(annotations ?? {}).toSorted()).toEqual(
        ['destructiveHint', 'idempotentHint', 'openWorldHint', 'readOnlyHint', 'title'].toSorted(),
      );
      expect(`${title}${description}`.length).toBeGreaterThan(30);
    }
  });

  it('says of tools that spend that they do, and of those that read that they do not', async () => {
    const { tools } = await bench.client.listTools();
    const named = (hint: 'destructiveHint' | 'readOnlyHint') =>
      tools.filter(({ annotations }) => annotations?.[hint] === true).map(({ name }) => name);
    expect(named('destructiveHint')).toEqual([
      'wallet_pay',
      'wallet_sign',
      'policy_set',
      'tx_submit',
      'approval_status',
      'escrow_create',
      'escrow_finish',
      'escrow_cancel',
    ]);
    expect(named('readOnlyHint')).toEqual([
      'wallet_list',
      'wallet_balance',
      'wallet_history',
      'wallet_policy_check',
      'tx_decode',
      'escrow_list',
      'escrow_status',
      'generate_condition',
    ]);
  });

  it('describes every argument of a name that does not speak for itself', async () => {
    const { tools } = await bench.client.listTools();
    for (const { name, inputSchema } of tools) {
      for (const [field, schema] of Object.entries(inputSchema.properties ?? {})) {
        if (!PLAIN.test(field))
          expect((schema as { description?: string }).description, `${name}.${field}`).toBeTypeOf('string');
      }
    }
  });

  it('passes the agent that the gateway names as principal, and no nonsense', async () => {
    await bench.call('wallet_policy_check', check, { 'wardmesh/agent': 'agent:7' });
    await bench.call('wallet_policy_check', check, { 'wardmesh/agent': { not: 'a name' } });
    await bench.call('wallet_policy_check', check, { 'wardmesh/agent': `x${String.fromCodePoint(0x202e)}` });
    await bench.call('wallet_policy_check', check);
    const principals = bench.signer.asked.flatMap(({ params }) => (params as { principal?: string }).principal ?? []);
    expect(principals).toEqual(['agent:7', 'agent', 'agent', 'agent']);
  });
  const check = {
    wallet_address: alice.address,
    unsigned_tx:
      '1200006140000000000F42408114A6070B8A1822E3322676A99F0C804EE2D15B82708314B5F762798A53D543A014CAF8B297CFF8F2F937E8',
  };
});

describe('errors', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.end());

  it.each([
    ['a missing argument', 'wallet_sign', { wallet_address: alice.address }, /^unsigned_tx: /],
    ['an unknown one', 'wallet_list', { everything: true }, /^no such argument: everything$/],
    ['a wrong type', 'wallet_list', { limit: 'ten' }, /^limit: /],
    ['a range', 'wallet_history', { wallet_address: alice.address, limit: 101 }, /^limit: /],
    ['a pattern', 'tx_decode', { tx_blob: 'zz'.repeat(20) }, /^tx_blob: hex digits only$/],
    ['nothing at all', 'escrow_status', {}, /^owner: .*; sequence: /],
    ['a value of another network', 'wallet_list', { network: 'betanet' }, /^network: /],
  ])('W18: %s is a VALIDATION_ERROR in words, by field and without the value', async (_what, name, args, message) => {
    const error = await bench.error(name, args);
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringMatching(message) });
    expect(error.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(error.message).not.toMatch(/[{}[\]]|zod|betanet|ten\b/i);
    expect(bench.failures).toEqual([{ tool: name, code: 'VALIDATION_ERROR', correlationId: error.correlationId }]);
  });

  it('W18: what nobody foresaw says nothing but its correlation id, also in the log no secret', async () => {
    bench.signer.failure = new TypeError('cannot read sEdTM1uX8pu2do5XvTnutH6HsouMaM2 of undefined');
    const error = await bench.error('wallet_list');
    expect(error).toEqual({
      code: 'INTERNAL_ERROR',
      message: 'Internal error - access denied',
      correlationId: expect.any(String),
    });
    expect(bench.failures).toEqual([
      {
        tool: 'wallet_list',
        code: 'INTERNAL_ERROR',
        correlationId: error.correlationId,
        cause: 'cannot read [redacted] of undefined',
      },
    ]);
  });

  it('keeps the signer’s code, hint, wait and correlation id', async () => {
    const given = { hint: 'Unlock it.', retryAfter: 30, correlationId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' };
    bench.signer.failure = new CodedError('WALLET_LOCKED', 'the wallet is locked', { ...given, details: { key: 'k' } });
    expect(await bench.error('wallet_list')).toEqual({
      code: 'WALLET_LOCKED',
      message: 'the wallet is locked',
      ...given,
    });
  });

  it('names the missing signer', async () => {
    const lonely = new Bench();
    await lonely.serve();
    await lonely.start({ signer: '/nowhere/agent.sock' });
    expect(await lonely.error('wallet_list')).toMatchObject({
      code: 'SIGNER_NOT_RUNNING',
      hint: expect.stringContaining('ward up'),
    });
    await lonely.end();
  });
});

describe('the streams', () => {
  const INITIALIZE = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  const MODERN = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };

  async function speak(messages: readonly unknown[], until: number): Promise<string[]> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const lines: string[] = [];
    output.setEncoding('utf8');
    output.on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
    const server = runWalletServer({
      signer: new FakeSigner(),
      network: 'local',
      input,
      output,
      report: () => undefined,
    });
    for (const message of messages) input.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
    for (let i = 0; i < 100 && lines.length < until; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    await server.close();
    return lines;
  }

  it('serves the session era', async () => {
    const lines = await speak(
      [
        INITIALIZE,
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
      ],
      2,
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      result: { protocolVersion: '2025-06-18', serverInfo: { name: 'wallet' } },
    });
    expect(JSON.parse(lines[1] ?? '').result.tools).toHaveLength(NAMES.length);
  });

  it('serves the stateless era', async () => {
    const [listed, called] = await speak(
      [
        { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: MODERN } },
        { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'wallet_list', arguments: {}, _meta: MODERN } },
      ],
      2,
    );
    expect(JSON.parse(listed ?? '').result.tools).toHaveLength(NAMES.length);
    expect(JSON.parse(called ?? '').result).toMatchObject({
      resultType: 'complete',
      structuredContent: { wallets: [], total: 0 },
    });
  });

  it('W17: carry JSON-RPC only, whatever comes in', async () => {
    const lines = await speak(
      [
        'nonsense\n',
        '{"jsonrpc":"2.0"}\n',
        '\n\n',
        INITIALIZE,
        '{"jsonrpc":"2.0","id":2,"method":"no/such"}\n',
        '\u0000\u0001\n',
        '[]\n',
      ],
      2,
    );
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) {
      const parsed = parseStrictJson(line);
      expect(parsed.ok && (parsed.value as { jsonrpc?: string }).jsonrpc).toBe('2.0');
    }
  });

  it('end with their client', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const server = runWalletServer({ signer: new FakeSigner(), input, output });
    output.resume();
    input.end();
    await server.closed;
  });

  it('are not opened with an endpoint that is not one', () => {
    expect(() => runWalletServer({ signer: '/x', endpoints: { local: ['http://127.0.0.1'] } })).toThrow(
      expect.objectContaining({ code: 'INVALID_ENDPOINT' }),
    );
    expect(bob.address).not.toBe(alice.address);
  });
});
