import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { CodedError, systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority, issueServerCertificate, serverTlsOptions } from '../../tls/index.ts';
import type { UpstreamEvent } from '../event.ts';
import type { Upstream } from '../port.ts';
import { TestClient } from '../testing/client.ts';
import { type Handler, json, serve, sessionServer, sse, type TestServer, text } from '../testing/http-server.ts';
import { type HttpUpstreamOptions, httpUpstream } from './http-upstream.ts';

const closing: { close(): Promise<void> }[] = [];
const events: UpstreamEvent[] = [];

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
  events.length = 0;
});

function connect(options: Partial<HttpUpstreamOptions> & { readonly url: string }): Upstream {
  const upstream = httpUpstream({
    id: 'raw',
    transport: 'streamable-http',
    era: 'session',
    insecureLoopback: true,
    handshakeTimeoutMs: 2_000,
    clientInfo: { name: 'ward', version: '0' },
    onEvent: (event) => events.push(event),
    ...options,
  });
  closing.unshift(upstream);
  return upstream;
}

async function start(listener: Parameters<typeof serve>[0], tls?: Parameters<typeof serve>[1]): Promise<TestServer> {
  const server = await serve(listener, tls);
  closing.push(server);
  return server;
}

async function attached(onCall: Handler, onGet?: Parameters<typeof sessionServer>[1]): Promise<TestClient> {
  const { url } = await start(sessionServer(onCall, onGet));
  return TestClient.attach(connect({ url }));
}

const notified = (count: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data: count },
});

describe('a misbehaving HTTP server', () => {
  const garbage: readonly [string, Handler, string][] = [
    [
      'answers with HTML',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'UPSTREAM_PROTOCOL',
    ],
    ['answers without a type', (_, response) => response.writeHead(200).end('{}'), 'UPSTREAM_PROTOCOL'],
    [
      'answers no JSON',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      'UPSTREAM_PROTOCOL',
    ],
    [
      'answers another id',
      ({ id }, response) => json(response, { jsonrpc: '2.0', id: `${id}x`, result: text('a') }),
      'UPSTREAM_PROTOCOL',
    ],
    [
      'answers a batch',
      ({ id }, response) => json(response, [{ jsonrpc: '2.0', id, result: text('a') }]),
      'UPSTREAM_PROTOCOL',
    ],
    ['accepts without answering', (_, response) => response.writeHead(202).end(), 'UPSTREAM_PROTOCOL'],
    [
      'compresses unasked',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('x'),
      'UPSTREAM_PROTOCOL',
    ],
    [
      'redirects',
      (_, response) => response.writeHead(307, { location: 'https://evil.example/' }).end(),
      'UPSTREAM_INSECURE',
    ],
    ['refuses the credentials', (_, response) => response.writeHead(401).end(), 'UPSTREAM_UNAVAILABLE'],
    ['is overloaded', (_, response) => response.writeHead(503, { 'retry-after': '7' }).end(), 'UPSTREAM_UNAVAILABLE'],
    ['hangs up', (_, response) => response.destroy(), 'UPSTREAM_CRASHED'],
    ['ends its stream early', (_, response) => sse(response)(notified(1)) ?? response.end(), 'UPSTREAM_CRASHED'],
    [
      'claims 100 MB',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000000' }).write('{'),
      'UPSTREAM_TOO_LARGE',
    ],
    [
      'sends 100 MB',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let i = 0; i < 100; i++) response.write(Buffer.alloc(1_048_576, 0x20));
      },
      'UPSTREAM_TOO_LARGE',
    ],
    [
      'sends an event without end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < 20; i++) response.write(`data: ${'x'.repeat(1_048_576)}\n`);
      },
      'UPSTREAM_TOO_LARGE',
    ],
    [
      'floods its stream',
      (_, response) => {
        const write = sse(response);
        for (let i = 0; i < 20_000; i++) write(notified(i));
      },
      'UPSTREAM_PROTOCOL',
    ],
    [
      'sends garbage events',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < 100; i++) response.write('data: no json\n\n');
      },
      'UPSTREAM_PROTOCOL',
    ],
  ];
  it.each(garbage)('that %s is refused', async (_what, onCall, code) => {
    verifies('CM-CONN-1');
    const client = await attached(onCall);
    await expect(client.call('x')).rejects.toMatchObject({ code });
  });

  it('that never ends its stream is left at the time limit, and told so', async () => {
    const told: unknown[] = [];
    let left = false;
    const { url } = await start((request, response) => {
      const handler = sessionServer((_, answer) => {
        const write = sse(answer);
        const timer = setInterval(() => write(notified(1)), 10);
        answer.on('close', () => {
          left = true;
          clearInterval(timer);
        });
      });
      request.on('data', (chunk: Buffer) => chunk.includes('cancelled') && told.push(JSON.parse(chunk.toString())));
      handler(request, response);
    });
    const client = await TestClient.attach(connect({ url }));
    const limit = new AbortController();
    setTimeout(() => limit.abort(new CodedError('CALL_TIMEOUT', 'late')), 100);
    await expect(client.call('x', {}, { signal: limit.signal })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await expect.poll(() => left).toBe(true);
    await expect.poll(() => told).toMatchObject([{ method: 'notifications/cancelled', params: { requestId: 'c1' } }]);
  });

  it('cannot send progress under a token that is not the call own', async () => {
    const client = await attached(({ id }, response) => {
      const write = sse(response);
      write({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'other', progress: 1 } });
      write({ jsonrpc: '2.0', id, result: text('done') });
      response.end();
    });
    expect(await client.call('x')).toBe('done');
    expect(client.notifications).toEqual([]);
    expect(events.filter(({ type }) => type === 'violation')).toHaveLength(1);
  });

  it('is not asked twice with a session id it made up to split headers', async () => {
    const { url } = await start((request, response) => {
      request.resume();
      // Node itself refuses CR and LF here; a blank is enough to be no session id.
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'a b' });
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 'ward-initialize', result }));
    });
    await expect(TestClient.attach(connect({ url }))).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  });

  it('that is silent at the handshake is left in time', async () => {
    const { url } = await start((request) => void request.resume());
    await expect(TestClient.attach(connect({ url, handshakeTimeoutMs: 100 }))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
  });
});

