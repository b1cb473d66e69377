import type { ServerResponse } from 'node:http';
import type { JsonRpcMessage } from '../protocol/message.ts';
import type { EventLog } from './event-log.ts';
import { MAX_STREAM_BACKLOG, STREAM_KEEP_ALIVE_MS } from './limits.ts';

export interface ResponderOptions {
  /** Whether the client accepts an event stream. */
  readonly streams: boolean;
  /** Session era: events carry ids and can be resumed. */
  readonly resumable?: { readonly log: EventLog; readonly stream: string; readonly primed: boolean };
}

/** Sent on every answer: nothing here may be cached, sniffed, framed or referred to. */
const ALWAYS = ['cache-control', 'no-store', 'x-content-type-options', 'nosniff'] as const;
const NONE: Readonly<Record<string, string>> = {};

/**
 * Answers one POST: with one JSON object, or, as soon as something must be said before the answer is there, with an
 * event stream that ends with it.
 */
export class Responder {
  readonly #response: ServerResponse;
  readonly #options: ResponderOptions;
  #headers = NONE;
  #streaming = false;
  #done = false;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, options: ResponderOptions) {
    this.#response = response;
    this.#options = options;
  }

  /** Header fields of the answer; without effect once a stream has begun. */
  setHeaders(headers: Readonly<Record<string, string>>): void {
    this.#headers = this.#headers === NONE ? headers : { ...this.#headers, ...headers };
  }

  get streaming(): boolean {
    return this.#streaming;
  }

  /** A message before the answer. Dropped where the client takes no stream. */
  send(message: JsonRpcMessage): void {
    if (this.#done || !this.#options.streams) return;
    this.openStream();
    this.#event(JSON.stringify(message), false);
  }

  /** The answer. */
  finish(status: number, message: JsonRpcMessage): void {
    if (this.#done) return;
    this.#done = true;
    const text = JSON.stringify(message);
    if (!this.#streaming) {
      const length = String(Buffer.byteLength(text));
      this.#writeHead(status, 'content-type', 'application/json', 'content-length', length);
      // A string leaves in one write together with the head, and so in one TLS record.
      this.#response.end(text);
      return;
    }
    this.#event(text, true);
    this.#end();
  }

  /** An answer without a body: 202 for notifications, 204, 405. */
  finishEmpty(status: number): void {
    if (this.#done) return;
    this.#done = true;
    this.#writeHead(status, 'content-length', '0');
    this.#response.end();
  }

  /** Ends a stream that has no answer: its session is over. */
  end(): void {
    if (this.#done) return;
    this.#done = true;
    this.#end();
  }

  /** Closes the stream before its answer: the client comes back for it with Last-Event-ID (2025-11-25, polling). */
  interrupt(): void {
    if (this.#done || !this.#streaming || this.#options.resumable?.primed !== true) return;
    this.#options.resumable.log.detach(this.#options.resumable.stream);
    this.#end();
  }

  openStream(): void {
    if (this.#streaming || this.#done) return;
    this.#streaming = true;
    this.#writeHead(200, 'content-type', 'text/event-stream', 'x-accel-buffering', 'no');
    // A stream that is quiet at first is open all the same; the client must see that now.
    this.#response.flushHeaders();
    const { resumable } = this.#options;
    if (resumable) {
      const sink = (text: string) => this.#write(text);
      resumable.log.open(resumable.stream, sink);
      this.#response.once('close', () => resumable.log.detach(resumable.stream, sink));
      if (resumable.primed) this.#write(`id: ${resumable.stream}:0\nretry: 1000\ndata: \n\n`);
    }
    this.#keepAlive = setInterval(() => this.#write(': keep-alive\n\n'), STREAM_KEEP_ALIVE_MS);
    this.#keepAlive.unref();
    this.#response.once('close', () => clearInterval(this.#keepAlive));
  }

  /** @param own names and values in turn: an object put together of several costs the engine a call for each member */
  #writeHead(status: number, ...own: readonly string[]): void {
    const flat: string[] = [...ALWAYS];
    for (const name in this.#headers) flat.push(name, this.#headers[name]!);
    this.#response.writeHead(status, flat.concat(own));
  }

  #event(data: string, last: boolean): void {
    const { resumable } = this.#options;
    if (resumable) resumable.log.write(resumable.stream, data, last);
    else this.#write(`data: ${data}\n\n`);
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.#response.write(text);
    // A client that does not read must not fill our memory.
    if (this.#response.writableLength > MAX_STREAM_BACKLOG) this.#response.destroy();
  }

  #end(): void {
    clearInterval(this.#keepAlive);
    if (!this.#response.destroyed) this.#response.end();
  }
}
