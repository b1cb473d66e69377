import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answer } from './echo.ts';
import { type LoadOptions, rawLoad } from './raw-load.ts';

type Reply = (body: string, response: ServerResponse) => void;

const json: Reply = (body, response) => {
  const text = answer(body);
  response.writeHead(text === undefined ? 202 : 200, { 'mcp-session-id': 's', 'content-type': 'application/json' });
  response.end(text);
};
const events: Reply = (body, response) => {
  const text = answer(body);
  if (text === undefined) return void response.writeHead(202).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('id: 1\ndata: \n\n');
  response.end(`event: message\ndata: ${text}\n\n`);
};
/** Answers every call with the text of another one. */
const swapped: Reply = (body, response) => json(body.replace(/"message":"[^"]*"/, '"message":"c0-0"'), response);

describe('rawLoad', () => {
  let close = (): void => {};
  afterEach(() => close());

  async function against(reply: Reply, options: Partial<LoadOptions> = {}) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.headers['mcp-session-id'] ?? '-'}`);
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => reply(body, response));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    close = () => void server.close();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const result = await rawLoad({ url, clients: 3, seconds: 0.3, warmUpSeconds: 0.1, ...options });
    return { result, seen };
  }

  it.each([
    ['JSON answers', json, {}],
    ['event streams', events, {}],
    ['the stateless era', json, { era: 'stateless' as const }],
  ])('counts right answers: %s', async (_title, reply, options) => {
    const { result } = await against(reply, options);
    expect(result.errors).toBe(0);
    expect(result.calls).toBeGreaterThan(10);
    expect(result.p50).toBeLessThanOrEqual(result.p99);
    expect(result.callsPerSecond).toBeCloseTo(result.calls / 0.3);
  });

  it('keeps its session and ends it', async () => {
    const { seen } = await against(json);
    expect(seen.filter((line) => line === 'POST -')).toHaveLength(3);
    expect(seen.filter((line) => line === 'DELETE s')).toHaveLength(3);
  });

  it('counts an answer to another call as an error, not as a call', async () => {
    const { result } = await against(swapped);
    expect(result.calls).toBe(0);
    expect(result.errors).toBeGreaterThan(10);
    expect(result.firstError).toContain('c0-0');
  });

  it('refuses a target that does not shake hands', async () => {
    await expect(against((_body, response) => void response.writeHead(401).end())).rejects.toMatchObject({
      code: 'BENCH_HANDSHAKE_FAILED',
    });
  });
});
