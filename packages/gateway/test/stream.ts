import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Loose, TestGateway } from './harness.ts';

export interface StreamOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly body?: string | Uint8Array;
}

/** An open exchange, read as it comes: for what is about streams, broken connections and order. */
export class Stream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly messages: Loose[] = [];
  readonly ids: string[] = [];
  text = '';
  /** Resolves when the other side ended it or the connection broke. */
  readonly closed: Promise<void>;
  readonly #response: IncomingMessage;
  #waiting: (() => void)[] = [];

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    let rest = '';
    response.on('data', (chunk: string) => {
      this.text += chunk;
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const event = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const id = /^id: ?(.*)$/m.exec(event)?.[1];
        if (id !== undefined) this.ids.push(id);
        const data = /^data: ?(\S.*)$/m.exec(event)?.[1];
        if (data) this.messages.push(JSON.parse(data));
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        resolve();
        for (const wake of this.#waiting.splice(0)) wake();
      });
      response.once('error', () => resolve());
    });
  }

  /** The first message that fits, now or later; rejects when the stream ends without it. */
  async until(fits: (message: Loose) => boolean): Promise<Loose> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      if (this.#response.destroyed || this.#response.readableEnded) throw new Error(`the stream ended: ${this.text}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Breaks the connection, as a client that vanishes does. */
  break(): void {
    this.#response.destroy();
  }
}

/** Sends a request of any method and resolves when the head of the answer is there. */
export function openStream(t: TestGateway, options: StreamOptions = {}): Promise<Stream> {
  const url = new URL(t.gateway.url);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: url.hostname,
        port: url.port,
        path: options.path ?? '/servers/t/mcp',
        method: options.method ?? 'GET',
        ca: t.gateway.tls?.caPem,
        agent: false,
        headers: {
          accept: 'application/json, text/event-stream',
          ...(options.body !== undefined && { 'content-type': 'application/json' }),
          authorization: `Bearer ${options.token ?? t.token}`,
          ...t.sessionHeaders,
          ...options.headers,
        },
      },
      (response) => resolve(new Stream(response)),
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

/** A request of the operator, over the control socket of the home. */
export function control(t: TestGateway, method: string, path: string, body?: object): Promise<Loose> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { socketPath: join(t.home, 'run/control.sock'), path, method, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      },
    );
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

/** Real time, moved as a test wishes. */
export class MovedClock {
  /** ms added to both clocks */
  offset = 0;
  /** ms added to the wall clock alone */
  skew = 0;
  now(): number {
    return Date.now() + this.offset + this.skew;
  }
  monotonic(): number {
    return performance.now() + this.offset;
  }
}
