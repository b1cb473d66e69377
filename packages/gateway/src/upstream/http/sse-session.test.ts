import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { CodedError } from '@wardmesh/core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../port.ts';
import { TestClient } from '../testing/client.ts';
import { serve, sse, type TestServer } from '../testing/http-server.ts';
import { httpUpstream } from './http-upstream.ts';

const EVERYTHING = new URL(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')).pathname;
const children: ChildProcess[] = [];
const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The reference server over one of its HTTP transports. */
async function everything(transport: 'sse' | 'streamableHttp'): Promise<number> {
  const port = await freePort();
  const child = spawn(process.execPath, [EVERYTHING, transport], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  children.push(child);
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false,
        ),
      { timeout: 15_000 },
    )
    .toBe(true);
  return port;
}

function connect(url: string, transport: 'sse' | 'auto' = 'auto'): Upstream {
  const upstream = httpUpstream({
    id: 'sse',
    url,
    transport,
    insecureLoopback: true,
    handshakeTimeoutMs: 5_000,
    clientInfo: { name: 'ward', version: '0' },
  });
  closing.unshift(upstream);
  return upstream;
}

const capabilities = { sampling: {}, elicitation: {}, roots: {} };
const ask: TestClient['ask'] = async ({ id, method }) => ({
  jsonrpc: '2.0',
  id,
  result:
    method === 'sampling/createMessage'
      ? { role: 'assistant', content: { type: 'text', text: 'sampled' }, model: 'm' }
      : method === 'roots/list'
        ? { roots: [] }
        : { action: 'decline' },
});

describe('server-everything', () => {
  it('works over HTTP+SSE, found by itself', async () => {
    const port = await everything('sse');
    const client = await TestClient.attach(connect(`http://127.0.0.1:${port}/sse`), { capabilities, ask });
    expect(await client.call('echo', { message: 'hi' })).toContain('hi');
    expect(await client.call('trigger-sampling-request', { prompt: 'p', maxTokens: 10 })).toContain('sampled');
    await client.request('tools/call', {
      name: 'trigger-long-running-operation',
      arguments: { duration: 0.2, steps: 2 },
      _meta: { progressToken: 'p' },
    });
    expect(client.notifications.filter(({ method }) => method === 'notifications/progress')).toHaveLength(2);
    const limit = new AbortController();
    setTimeout(() => limit.abort(new CodedError('CALL_TIMEOUT', 'late')), 100);
    const slow = client.call('trigger-long-running-operation', { duration: 30, steps: 1 }, { signal: limit.signal });
    await expect(slow).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(await client.call('echo', { message: 'still' })).toContain('still');
  });

  it('works over Streamable HTTP, for clients of both eras', async () => {
    const port = await everything('streamableHttp');
    const upstream = connect(`http://127.0.0.1:${port}/mcp`);
    for (const revision of ['2025-06-18', '2025-11-25', '2026-07-28'] as const) {
      const client = await TestClient.attach(upstream, { revision, capabilities, ask });
      expect(await client.call('echo', { message: revision })).toContain(revision);
      expect(await client.call('trigger-sampling-request', { prompt: 'p', maxTokens: 10 })).toContain('sampled');
      expect(client.channel.facts.revision).toBe(revision);
    }
  });
});

describe('an HTTP+SSE server', () => {
  async function start(onStream: Parameters<typeof serve>[0]): Promise<TestServer> {
    const server = await serve((request, response) => {
      if (request.method === 'GET') onStream(request, response);
      else {
        request.resume();
        response.writeHead(202).end();
      }
    });
    closing.push(server);
    return server;
  }

  it('that sends its clients to another origin is refused', async () => {
    const { url } = await start((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: endpoint\ndata: https://evil.example/steal\n\n');
    });
    await expect(TestClient.attach(connect(url, 'sse'))).rejects.toMatchObject({ code: 'UPSTREAM_INSECURE' });
  });

  it.each([
    ['names no endpoint', () => {}, 'UPSTREAM_TIMEOUT'],
    ['ends its stream', (response: { end(): void }) => response.end(), 'UPSTREAM_CRASHED'],
  ])('that %s is given up', async (_what, then, code) => {
    const { url } = await start((_, response) => {
      sse(response);
      response.flushHeaders();
      then(response);
    });
    const upstream = httpUpstream({
      id: 'x',
      url,
      transport: 'sse',
      insecureLoopback: true,
      handshakeTimeoutMs: 200,
      clientInfo: {},
    });
    closing.unshift(upstream);
    await expect(TestClient.attach(upstream)).rejects.toMatchObject({ code });
  });
});
