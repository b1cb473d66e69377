import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Secret, systemClock, systemRandom } from '@wardmesh/core';
import { createAuthority, issueServerCertificate, pinnedClientOptions, serverTlsOptions } from '@wardmesh/gateway/tls';
import type { Endpoint } from '../endpoint/endpoint.ts';

export const TOKEN = 'ward_local_test-token';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A TLS listener with a local authority that asks for the token: in front of a real server, or answering by itself. */
export class TlsFront {
  readonly ca: string;
  readonly pin: string;
  readonly #server: Server;
  /** Requests that got past the token, as `METHOD path`. */
  readonly seen: string[] = [];
  handler: Handler;

  private constructor(server: Server, ca: string, pin: string, handler: Handler) {
    this.#server = server;
    this.ca = ca;
    this.pin = pin;
    this.handler = handler;
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      if (incoming.headers.authorization !== `Bearer ${TOKEN}`) {
        response.writeHead(401, { 'content-type': 'application/json' });
        const data = { code: 'AUTHENTICATION_REQUIRED', correlationId: 'c-1' };
        response.end(
          JSON.stringify({
            jsonrpc: '2.0',
            id: null,
            error: { code: -32001, message: 'Authentication is required.', data },
          }),
        );
        return;
      }
      this.seen.push(`${incoming.method} ${incoming.url}`);
      this.handler(incoming, response);
    });
  }

  static async start(handler: Handler, port = 0): Promise<TlsFront> {
    const ports = { clock: systemClock, random: systemRandom };
    const authority = await createAuthority(ports);
    const certificate = await issueServerCertificate({ ...ports, authority });
    const server = createServer(serverTlsOptions(certificate));
    const front = new TlsFront(server, authority.certificatePem, certificate.pin, handler);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  endpoint(changes: { pin?: string; token?: string } = {}): Endpoint {
    return {
      origin: this.origin,
      token: new Secret(changes.token ?? TOKEN),
      tls: pinnedClientOptions({ ca: this.ca, pin: changes.pin ?? this.pin }),
    };
  }

  /** Ends every connection, as a gateway that dies. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Passes requests on to a plain server on this machine. */
export function passTo(url: () => string): Handler {
  return (incoming, response) => {
    const target = new URL(url());
    const { authorization: _token, ...headers } = incoming.headers;
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        path: target.pathname,
        method: incoming.method,
        headers: { ...headers, host: target.host },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  };
}
