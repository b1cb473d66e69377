import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { traceHeaders } from '../../upstream/http/headers.ts';
import { MAX_QUEUED_SPANS, MAX_TRACESTATE } from '../limits.ts';
import { contextOf, withContext } from './carry.ts';
import { SpanExporter } from './exporter.ts';
import { type Span, toOtlp } from './span.ts';
import { formatTraceparent, parseTraceContext } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const GOOD = `00-${TRACE}-${PARENT}-01`;

describe('traceparent', () => {
  it('is read as W3C Trace Context has it', () => {
    expect(parseTraceContext(GOOD)).toEqual({ traceId: TRACE, spanId: PARENT, sampled: true, state: undefined });
    expect(parseTraceContext(`00-${TRACE}-${PARENT}-00`)?.sampled).toBe(false);
    expect(parseTraceContext(`00-${TRACE}-${PARENT}-03`)?.sampled).toBe(true);
    // A later version may say more (§2.2.1).
    expect(parseTraceContext(`01-${TRACE}-${PARENT}-01-more`)?.traceId).toBe(TRACE);
  });

  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['a list', [GOOD]],
    ['an empty text', ''],
    ['capitals', GOOD.toUpperCase()],
    ['version ff', `ff-${TRACE}-${PARENT}-01`],
    ['more than version 00 has', `${GOOD}-x`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short trace', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['a line end', `${GOOD}\n`],
    ['two of them', `${GOOD}, ${GOOD}`],
    ['blanks around it', ` ${GOOD} `],
    ['a long text', `01-${TRACE}-${PARENT}-01-${'x'.repeat(1_000)}`],
  ])('is ignored where it is %s', (_what, text) => {
    expect(parseTraceContext(text)).toBeUndefined();
  });

  it('comes back as it was written, for any ids', () => {
    const hex = (length: number) =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((bytes) => Buffer.from(bytes).toString('hex'))
        .filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(16), hex(8), fc.boolean(), (traceId, spanId, sampled) => {
        const context = { traceId, spanId, sampled, state: undefined };
        expect(parseTraceContext(formatTraceparent(context))).toEqual(context);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => parseTraceContext(text) === undefined));
  });
});

describe('tracestate', () => {
  const state = (text: unknown) => parseTraceContext(GOOD, text)?.state;

  it('is handed on', () => {
    expect(state('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7')).toBe('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7');
    expect(state('fw529a3039@dt=FfAAA ; x')).toBe('fw529a3039@dt=FfAAA ; x');
    expect(state(' a=1 ,, b=2 ')).toBe('a=1,b=2');
  });

  it.each([
    ['no members', ''],
    ['no value', 'a'],
    ['a key in capitals', 'A=1'],
    ['one key twice', 'a=1,a=2'],
    ['a line end', 'a=1\r\nx: y'],
    ['33 members', Array.from({ length: 33 }, (_, i) => `k${i}=1`).join()],
    ['too long a text', `a=${'x'.repeat(MAX_TRACESTATE)}`],
    ['no text', { a: 1 }],
  ])('is left out where it has %s', (_what, text) => {
    expect(parseTraceContext(GOOD, text)).toMatchObject({ traceId: TRACE });
    expect(state(text)).toBeUndefined();
  });
});

describe('a request', () => {
  const request = { jsonrpc: '2.0' as const, id: 1, method: 'tools/call', params: { name: 'x', _meta: { own: 1 } } };
  const other = `00-${'a'.repeat(32)}-${PARENT}-01`;

  it('says by _meta what trace it is of, before the header', () => {
    const named = { ...request, params: { _meta: { traceparent: GOOD, tracestate: 'a=1' } } };
    expect(contextOf(named, { traceparent: other })).toMatchObject({ traceId: TRACE, state: 'a=1' });
    expect(contextOf(request, { traceparent: other })?.traceId).toBe('a'.repeat(32));
    const malformed = { ...request, params: { _meta: { traceparent: 'x', tracestate: 'a=1' } } };
    expect(contextOf(malformed, {})).toBeUndefined();
    expect(contextOf(undefined, { traceparent: [GOOD, GOOD] as never })).toBeUndefined();
  });

  it('carries a context beside its own _meta, and in the headers of HTTP', () => {
    const context = parseTraceContext(GOOD, 'a=1')!;
    const carried = withContext(request, context);
    expect(carried.params?._meta).toEqual({ own: 1, traceparent: GOOD, tracestate: 'a=1' });
    expect(withContext(carried, context)).toBe(carried);
    expect(traceHeaders(carried)).toEqual({ traceparent: GOOD, tracestate: 'a=1' });
    // The state of another trace must not follow.
    const bare = withContext(carried, { ...context, state: undefined });
    expect(bare.params?._meta).toEqual({ own: 1, traceparent: GOOD });
    expect(traceHeaders({ ...request, params: { _meta: { traceparent: 'x\r\ny: z' } } })).toEqual({});
  });
});

