import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, parseStrictJson } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loose, TestGateway } from './harness.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly message: Loose;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A session-era MCP server over HTTP that keeps what its tool was called with. */
function remoteServer(seen: Seen[]): Server {
  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = (request.method === 'POST' ? JSON.parse(body) : {}) as Loose;
    if (message.method === 'tools/call') seen.push({ headers: request.headers, message });
    if (message.id === undefined) return void response.writeHead(request.method === 'POST' ? 202 : 405).end();
    const results: Record<string, JsonObject> = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'remote', version: '1' },
      },
      'tools/list': {
        tools: [
          {
            name: 'echo',
            description: 'Says it back.',
            inputSchema: { type: 'object', properties: { message: { type: 'string' } }, additionalProperties: false },
            annotations: { readOnlyHint: true },
          },
        ],
      },
      'tools/call': { content: [{ type: 'text', text: 'ok' }] },
    };
    const result = results[message.method as string];
    const answer = {
      jsonrpc: '2.0',
      id: message.id,
      ...(result ? { result } : { error: { code: -32601, message: '' } }),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}

const seen: Seen[] = [];
const spans: Loose[] = [];
const authorizations: (string | undefined)[] = [];
let collectorStatus = 200;
const remote = remoteServer(seen);
const collector = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  authorizations.push(request.headers.authorization);
  if (collectorStatus === 0) return;
  if (collectorStatus === 200) {
    expect(parseStrictJson(body).ok).toBe(true);
    spans.push(...(JSON.parse(body) as Loose).resourceSpans[0].scopeSpans[0].spans);
  }
  response.writeHead(collectorStatus).end();
});

