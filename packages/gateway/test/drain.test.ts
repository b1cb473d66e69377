import { expect, it } from 'vitest';
import { startGateway } from '../src/gateway.ts';
import { TestGateway } from './harness.ts';
import { openStream } from './stream.ts';

const LISTEN = {
  method: 'POST',
  headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'subscriptions/listen',
    params: {
      notifications: { toolsListChanged: true },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }),
} as const;

it('a gateway that stops lets calls end, ends streams, and leaves nothing running', async () => {
  const t = await TestGateway.start();
  await t.initialize();
  const stream = await openStream(t);
  const listening = await openStream(t, LISTEN);
  await listening.until((message) => message.method === 'notifications/subscriptions/acknowledged');
  const call = t.call('slow', { ms: 700 });
  await expect.poll(() => t.gateway.services.concurrency().active('local')).toBe(1);
  // A call that waits for a person could wait for minutes.
  const waiting = await openStream(t, {
    method: 'POST',
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 77,
      method: 'tools/call',
      params: { name: 'write', arguments: { line: 'w' }, _meta: { 'wardmesh/wait': true, progressToken: 'p' } },
    }),
  });
  await waiting.until((message) => message.method === 'notifications/progress');
  const { upstream } = t.gateway.catalogue.server('t')!;
  const started = performance.now();
  const stopped = t.gateway.stop(undefined, 20_000);
  expect((await call).message.result.content[0].text).toBe('done');
  await stopped;
  // Not the whole time a drain may take: subscriptions are ended, not waited for.
  expect(performance.now() - started).toBeLessThan(10_000);
  await Promise.all([stream.closed, listening.closed]);
  expect(listening.messages.at(-1)).toMatchObject({ id: 1, error: { data: { code: 'SHUTTING_DOWN' } } });
  expect(waiting.messages.at(-1)).toMatchObject({ id: 77, error: { data: { code: 'SHUTTING_DOWN' } } });
  expect(upstream.status().processes).toBe(0);
  await expect(t.call('echo', { message: 'm' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  // The home is free for the next one, which finds nothing to mend.
  const next = await startGateway({ home: t.home, port: 0, log: t.gateway.services.log });
  expect(next.home.recovery.closedIntents).toEqual([]);
  const types = (await next.home.audit.find({ limit: 100 })).map((entry) => entry.eventType);
  expect(types.filter((type) => type === 'system.stop' || type === 'system.start')).toEqual([
    'system.start',
    'system.stop',
    'system.start',
  ]);
  await next.stop();
});