const SPAN: Span = {
  traceId: TRACE,
  spanId: 'b7ad6b7169203331',
  parentSpanId: PARENT,
  traceState: 'a=1',
  name: 'tools/call echo',
  startedAt: 1_700_000_000_000.25,
  endedAt: 1_700_000_000_001,
  failed: true,
  attributes: { 'error.type': 'TIMEOUT', n: 3, left: undefined },
};
const RESOURCE = { node: 'node-1', version: '1.0.0' };

describe('a span', () => {
  it('is spelled as OTLP in JSON has it', () => {
    expect(toOtlp([SPAN], RESOURCE)).toEqual({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'wardmesh-gateway' } },
              { key: 'service.instance.id', value: { stringValue: 'node-1' } },
              { key: 'service.version', value: { stringValue: '1.0.0' } },
            ],
          },
          scopeSpans: [
            {
              scope: { name: '@wardmesh/gateway', version: '1.0.0' },
              spans: [
                {
                  traceId: TRACE,
                  spanId: 'b7ad6b7169203331',
                  parentSpanId: PARENT,
                  traceState: 'a=1',
                  name: 'tools/call echo',
                  kind: 2,
                  startTimeUnixNano: '1700000000000250000',
                  endTimeUnixNano: '1700000000001000000',
                  attributes: [
                    { key: 'error.type', value: { stringValue: 'TIMEOUT' } },
                    { key: 'n', value: { intValue: '3' } },
                  ],
                  status: { code: 2 },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('tells no secret, and nothing at length', () => {
    const secret = ['ward_agent', '_', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4'].join('');
    const text = JSON.stringify(
      toOtlp(
        [{ ...SPAN, name: `x ${secret}`, attributes: { a: `Cookie: s=${secret}`, b: 'y'.repeat(9_999) } }],
        RESOURCE,
      ),
    );
    expect(text).not.toContain(secret);
    expect(text.length).toBeLessThan(2_000);
  });
});

describe('the exporter', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function collector(status: number | 'hang') {
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ headers: request.headers, body });
      if (status !== 'hang') response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('{}');
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return { received, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` };
  }

  function exporter(endpoint: string, headers: () => Record<string, string> = () => ({})) {
    const counts: Record<string, number> = { exported: 0, failed: 0, dropped: 0 };
    const lines: string[] = [];
    const made = new SpanExporter({
      endpoint,
      headers,
      resource: RESOURCE,
      metrics: {
        spans: (outcome, count) => {
          counts[outcome]! += count;
        },
      },
      log: { warn: (event, fields) => void lines.push(`${event} ${JSON.stringify(fields ?? {})}`) },
    });
    return { exporter: made, counts, lines };
  }

  it('sends what waits, with the headers it was given', async () => {
    const { received, endpoint } = await collector(200);
    const rig = exporter(endpoint, () => ({ authorization: 'Bearer planted-canary' }));
    rig.exporter.add(SPAN);
    rig.exporter.add(SPAN);
    await rig.exporter.close();
    expect(received).toHaveLength(1);
    expect(received[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer planted-canary',
    });
    expect(JSON.parse(received[0]!.body).resourceSpans[0].scopeSpans[0].spans).toHaveLength(2);
    expect(rig.counts).toEqual({ exported: 2, failed: 0, dropped: 0 });
  });

  it.each([
    ['refuses', 503],
    ['redirects', 307],
  ] as const)(
    'drops what a collector that %s does not take, says so once, and follows nowhere',
    async (_what, status) => {
      const { endpoint } = await collector(status);
      const rig = exporter(endpoint);
      for (let i = 0; i < 600; i++) rig.exporter.add(SPAN);
      await rig.exporter.close();
      expect(rig.counts.exported).toBe(0);
      expect(rig.counts.failed! + rig.counts.dropped!).toBe(600);
      expect(rig.lines).toHaveLength(1);
      expect(rig.lines[0]).toContain('traces.unavailable');
    },
  );

  it('holds no more than its bound while a collector hangs, and ends in time', async () => {
    const { endpoint } = await collector('hang');
    const rig = exporter(endpoint);
    for (let i = 0; i < MAX_QUEUED_SPANS * 3; i++) rig.exporter.add(SPAN);
    expect(rig.counts.dropped).toBeGreaterThan(MAX_QUEUED_SPANS);
    const begun = performance.now();
    await rig.exporter.close();
    expect(performance.now() - begun).toBeLessThan(4_000);
    rig.exporter.add(SPAN);
  });

  it('survives a collector that is not there and a secret that cannot be read', async () => {
    const rig = exporter('http://127.0.0.1:1/v1/traces', () => {
      throw new Error('the secret file /x is open to other users');
    });
    rig.exporter.add(SPAN);
    await rig.exporter.close();
    expect(rig.counts.failed).toBe(1);
  });
});
