import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface TestServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server on loopback; with TLS where options are given. */
export async function serve(listener: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/mcp`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Posted {
  readonly jsonrpc: '2.0';
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export async function bodyOf(request: IncomingMessage): Promise<Posted> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Posted;
}

export type Handler = (message: Posted, response: ServerResponse, request: IncomingMessage) => void;

/** A Streamable HTTP session server by hand: honest at the handshake, then as the test wants. */
export function sessionServer(
  onCall: Handler,
  onGet?: (request: IncomingMessage, response: ServerResponse) => void,
): RequestListener {
  let sessions = 0;
  return (request, response) => {
    void (async () => {
      if (request.method === 'GET') {
        if (onGet === undefined) response.writeHead(405).end();
        else onGet(request, response);
        return;
      }
      if (request.method === 'DELETE') {
        response.writeHead(204).end();
        return;
      }
      const message = await bodyOf(request);
      if (message.method === 'initialize') {
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': `session-${++sessions}` });
        response.end(
          JSON.stringify({
            jsonrpc: '2.0',
            id: message.id,
            result: {
              protocolVersion: message.params?.protocolVersion,
              capabilities: { tools: {}, logging: {}, resources: { subscribe: true } },
              serverInfo: { name: 'raw', version: '1' },
            },
          }),
        );
      } else if (message.id === undefined || message.method === undefined) {
        response.writeHead(202).end();
      } else onCall(message, response, request);
    })();
  };
}

export function json(response: ServerResponse, message: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(message));
}

export function text(value: string): object {
  return { content: [{ type: 'text', text: value }] };
}

/** Starts an SSE answer and returns how to write an event. */
export function sse(response: ServerResponse): (message: object, id?: string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (message, id) => {
    response.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
  };
}
