/**
 * The echo server over Streamable HTTP, on bare `node:http`, JSON answers only.
 *
 *     node internal/bench/src/echo-http.ts [--port N]
 *
 * Prints `{"event":"ready","url":…}`. It keeps no sessions: a session-era client gets no `Mcp-Session-Id`, which the
 * specification allows.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { answer } from './echo.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST', 'content-length': 0 }).end();
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const reply = answer(body);
    if (reply === undefined) {
      response.writeHead(202, { 'content-length': 0 }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) });
    response.end(reply);
  });
});

server.listen(Number(values.port ?? '0'), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${port}/mcp` })}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
