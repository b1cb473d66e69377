import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ANSWER_BYTES, ANSWER_MS } from '../limits.ts';
import type { Target } from './target.ts';

/** What came back on one connection. */
export interface RawReply {
  /** Of the first answer; undefined where there was none. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** All bytes after the first head, as Latin-1. */
  readonly body: string;
  /** Status lines in all: more than one answer to one request is a smuggled one. */
  readonly answers: number;
  readonly ended: 'answered' | 'closed' | 'silence';
}

/** Opens a connection the way the target wants it: TLS with its CA, or plaintext. */
export async function connect(target: Pick<Target, 'url' | 'ca'>, plaintext = false): Promise<Socket> {
  const { hostname, port, protocol } = new URL(target.url);
  const secure = protocol === 'https:' && !plaintext;
  const socket = secure
    ? connectTls({ host: hostname, port: Number(port), ca: target.ca ?? '', ALPNProtocols: ['http/1.1'] })
    : connectPlain({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve, reject) => {
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

export interface SendOptions {
  /** Milliseconds to wait for the answer. */
  readonly waitMs?: number;
  /** Goes on reading this long after the first whole answer, ms: a second one may follow. */
  readonly lingerMs?: number;
  readonly plaintext?: boolean;
}

/** Sends bytes on a connection of their own and reads what comes back. */
export async function send(target: Target, bytes: string | Uint8Array, options: SendOptions = {}): Promise<RawReply> {
  const socket = await connect(target, options.plaintext);
  socket.on('error', () => {});
  socket.write(bytes);
  const reply = await read(socket, options);
  socket.destroy();
  return reply;
}

/** Reads until an answer is whole, the other side closes, or the time is over. */
export async function read(socket: Socket, { waitMs = ANSWER_MS, lingerMs = 0 }: SendOptions = {}): Promise<RawReply> {
  let text = '';
  let ended: RawReply['ended'] = 'silence';
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    const finish = (how: RawReply['ended']): void => {
      if (ended === 'silence') ended = how;
      clearTimeout(timer);
      resolve();
    };
    socket.on('data', (chunk: Buffer) => {
      if (text.length < ANSWER_BYTES) text += chunk.toString('latin1');
      if (!isWhole(text) || ended === 'answered') return;
      ended = 'answered';
      setTimeout(() => finish('answered'), lingerMs);
    });
    socket.on('close', () => finish('closed'));
  });
  return parse(text, ended);
}

function isWhole(text: string): boolean {
  const { status, headers, body } = parse(text, 'answered');
  if (status === undefined || text.indexOf('\r\n\r\n') < 0) return false;
  const length = headers['content-length'];
  if (length !== undefined) return body.length >= Number(length);
  if (headers['transfer-encoding'] !== undefined) return body.endsWith('0\r\n\r\n');
  return status === 202 || status === 204;
}

function parse(text: string, ended: RawReply['ended']): RawReply {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = (end < 0 ? '' : text.slice(0, end)).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  return {
    status: status === undefined ? undefined : Number(status),
    headers,
    body: end < 0 ? '' : text.slice(end + 4),
    answers: (text.match(/HTTP\/1\.[01] \d{3} /g) ?? []).length,
    ended,
  };
}

/**
 * One word for a reply: the gateway's code, wherever it stands (`error.data.code`, or `_meta` of a result with `isError`),
 * else the JSON-RPC code, else the HTTP status, else how the connection ended.
 */
export function codeOf({ status, body, ended }: RawReply): string {
  const word = /"(?:data|wardmesh\/error)":\{[^{}]*"code":"([A-Z_]+)"/.exec(body)?.[1];
  const number = /"error":\{[^{}]*"code":(-?\d+)/.exec(body)?.[1];
  return word ?? number ?? (status === undefined ? ended : `HTTP ${status}`);
}
