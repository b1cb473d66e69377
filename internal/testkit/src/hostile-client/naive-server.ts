import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export interface NaiveServer {
  /** `http://127.0.0.1:PORT/servers/honest/mcp`, though it answers on every path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Calls it can hold; it never notices that a client has left. */
const SLOTS = 10;

/**
 * The server that every check is missing from: no TLS, no token, no Host, no Origin, no bound, no revision, no parser. It
 * searches whatever arrives for a `text` and answers with it. It is the control of every hostile client.
 */
export async function startNaiveServer(): Promise<NaiveServer> {
  const sockets = new Set<Socket>();
  let held = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const body = bodyOf(received);
      if (body === undefined) return;
      received = '';
      const text = /"text"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? '';
      if (text === 'hold') held += 1;
      else socket.write(held >= SLOTS ? 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n' : answer(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/servers/honest/mcp`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The body, by the first length that can be found, once it is there. */
function bodyOf(received: string): string | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = /content-length\s*:\s*\+?(\d+)/i.exec(received.slice(0, end))?.[1];
  const body = received.slice(end + 4);
  if (length === undefined) return body.endsWith('0\r\n\r\n') || body === '' ? body : undefined;
  return body.length >= Number(length) ? body : undefined;
}

function answer(text: string): string {
  const body = `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${text}"}]}}`;
  return `HTTP/1.1 200 OK\r\nMcp-Session-Id: one-for-all\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
