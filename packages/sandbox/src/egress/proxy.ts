import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { EGRESS_BYTES, EGRESS_CONNECT_MS, EGRESS_CONNECTIONS, EGRESS_HEADER_BYTES, EGRESS_IDLE_MS } from '../limits.ts';
import type { EgressRule } from '../profile.ts';
import { forwardRequest } from './forward-request.ts';
import { type Dial, type EgressEvent, type Resolver, type SecretSource, systemDial, systemResolver } from './ports.ts';
import { REFUSAL_STATUS, Refused } from './refusal.ts';
import { matchPlainRule, matchRule, normaliseHost } from './rules.ts';
import { limitBytes } from './stream-guards.ts';
import { pinAddress } from './upstream.ts';

export interface EgressDeps {
  readonly secrets: SecretSource;
  readonly resolver?: Resolver;
  readonly dial?: Dial;
  /** Certificate authorities for upstreams, PEM; the system's and Node's where absent. */
  readonly ca?: string | readonly string[];
  readonly onEvent?: (event: EgressEvent) => void;
}

/**
 * The only way out of one sandbox (WM-SBX-2): an HTTP proxy on a Unix socket (or, for a server without sandbox, on
 * loopback) that takes `CONNECT host:port` and `METHOD http://host/…`, for hosts its rules grant. It resolves names
 * itself, refuses private and special addresses, and adds secrets to plain requests, which it carries over TLS.
 */
export class EgressProxy {
  readonly #rules: readonly EgressRule[];
  readonly #deps: Required<Pick<EgressDeps, 'secrets' | 'resolver' | 'dial' | 'onEvent'>> & Pick<EgressDeps, 'ca'>;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  /** Tunnels that end here: what their requests are for. */
  readonly #tunnels = new WeakMap<Duplex, { readonly host: string; readonly port: number }>();

  constructor(rules: readonly EgressRule[], deps: EgressDeps) {
    this.#rules = rules.map((rule) => ({ ...rule, host: normaliseHost(rule.host) }));
    this.#deps = {
      secrets: deps.secrets,
      resolver: deps.resolver ?? systemResolver,
      dial: deps.dial ?? systemDial,
      onEvent: deps.onEvent ?? (() => {}),
      ...(deps.ca !== undefined && { ca: deps.ca }),
    };
    this.#server = createServer(
      {
        maxHeaderSize: EGRESS_HEADER_BYTES,
        requireHostHeader: false,
        insecureHTTPParser: false,
        keepAliveTimeout: 5_000,
        headersTimeout: EGRESS_CONNECT_MS,
      },
      (request, response) => void this.#onRequest(request, response),
    );
    this.#server.maxConnections = EGRESS_CONNECTIONS;
    this.#server.timeout = EGRESS_IDLE_MS;
    this.#server.on('connect', (request, socket, head) => void this.#onConnect(request, socket, head));
    this.#server.on('upgrade', (_request, socket) => socket.destroy());
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Listens on a Unix socket path, or on a loopback port (0 picks one). @returns the port, 0 for a path. */
  listen(where: string | { readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const done = (): void => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      };
      if (typeof where === 'string') this.#server.listen(where, done);
      else this.#server.listen(where.port, '127.0.0.1', done);
    });
  }

  /** Stops listening and ends every connection. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let host = '';
    let port = 0;
    try {
      const url = this.#parseTarget(request);
      host = url.host;
      port = url.port;
      await forwardRequest(request, response, url, this.#rules, {
        ...this.#deps,
        track: (socket) => this.#track(socket),
      });
      this.#deps.onEvent({ host, port, outcome: 'open' });
    } catch (error) {
      const code = error instanceof Refused ? error.code : 'EGRESS_UPSTREAM_FAILED';
      this.#deps.onEvent({ host, port, outcome: code });
      if (response.headersSent) response.destroy();
      else {
        response.writeHead(REFUSAL_STATUS[code], { 'content-type': 'application/json', connection: 'close' });
        response.end(`{"code":"${code}"}\n`);
      }
    }
  }

  async #onConnect(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy());
    let host = '';
    let port = 0;
    try {
      const authority = /^(\[[0-9a-fA-F:.]+\]|[^:/@?#\s]+):(\d{1,5})$/.exec(request.url ?? '');
      if (authority === null) throw new Refused('EGRESS_BAD_REQUEST');
      host = normaliseHost(authority[1]!);
      port = Number(authority[2]);
      if (matchRule(this.#rules, host, port) === undefined) {
        if (matchPlainRule(this.#rules, host, port) === undefined) throw new Refused('EGRESS_DENIED');
        this.#serveTunnel(client, head, { host, port });
        return;
      }
      const address = await pinAddress(host, this.#deps.resolver);
      const upstream = await this.#open(address, port);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) upstream.write(head);
      this.#deps.onEvent({ host, port, outcome: 'open' });
      const end = (): void => {
        client.destroy();
        upstream.destroy();
      };
      upstream.setTimeout(EGRESS_IDLE_MS, end);
      pipeline(client, limitBytes(EGRESS_BYTES), upstream, (error) => error && end());
      pipeline(upstream, limitBytes(EGRESS_BYTES), client, (error) => error && end());
    } catch (error) {
      const code = error instanceof Refused ? error.code : 'EGRESS_UPSTREAM_FAILED';
      this.#deps.onEvent({ host, port, outcome: code });
      const body = `{"code":"${code}"}\n`;
      client.end(
        `HTTP/1.1 ${REFUSAL_STATUS[code]} Refused\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  }

  /**
   * Clients that tunnel plain HTTP too (Node's fetch does) are answered by this proxy itself, as if they had sent the
   * absolute form: their requests get the rule's secrets and TLS. The tunnel's host is the one that counts.
   */
  #serveTunnel(client: Duplex, head: Buffer, target: { readonly host: string; readonly port: number }): void {
    this.#tunnels.set(client, target);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    this.#server.emit('connection', client);
  }

  #parseTarget(request: IncomingMessage): { host: string; port: number; path: string } {
    const target = request.url ?? '';
    const tunnel = this.#tunnels.get(request.socket);
    if (tunnel === undefined) return parseAbsoluteTarget(target);
    if (!target.startsWith('/')) throw new Refused('EGRESS_BAD_REQUEST');
    return { ...tunnel, path: target };
  }

  #open(address: string, port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = this.#deps.dial(address, port);
      this.#track(socket);
      const timer = setTimeout(() => socket.destroy(new Refused('EGRESS_UPSTREAM_FAILED')), EGRESS_CONNECT_MS);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(socket);
      });
      socket.once('error', () => {
        clearTimeout(timer);
        reject(new Refused('EGRESS_UPSTREAM_FAILED'));
      });
    });
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Host, port and path of an absolute-form request target (RFC 9112 §3.2.2). Plain http only. */
function parseAbsoluteTarget(target: string): { host: string; port: number; path: string } {
  if (!/^http:\/\//i.test(target) || !URL.canParse(target)) throw new Refused('EGRESS_BAD_REQUEST');
  const url = new URL(target);
  if (url.username !== '' || url.password !== '') throw new Refused('EGRESS_BAD_REQUEST');
  return {
    host: normaliseHost(url.hostname),
    port: url.port === '' ? 80 : Number(url.port),
    path: url.pathname + url.search,
  };
}