describe('a session', () => {
  it('is made anew once when the server forgot it, with what was set on it', async () => {
    const seen: string[] = [];
    const client = await attached(({ id, method, params }, response, request) => {
      const session = String(request.headers['mcp-session-id']);
      seen.push(`${session} ${method}`);
      if (session === 'session-1' && method === 'tools/call')
        json(response, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404);
      else json(response, { jsonrpc: '2.0', id, result: method === 'tools/call' ? text(session) : { params } });
    });
    await client.request('logging/setLevel', { level: 'error' });
    await client.request('resources/subscribe', { uri: 'a:b' });
    const answers = await Promise.all([client.call('x'), client.call('y')]);
    expect(answers).toEqual(['session-2', 'session-2']);
    expect(events.at(-1)).toMatchObject({ type: 'retried', reason: 'session' });
    expect(seen.filter((line) => line.startsWith('session-2'))).toEqual([
      'session-2 logging/setLevel',
      'session-2 resources/subscribe',
      'session-2 tools/call',
      'session-2 tools/call',
    ]);
  });

  it('is ended when the channel closes', async () => {
    const deleted: unknown[] = [];
    const session = sessionServer(() => {});
    const { url } = await start((request, response) => {
      if (request.method === 'DELETE') deleted.push(request.headers['mcp-session-id']);
      session(request, response);
    });
    const client = await TestClient.attach(connect({ url }));
    await client.channel.close();
    expect(deleted).toEqual(['session-1']);
    await expect(client.call('x')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('is not made anew for ever', async () => {
    const client = await attached((_, response) => response.writeHead(404).end());
    await expect(client.call('x')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('resumes a torn stream after the last event it saw', async () => {
    let asked: string | undefined;
    const client = await attached(
      (_, response) => {
        sse(response)(notified(1), 'event-1');
        response.write('retry: 10\n\n');
        setTimeout(() => response.destroy(), 20);
      },
      (request, response) => {
        const after = request.headers['last-event-id'];
        if (typeof after !== 'string') {
          response.writeHead(405).end();
          return;
        }
        asked = after;
        const write = sse(response);
        write(notified(2), 'event-2');
        write({ jsonrpc: '2.0', id: 'c1', result: text('resumed') }, 'event-3');
        response.end();
      },
    );
    expect(await client.call('x')).toBe('resumed');
    expect(asked).toBe('event-1');
    expect(events.filter(({ type }) => type === 'retried').at(-1)).toMatchObject({ reason: 'stream' });
    expect(client.notifications.map(({ params }) => params?.data)).toEqual([1, 2]);
  });

  it('hears its standing stream, again after it breaks', async () => {
    let opened = 0;
    const client = await attached(
      ({ id }, response) => json(response, { jsonrpc: '2.0', id, result: text('x') }),
      (_request, response) => {
        const write = sse(response);
        response.write('retry: 10\n\n');
        write(notified(++opened), `e${opened}`);
        if (opened === 1) response.end();
      },
    );
    await expect.poll(() => client.notifications.map(({ params }) => params?.data)).toEqual([1, 2]);
  });
});

describe('TLS', () => {
  const ports = { clock: systemClock, random: systemRandom };
  const echo = sessionServer(({ id }, response) => json(response, { jsonrpc: '2.0', id, result: text('safe') }));

  it('is spoken to a server whose certificate verifies, and to no other', async () => {
    verifies('CM-TLS-1');
    const authority = await createAuthority(ports);
    const certificate = await issueServerCertificate({ authority, ...ports });
    const { url } = await start(echo, serverTlsOptions(certificate));
    const trusting = { url, ca: authority.certificatePem };
    expect(await (await TestClient.attach(connect(trusting))).call('x')).toBe('safe');
    expect(await (await TestClient.attach(connect({ ...trusting, pin: certificate.pin }))).call('x')).toBe('safe');

    const other = await createAuthority(ports);
    const refused = { code: 'UPSTREAM_INSECURE' };
    await expect(TestClient.attach(connect({ url }))).rejects.toMatchObject(refused);
    await expect(TestClient.attach(connect({ url, ca: other.certificatePem }))).rejects.toMatchObject(refused);
    const wrongPin = (await issueServerCertificate({ authority, ...ports })).pin;
    await expect(TestClient.attach(connect({ ...trusting, pin: wrongPin }))).rejects.toMatchObject(refused);
    const wrongName = url.replace('127.0.0.1', 'mcp.example');
    const resolver = async () => ['127.0.0.1'];
    await expect(
      TestClient.attach(connect({ ...trusting, url: wrongName, resolver, allowPrivate: true })),
    ).rejects.toMatchObject(refused);
  });

  it('older than 1.2 is refused', async () => {
    verifies('CM-TLS-1');
    const authority = await createAuthority(ports);
    const { certificatePem, privateKeyPem } = await issueServerCertificate({ authority, ...ports });
    const old = {
      cert: certificatePem,
      key: privateKeyPem,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const { url, port } = await start(echo, old);
    // The control: whoever allows it can speak 1.1 to this server.
    const lax = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await once(lax, 'secureConnect');
    expect(lax.getProtocol()).toBe('TLSv1.1');
    lax.destroy();
    await expect(TestClient.attach(connect({ url, ca: authority.certificatePem }))).rejects.toMatchObject({
      code: 'UPSTREAM_INSECURE',
    });
  });

  it('is not left out but for loopback where the operator says so', async () => {
    verifies('CM-TLS-1');
    const { url } = await start(echo);
    expect(() => connect({ url, insecureLoopback: false })).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_INSECURE' }),
    );
    expect(() => connect({ url: 'http://mcp.example/' })).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_INSECURE' }),
    );
    expect(await (await TestClient.attach(connect({ url }))).call('x')).toBe('safe');
  });
});

describe('a host name', () => {
  it.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
    ['nothing', []],
  ])('that resolves to %s is not connected to', async (_what, addresses) => {
    const url = 'https://mcp.example/mcp';
    const attach = TestClient.attach(connect({ url, resolver: async () => addresses }));
    await expect(attach).rejects.toMatchObject({ code: 'UPSTREAM_INSECURE' });
  });

  it('that resolves to link-local stays refused even where private addresses are allowed', async () => {
    const attach = TestClient.attach(
      connect({ url: 'https://mcp.example/', allowPrivate: true, resolver: async () => ['169.254.169.254'] }),
    );
    await expect(attach).rejects.toMatchObject({ code: 'UPSTREAM_INSECURE' });
  });

  it('that is called localhost must be', async () => {
    const { port } = await start(sessionServer(() => {}));
    const attach = TestClient.attach(
      connect({ url: `http://localhost:${port}/mcp`, resolver: async () => ['8.8.8.8'] }),
    );
    await expect(attach).rejects.toMatchObject({ code: 'UPSTREAM_INSECURE' });
  });
});

describe('configured headers', () => {
  it('are fetched for each request and cannot replace ours', async () => {
    let secret = 0;
    const seen: unknown[] = [];
    const { url } = await start(
      sessionServer(({ id }, response, request) => {
        seen.push(request.headers.authorization);
        json(response, { jsonrpc: '2.0', id, result: text('x') });
      }),
    );
    const client = await TestClient.attach(
      connect({ url, headers: async () => ({ authorization: `Bearer ${++secret}` }) }),
    );
    await client.call('x');
    await client.call('x');
    expect(new Set(seen).size).toBe(2);
    await expect(
      TestClient.attach(connect({ url, headers: async () => ({ 'mcp-session-id': 'stolen' }) })),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
