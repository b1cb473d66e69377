import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cliError } from '../error.ts';
import { LOGIN_WAIT_MS } from '../limits.ts';

/** A place for a browser to come back to, on this machine alone, once (RFC 8252 §7.3). */
export class Loopback {
  readonly redirectUri: string;
  readonly #server: Server;
  readonly #arrived: Promise<URLSearchParams>;

  private constructor(server: Server, redirectUri: string, arrived: Promise<URLSearchParams>) {
    this.#server = server;
    this.redirectUri = redirectUri;
    this.#arrived = arrived;
  }

  /** @param state what our own redirect carries: anything else that knocks is told nothing and ends nothing */
  static async open(state: string): Promise<Loopback> {
    const { promise, resolve } = Promise.withResolvers<URLSearchParams>();
    const server = createServer((request, response) => {
      const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
      if (request.method !== 'GET' || url?.pathname !== '/callback')
        return answer(response, 404, 'There is nothing here.');
      const states = url.searchParams.getAll('state');
      if (states.length !== 1 || states[0] !== state) {
        return answer(response, 400, 'This is not the sign-in that your terminal waits for.');
      }
      answer(response, 200, 'Go back to your terminal. You can close this page.');
      resolve(url.searchParams);
    });
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    return new Loopback(server, `http://127.0.0.1:${port}/callback`, promise);
  }

  /** The query of the redirect. @throws CodedError LOGIN_EXPIRED */
  async wait(): Promise<URLSearchParams> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(expired()), LOGIN_WAIT_MS);
    });
    try {
      return await Promise.race([this.#arrived, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function expired() {
  return cliError('LOGIN_EXPIRED', 'nobody signed in in time', { hint: 'Start again: ward login.' });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(`${text}\n`);
}
