import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { createServer } from 'node:https';
import { CodedError, uuid } from '@wardmesh/core';
import { CLIENT_CODES, deny, toRpcError } from '../protocol/errors.ts';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, MAX_CONNECTIONS, MAX_HEADER_BYTES } from './limits.ts';
import { handlePost, type PostDeps } from './post.ts';
import { parseRoute } from './route.ts';
import type { Site } from './site.ts';
import { handleDelete, handleGet, type StreamDeps } from './stream.ts';

export interface FrontOptions {
  readonly host: string;
  readonly port: number;
  /** Absent only where the operator wrote `insecureLoopback`. */
  readonly tls?: ServerOptions;
}

export type FrontErrorCode = 'ADDRESS_IN_USE' | 'ADDRESS_REFUSED';

/** The client side of the gateway: HTTPS, the MCP endpoints, and the sites beside them. */
export class FrontServer {
  readonly #deps: PostDeps & StreamDeps;
  readonly #server: Server;
  readonly #options: FrontOptions;
  readonly #sites: Site[] = [];
  #requests = 0;
  #idle: (() => void) | undefined;

  constructor(deps: PostDeps & StreamDeps, options: FrontOptions) {
    this.#deps = deps;
    this.#options = options;
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#handle(request, response);
    const bounds = { maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false };
    this.#server = options.tls
      ? createServer({ ...bounds, ...options.tls }, listener)
      : createPlainServer(bounds, listener);
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
    // Bodies have a time limit of their own (read-body); streams of answers have none.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('tlsClientError', () => {});
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Starts to listen. @returns the port. @throws CodedError<FrontErrorCode> */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = error.code === 'EADDRINUSE';
        reject(
          new CodedError(inUse ? 'ADDRESS_IN_USE' : 'ADDRESS_REFUSED', `${host}:${port} cannot be listened on.`, {
            hint: inUse
              ? 'Another program has this port; choose one with --port or listen.port.'
              : 'Check listen.host.',
            cause: error,
          }),
        );
      });
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Serves a part with paths of its own, before the MCP endpoints. */
  add(site: Site): void {
    this.#sites.push(site);
  }

  /** Renews the certificate for new connections. */
  renew(tls: ServerOptions): void {
    if ('setSecureContext' in this.#server) (this.#server as ReturnType<typeof createServer>).setSecureContext(tls);
  }

  get inFlight(): number {
    return this.#requests;
  }

  /** Takes no new connections, waits for what is in flight at most `drainMs`, then ends the rest. */
  async close(drainMs: number, onProgress?: (left: number) => void): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    if (this.#requests > 0) {
      const tick = setInterval(() => onProgress?.(this.#requests), 1_000);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#idle = resolve;
        }),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, drainMs);
        }),
      ]);
      clearInterval(tick);
      clearTimeout(timer);
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isCall = request.method === 'POST';
    if (isCall) this.#requests += 1;
    try {
      await this.#route(request, response);
    } catch (error) {
      const correlationId = uuid(this.#deps.services.random);
      this.#deps.services.log.fault(correlationId, error);
      if (!response.headersSent) {
        const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: toRpcError(deny('INTERNAL'), correlationId) });
        response.writeHead(500, { 'content-type': 'application/json' }).end(body);
      } else response.destroy();
    } finally {
      if (isCall && --this.#requests === 0) this.#idle?.();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === '/healthz') {
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end('{"status":"ok"}');
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0]!;
    const site = this.#sites.find((each) => each.owns(path));
    if (site) return site.handle(request, response);
    const route = parseRoute(request.url ?? '');
    // Whether there is a server of that name is told to agents only: it takes the same way as one that is there.
    if (!route) return this.#plain(response, 'ROUTE_UNKNOWN');
    switch (request.method) {
      case 'POST':
        return handlePost(this.#deps, route, request, response);
      case 'GET':
        return handleGet(this.#deps, route, request, response);
      case 'DELETE':
        return handleDelete(this.#deps, route, request, response);
      default:
        response.setHeader('allow', 'GET, POST, DELETE');
        return this.#plain(response, 'METHOD_NOT_ALLOWED');
    }
  }

  #plain(response: ServerResponse, code: 'ROUTE_UNKNOWN' | 'METHOD_NOT_ALLOWED'): void {
    const error = toRpcError(deny(code), uuid(this.#deps.services.random));
    response
      .writeHead(CLIENT_CODES[code].status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
  }
}
