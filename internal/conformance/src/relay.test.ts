import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Relay, startRelay } from './relay.ts';

describe('the relay', () => {
  let handler: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((incoming, outgoing) => handler(incoming, outgoing));
  let relay: Relay;
  let authority = '';

  beforeEach(async () => {
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    relay = await startRelay();
    relay.aim({ target: `http://${authority}/servers/x/mcp`, token: 'secret' });
  });
  afterEach(() => relay.close());

  it('adds the token, its target path, and the target authority in place of its own', async () => {
    let seen: IncomingMessage | undefined;
    handler = (incoming, outgoing) => {
      seen = incoming;
      outgoing.end();
    };
    await fetch(relay.url, { method: 'POST', body: '{}', headers: { origin: relay.origin } });
    expect(seen?.url).toBe('/servers/x/mcp');
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer secret',
      host: authority,
      origin: relay.origin,
    });
  });

  it('leaves a foreign Host, a repeated header and the client own token alone', async () => {
    let seen: string[] = [];
    handler = (incoming, outgoing) => {
      seen = incoming.rawHeaders;
      outgoing.end();
    };
    const { hostname, port } = new URL(relay.url);
    const headers = ['Host', 'evil.example.com', 'Mcp-Name', 'a', 'Mcp-Name', 'b', 'Authorization', 'Bearer own'];
    const sent = request({ hostname, port, path: '/mcp', headers }).end();
    await once(sent, 'response');
    expect(seen.slice(0, headers.length)).toEqual(headers);
    expect(seen.filter((name) => name === 'Authorization')).toHaveLength(1);
  });

  it('passes bodies, status and headers back byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    handler = (incoming, outgoing) => {
      outgoing.writeHead(418, { 'X-Two': ['1', '2'], 'Mcp-Session-Id': 'abc' });
      incoming.pipe(outgoing);
    };
    const response = await fetch(relay.url, { method: 'POST', body: bytes });
    expect(response.status).toBe(418);
    expect(response.headers.get('mcp-session-id')).toBe('abc');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  it('passes each event as it comes, and a hang-up through to the target', async () => {
    const hungUp = new Promise<void>((resolve) => {
      handler = (_incoming, outgoing) => {
        outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
        outgoing.on('close', () => resolve());
      };
    });
    const abort = new AbortController();
    const response = await fetch(relay.url, { signal: abort.signal });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
    abort.abort();
    await hungUp;
  });

  it('answers 503 before it is aimed and 502 where the target is gone', async () => {
    const lost = await startRelay();
    expect((await fetch(lost.url)).status).toBe(503);
    lost.aim({ target: 'http://127.0.0.1:9/mcp' });
    expect((await fetch(lost.url)).status).toBe(502);
    await lost.close();
  });
});
