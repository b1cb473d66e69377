import { afterEach, describe, expect, it } from 'vitest';
import type { Era } from '../protocol/revision.ts';
import { EraChooser } from './era-chooser.ts';
import { httpUpstream } from './http/http-upstream.ts';
import { ERA_MEMORY_MS } from './limits.ts';
import type { Attachment, Channel } from './port.ts';
import { TestClient } from './testing/client.ts';
import { bodyOf, json, serve } from './testing/http-server.ts';
import { WrongEra } from './wrong-era.ts';

const attachment = (era: Era) =>
  new TestClient({ revision: era === 'session' ? '2025-11-25' : '2026-07-28' }).attachment;

function chooser(configured: 'auto' | Era, spoken: readonly Era[]) {
  const tried: Era[] = [];
  let now = 0;
  const open = async (era: Era) => {
    tried.push(era);
    if (!spoken.includes(era)) throw new WrongEra(era);
    return { era } as unknown as Channel;
  };
  const it = new EraChooser(configured, open, { now: () => now, monotonic: () => now });
  return {
    tried,
    attach: async (one: Attachment) => ((await it.attach(one)) as unknown as { era: Era }).era,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('choosing an era', () => {
  const both: readonly Era[] = ['session', 'stateless'];
  it.each([
    ['auto', both, 'session', 'session'],
    ['auto', both, 'stateless', 'stateless'],
    ['auto', ['session'], 'stateless', 'session'],
    ['auto', ['stateless'], 'session', 'stateless'],
    ['session', both, 'stateless', 'session'],
    ['stateless', both, 'session', 'stateless'],
    ['stateless', ['session'], 'stateless', 'session'],
  ] as const)('configured %s, server speaks %j, client %s: %s', async (configured, spoken, client, expected) => {
    expect(await chooser(configured, spoken).attach(attachment(client))).toBe(expected);
  });

  it('remembers what a server lacks, for a while', async () => {
    const one = chooser('auto', ['session']);
    await one.attach(attachment('stateless'));
    await one.attach(attachment('stateless'));
    expect(one.tried).toEqual(['stateless', 'session', 'session']);
    one.pass(ERA_MEMORY_MS + 1);
    await one.attach(attachment('stateless'));
    expect(one.tried.slice(3)).toEqual(['stateless', 'session']);
  });

  it('forgets it all when nothing works', async () => {
    const one = chooser('auto', []);
    await expect(one.attach(attachment('session'))).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
    await expect(one.attach(attachment('session'))).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
    expect(one.tried).toEqual(['session', 'stateless', 'session', 'stateless']);
  });
});

describe('an HTTP server of the stateless era alone', () => {
  const closing: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
  });

  it.each([
    ['an unknown method', 404, { code: -32601, message: 'Method not found' }],
    ['an unsupported version', 400, { code: -32022, message: 'Unsupported', data: { supported: ['2026-07-28'] } }],
    ['nothing but 404', 404, undefined],
    ['nothing but 400', 400, undefined],
    ['nothing but 405', 405, undefined],
  ])('is found where it answers initialize with %s', async (_what, status, error) => {
    const server = await serve((request, response) => {
      void (async () => {
        if (request.method !== 'POST') {
          response.writeHead(405).end();
          return;
        }
        const { id, method } = await bodyOf(request);
        if (method === 'server/discover') {
          const result = {
            resultType: 'complete',
            supportedVersions: ['2026-07-28'],
            capabilities: {},
            ttlMs: 0,
            cacheScope: 'private',
          };
          json(response, { jsonrpc: '2.0', id, result });
        } else if (method === 'initialize' && error === undefined) response.writeHead(status).end();
        else if (method === 'initialize') json(response, { jsonrpc: '2.0', id, error }, status);
        else
          json(response, {
            jsonrpc: '2.0',
            id,
            result: {
              resultType: 'complete',
              content: [{ type: 'text', text: String(request.headers['mcp-method']) }],
            },
          });
      })();
    });
    const upstream = httpUpstream({
      id: 'x',
      url: server.url,
      transport: 'auto',
      insecureLoopback: true,
      clientInfo: {},
    });
    closing.push(upstream, server);
    const client = await TestClient.attach(upstream);
    expect(await client.call('x')).toBe('tools/call');
  });
});
