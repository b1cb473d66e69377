import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface RelayOptions {
  /** Where requests go; its path replaces the relay's. */
  readonly target: string;
  /** PEM of the only CA to trust for the target. */
  readonly ca?: string;
  /** Sent as `Authorization: Bearer`, unless the client sends an `Authorization` of its own. */
  readonly token?: string;
}

export interface Relay {
  /** Plaintext loopback URL, `http://127.0.0.1:PORT/mcp`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers that belong to one connection (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * A loopback relay for clients that can neither trust a private CA nor send a token. It adds the `Authorization` header
 * and rewrites its own authority in `Host` and `Origin` to the target's; every other byte passes unchanged, each chunk as
 * it arrives. A `Host` that is not the relay's own passes as it is, so that the target is the one to refuse it.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const target = new URL(options.target);
  const secure = target.protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true, ...(options.ca ? { ca: options.ca } : {}) }) : undefined;
  const send = secure ? httpsRequest : httpRequest;
  let authority = '';

  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const upstream = send({
      hostname: target.hostname,
      port: target.port,
      path: target.pathname + target.search,
      method: incoming.method ?? 'GET',
      headers: forwardedHeaders(incoming.rawHeaders, authority, target, options.token),
      ...(agent ? { agent } : {}),
    });
    upstream.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    // A client that goes away closes the stream behind it: in the stateless era that is how calls are cancelled.
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${authority}/mcp`,
    close: () => {
      server.closeAllConnections();
      agent?.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function forwardedHeaders(raw: readonly string[], own: string, target: URL, token: string | undefined): string[] {
  const headers = endToEnd(raw);
  let authorised = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase();
    const value = headers[index + 1];
    if (name === 'host' && value === own) headers[index + 1] = target.host;
    if (name === 'origin' && value === `http://${own}`) headers[index + 1] = target.origin;
    if (name === 'authorization') authorised = true;
  }
  if (token !== undefined && !authorised) headers.push('Authorization', `Bearer ${token}`);
  return headers;
}

/** Raw header pairs without those of the connection; names keep their case and repeats stay repeated. */
function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [raw[index], raw[index + 1]];
    if (name !== undefined && value !== undefined && !HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
