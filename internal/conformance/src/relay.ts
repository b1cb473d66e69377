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
  /** Its origin, which the target must allow where it restricts origins. */
  readonly origin: string;
  /** Sends further requests there. */
  aim(options: RelayOptions): void;
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

interface Aim {
  readonly target: URL;
  readonly token: string | undefined;
  readonly agent: HttpsAgent | undefined;
}

/**
 * A loopback relay for clients that can neither trust a private CA nor send a token. It adds the `Authorization` header
 * and rewrites its own authority in `Host` to the target's; every other byte passes unchanged, each chunk as it arrives.
 * A `Host` that is not the relay's own passes as it is, so that the target is the one to refuse it. Answers 503 until it
 * is aimed.
 */
export async function startRelay(): Promise<Relay> {
  let aim: Aim | undefined;
  let authority = '';

  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (aim) pass(incoming, outgoing, aim, authority);
    else outgoing.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${authority}/mcp`,
    origin: `http://${authority}`,
    aim: ({ target, ca, token }) => {
      const url = new URL(target);
      const agent = url.protocol === 'https:' ? new HttpsAgent({ keepAlive: true, ...(ca ? { ca } : {}) }) : undefined;
      aim?.agent?.destroy();
      aim = { target: url, token, agent };
    },
    close: () => {
      server.closeAllConnections();
      aim?.agent?.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, { target, token, agent }: Aim, own: string): void {
  const send = agent ? httpsRequest : httpRequest;
  const upstream = send({
    hostname: target.hostname,
    port: target.port,
    path: target.pathname + target.search,
    method: incoming.method ?? 'GET',
    headers: forwardedHeaders(incoming.rawHeaders, own, target, token),
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
}

function forwardedHeaders(raw: readonly string[], own: string, target: URL, token: string | undefined): string[] {
  const headers = endToEnd(raw);
  let authorised = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase();
    const value = headers[index + 1];
    if (name === 'host' && value === own) headers[index + 1] = target.host;
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