let server: JsonObject;
let endpoint: string;
let folder: string;
beforeAll(async () => {
  server = { url: `${await listen(remote)}/mcp`, insecureLoopback: true, era: 'session', tools: { echo: {} } };
  endpoint = `${await listen(collector)}/v1/traces`;
  folder = mkdtempSync(join(tmpdir(), 'ward-traces-'));
  writeFileSync(join(folder, 'secret'), 'planted-collector-token\n', { mode: 0o600 });
});
afterAll(() => {
  for (const each of [remote, collector]) each.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

function start(traces?: JsonObject): Promise<TestGateway> {
  const config = { servers: { t: server }, ...(traces && { traces: { endpoint, ...traces } }) };
  return TestGateway.start({ config });
}

/** Stops the gateway, which sends the last spans, and gives the one of a call. */
async function spanOf(t: TestGateway, id: string): Promise<Loose | undefined> {
  await t.stop();
  return spans.find(
    (span) => attribute(span, 'wardmesh.request_id') === id || attribute(span, 'wardmesh.receipt') === id,
  );
}

function attribute(span: Loose, key: string): string | undefined {
  return span.attributes.find((each: Loose) => each.key === key)?.value.stringValue;
}

describe('a trace, where spans are recorded', () => {
  it('goes on through the gateway: a span of its own for the call, told to the server and the collector', async () => {
    verifies('CM-MON-1');
    const from = { file: join(folder, 'secret') };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the place is spelled so in configuration.
    const t = await start({ headers: { authorization: { template: 'Bearer ${secret}', from } } });
    const meta = { traceparent: TRACEPARENT, tracestate: 'congo=t61' };
    const answer = await t.call('echo', { message: 'planted-argument' }, meta);
    const receipt = answer.message.result._meta['wardmesh/receipt'] as string;
    const sent = seen.at(-1)!;
    const [, traceId, spanId, flags] = (sent.headers.traceparent as string).split('-');
    expect([traceId, flags]).toEqual([TRACE, '01']);
    expect(spanId).not.toBe(PARENT);
    expect(sent.headers.tracestate).toBe('congo=t61');
    expect(sent.message.params._meta).toMatchObject({
      traceparent: sent.headers.traceparent,
      tracestate: 'congo=t61',
    });
    expect(sent.message.params.arguments).toEqual({ message: 'planted-argument' });
    const span = await spanOf(t, receipt);
    expect(span).toMatchObject({
      traceId: TRACE,
      spanId,
      parentSpanId: PARENT,
      traceState: 'congo=t61',
      name: 'tools/call echo',
      status: { code: 1 },
    });
    expect(attribute(span!, 'wardmesh.server')).toBe('t');
    expect(authorizations.at(-1)).toBe('Bearer planted-collector-token');
    const told = JSON.stringify(spans);
    for (const secret of ['planted-argument', 'planted-collector-token', t.token]) expect(told).not.toContain(secret);
  }, 60_000);

  it('takes the context of the HTTP header where the message has none', async () => {
    const t = await start({});
    await t.call('echo', { message: 'x' }, undefined, { headers: { traceparent: TRACEPARENT } });
    expect(seen.at(-1)!.headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`));
    await t.stop();
  }, 60_000);

  it('begins anew where what came is malformed, and records what was refused', async () => {
    const t = await start({});
    await t.call('echo', { message: 'x' }, { traceparent: `00-${'0'.repeat(32)}-${PARENT}-01`, tracestate: 'a=1' });
    const sent = seen.at(-1)!;
    expect(sent.headers.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(sent.headers.tracestate).toBeUndefined();
    const refused = await t.call('planted-name');
    const span = await spanOf(t, refused.message.error.data.correlationId);
    expect(attribute(span!, 'error.type')).toBe('TOOL_UNKNOWN');
    expect(JSON.stringify(span)).not.toContain('planted-name');
  }, 60_000);

  it('is not recorded where the client or the share says so', async () => {
    const t = await start({ sample: 0 });
    const before = spans.length;
    await t.call('echo', { message: 'x' }, { traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(seen.at(-1)!.headers.traceparent).toMatch(/-00$/);
    await t.call('echo', { message: 'x' });
    await t.stop();
    expect(spans.length).toBe(before);
  }, 60_000);

  it.each([
    ['refuses', 500],
    ['hangs', 0],
  ])(
    'neither slows nor breaks a call while the collector %s',
    async (_what, status) => {
      const t = await start({});
      collectorStatus = status;
      try {
        await t.call('echo', { message: 'x' });
        const begun = performance.now();
        // More than a batch, so that the exporter is busy with the collector meanwhile.
        const answers = await Promise.all(Array.from({ length: 40 }, () => t.stateless('tools/list', {}, {})));
        for (const answer of answers) expect([200, 429]).toContain(answer.status);
        expect((await t.call('echo', { message: 'x' })).message.result).toBeDefined();
        expect(performance.now() - begun).toBeLessThan(5_000);
        await t.stop();
        const text = await t.gateway.services.metrics.registry.metrics();
        expect(text).toContain('ward_trace_spans_total{outcome="exported"} 0');
        expect(text).not.toContain(
          'ward_trace_spans_total{outcome="failed"} 0\nward_trace_spans_total{outcome="dropped"} 0',
        );
      } finally {
        collectorStatus = 200;
      }
    },
    60_000,
  );
});

describe('a trace, where none are recorded', () => {
  it('passes through unchanged, from the message and from the header', async () => {
    const t = await start();
    await t.call('echo', { message: 'x' }, { traceparent: TRACEPARENT, tracestate: 'a=1' });
    expect(seen.at(-1)!.headers).toMatchObject({ traceparent: TRACEPARENT, tracestate: 'a=1' });
    expect(seen.at(-1)!.message.params._meta).toMatchObject({ traceparent: TRACEPARENT, tracestate: 'a=1' });
    await t.call('echo', { message: 'x' }, undefined, { headers: { traceparent: TRACEPARENT } });
    expect(seen.at(-1)!.headers.traceparent).toBe(TRACEPARENT);
    expect(seen.at(-1)!.message.params._meta.traceparent).toBe(TRACEPARENT);
    await t.call('echo', { message: 'x' }, undefined, { headers: { traceparent: 'not one' } });
    expect(seen.at(-1)!.headers.traceparent).toBeUndefined();
    expect(seen.at(-1)!.message.params._meta).toBeUndefined();
    await t.stop();
  }, 60_000);

  it('can be turned on and off while the gateway runs', async () => {
    const t = await start();
    expect(t.gateway.services.tracer?.()).toBeUndefined();
    const on = { ...t.gateway.config, traces: { endpoint, headers: {}, sample: 1 } };
    await t.gateway.reconfigure(on);
    expect(t.gateway.services.tracer?.()).toBeDefined();
    const { traces: _traces, ...off } = on;
    await t.gateway.reconfigure(off);
    expect(t.gateway.services.tracer?.()).toBeUndefined();
    await t.stop();
  }, 60_000);
});
