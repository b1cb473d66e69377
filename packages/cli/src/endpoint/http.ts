import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isCoded } from '@wardmesh/core';
import { cliError } from '../error.ts';
import { CONNECT_TIMEOUT_MS } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/mcp` or `/servers/ID/mcp`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** HTTP/1.1 to one gateway, with kept connections. */
export class GatewayHttp {
  readonly #endpoint: Endpoint;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    const keep = { keepAlive: true, maxSockets: 512 };
    this.#agent = endpoint.tls === undefined ? new HttpAgent(keep) : new HttpsAgent({ ...keep, ...endpoint.tls });
  }

  /**
   * The head of the answer; its body is read by the caller.
   * @throws CodedError GATEWAY_UNREACHABLE; its `details.sent` tells whether the gateway can have seen the request
   */
  send(exchange: Exchange): Promise<IncomingMessage> {
    const { origin, token, tls } = this.#endpoint;
    return new Promise((resolve, reject) => {
      const send = tls === undefined ? httpRequest : httpsRequest;
      const outgoing: ClientRequest = send(
        new URL(exchange.path, origin),
        {
          method: exchange.method,
          agent: this.#agent,
          ...(exchange.signal !== undefined && { signal: exchange.signal }),
          headers: {
            ...exchange.headers,
            authorization: `Bearer ${token.reveal()}`,
            ...(exchange.body !== undefined && { 'content-length': Buffer.byteLength(exchange.body) }),
          },
        },
        resolve,
      );
      let sent = false;
      const connecting = setTimeout(() => outgoing.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
      outgoing.on('socket', (socket) => {
        const ready = (): void => {
          clearTimeout(connecting);
          sent = true;
        };
        // A kept connection is ready at once; a new one when its handshake is done.
        if (outgoing.reusedSocket) ready();
        else socket.once(tls === undefined ? 'connect' : 'secureConnect', ready);
      });
      outgoing.on('error', (cause) => {
        clearTimeout(connecting);
        reject(exchange.signal?.aborted ? cause : unreachable(cause, sent));
      });
      outgoing.end(exchange.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function unreachable(cause: NodeJS.ErrnoException, sent: boolean) {
  // A kept connection that the gateway had closed meanwhile has carried nothing.
  const stale = cause.code === 'ECONNRESET' && !sent;
  if (isCoded(cause)) return cause;
  const untrusted = cause.code !== undefined && /CERT|SIGNED|ALTNAME|SUBTREE|ISSUER|VERIFY|SSL/.test(cause.code);
  return untrusted
    ? cliError('GATEWAY_UNREACHABLE', "the gateway's certificate is not the expected one", {
        hint: 'Another program may listen there. ward status shows address and pin.',
        details: { sent: false },
        cause,
      })
    : cliError('GATEWAY_UNREACHABLE', 'the gateway does not answer', {
        hint: 'Start it with ward up, or look at ward status.',
        details: { sent: sent && !stale },
        cause,
      });
}
