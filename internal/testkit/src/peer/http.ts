import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { EventStream } from './event-stream.ts';
import { Mailbox } from './mailbox.ts';
import { INITIALIZE, type Incoming, type Peer, WAIT_MS } from './peer.ts';

export interface HttpPeerOptions {
  readonly ca?: string;
  readonly token?: string;
  readonly openMs?: number;
}

/** Redirects a naive client follows before it gives up. */
const MAX_REDIRECTS = 5;

/** Speaks Streamable HTTP in a session, follows redirects, reads JSON whatever its content type, and believes it all. */
export async function openHttpPeer(url: string, options: HttpPeerOptions = {}): Promise<Peer> {
  const agent = url.startsWith('https:') && options.ca ? new HttpsAgent({ ca: options.ca }) : undefined;
  const mailbox = new Mailbox();
  const headers: Record<string, string> = {};
  const bytes = { protocol: 0, diagnostics: 0 };
  const requests = new Set<ClientRequest>();
  let next = 1;
  let session: string | undefined;

  const read = (answer: IncomingMessage, onEnd: (body: string) => void): void => {
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value);
    const id = answer.headers['mcp-session-id'];
    if (typeof id === 'string') session = id;
    const events = answer.headers['content-type']?.startsWith('text/event-stream') ? new EventStream() : undefined;
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => {
      bytes.protocol += chunk.length;
      if (events) for (const data of events.push(chunk)) mailbox.take(data);
      else chunks.push(chunk);
    });
    answer.on('error', () => onEnd(''));
    answer.on('end', () => onEnd(Buffer.concat(chunks).toString('utf8')));
  };

  const exchange = (method: 'GET' | 'POST', address: string, body: string | undefined, id?: number, hops = 0): void => {
    const target = new URL(address);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(target, {
      method,
      ...(agent && target.protocol === 'https:' ? { agent } : {}),
      headers: {
        accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(session === undefined
          ? {}
          : { 'mcp-session-id': session, 'mcp-protocol-version': INITIALIZE.protocolVersion }),
      },
    });
    requests.add(outgoing);
    outgoing.on('close', () => requests.delete(outgoing));
    const gone = (why: string): void => {
      if (id !== undefined) mailbox.settle(id, { kind: 'gone', why });
    };
    outgoing.on('error', (error) => gone(error.message));
    outgoing.on('response', (answer) => {
      const { location } = answer.headers;
      if (location !== undefined && (answer.statusCode ?? 0) >= 300 && (answer.statusCode ?? 0) < 400) {
        answer.resume();
        if (hops >= MAX_REDIRECTS) gone('too many redirects');
        else exchange(method, new URL(location, address).href, body, id, hops + 1);
        return;
      }
      read(answer, (text) => {
        if (text !== '' && method === 'POST') mailbox.take(addressed(text, id));
        gone(`HTTP ${answer.statusCode}, no answer`);
      });
    });
    outgoing.end(body);
  };

  const post = (message: object, id?: number): void =>
    exchange('POST', url, JSON.stringify({ jsonrpc: '2.0', ...message }), id);
  const ask: Peer['ask'] = (method, params, waitMs = WAIT_MS) => {
    const id = next++;
    const answered = mailbox.wait(id, waitMs);
    post({ id, method, ...(params ? { params } : {}) }, id);
    return answered;
  };
  const opened = await ask('initialize', INITIALIZE, options.openMs);
  if (opened.kind === 'result') {
    post({ method: 'notifications/initialized' });
    exchange('GET', url, undefined);
  }
  return {
    opened,
    ask,
    seen: mailbox.seen,
    noise: mailbox.noise,
    headers,
    bytes,
    close: async () => {
      for (const request of requests) request.destroy();
      agent?.destroy();
    },
  };
}

/** An error that names no request (the server could not read one) is taken as the answer to what was sent. */
function addressed(text: string, id: number | undefined): string {
  if (id === undefined || !text.startsWith('{')) return text;
  try {
    const message = JSON.parse(text) as Incoming;
    return message.error && (message.id ?? null) === null ? JSON.stringify({ ...message, id }) : text;
  } catch {
    return text;
  }
}
