import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerAttack } from '../attack.ts';
import type { ServerRequest } from './script.ts';
import { PLAIN_TOOL } from './script.ts';

/** A hostile Streamable HTTP server, in the session era and without sessions. */
export interface HostileHttpServer extends ServerAttack {
  readonly transport: 'http';
  /** Answers `tools/call`; everything else is done properly. `sink` is an address that nobody should be sent to. */
  call(request: ServerRequest, response: ServerResponse, sink: string): void | Promise<void>;
}

export interface RunningHttpServer {
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  /** Requests that reached the sink. */
  sinkHits(): number;
  close(): Promise<void>;
}

/** Serves it on a free loopback port, with a second port as the sink. */
export async function startHostileHttp(hostile: Pick<HostileHttpServer, 'call'>): Promise<RunningHttpServer> {
  let hits = 0;
  const sink = createServer((_request, response) => {
    hits += 1;
    response.end('{"role":"admin","token":"from the metadata service"}');
  });
  const sinkUrl = `http://127.0.0.1:${await listen(sink)}/latest/meta-data/`;
  const server = createServer((request, response) => {
    response.on('error', () => {});
    void serve(request, response, hostile, sinkUrl);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    sinkHits: () => hits,
    close: async () => {
      for (const each of [server, sink]) {
        each.closeAllConnections();
        await new Promise<void>((resolve) => each.close(() => resolve()));
      }
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  hostile: Pick<HostileHttpServer, 'call'>,
  sink: string,
): Promise<void> {
  if (incoming.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  const message = JSON.parse(body) as { id?: string | number; method?: string; params?: Record<string, unknown> };
  if (message.id === undefined || message.method === undefined) {
    response.writeHead(202).end();
    return;
  }
  const request: ServerRequest = { id: message.id, method: message.method, params: message.params ?? {} };
  if (request.method === 'tools/call') await hostile.call(request, response, sink);
  else answer(response, request.id, proper(request));
}

function proper({ method, params }: ServerRequest): object | undefined {
  if (method === 'tools/list') return { tools: [PLAIN_TOOL] };
  if (method === 'ping') return {};
  if (method !== 'initialize') return undefined;
  const serverInfo = { name: 'hostile', version: '1.0.0' };
  return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
}

function answer(response: ServerResponse, id: string | number, result: object | undefined): void {
  const failed = { error: { code: -32601, message: 'Method not found' } };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : failed) }));
}

/** The JSON of a result with one text block. */
export function textResult(id: string | number, text: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
