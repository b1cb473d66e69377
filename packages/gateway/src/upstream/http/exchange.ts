import { MAX_RESPONSE_BYTES } from '@wardmesh/core';
import {
  isFailure,
  isNotification,
  isRequest,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../../protocol/message.ts';
import { crashed, type UpstreamError, upstreamError } from '../errors.ts';
import { MAX_ERROR_BODY, MAX_STREAM_BYTES, STREAM_END_MS } from '../limits.ts';
import { parseMessage } from '../rpc/parse.ts';
import { protocolFailure, statusFailure } from './failure.ts';
import { isEventId, mediaType } from './headers.ts';
import type { AnswerSink, HttpClient } from './http-client.ts';
import { SseParser } from './sse-parser.ts';

/** What comes on a stream beside the answer. */
export interface StreamSink {
  notification(message: JsonRpcNotification): void;
  request(message: JsonRpcRequest): void;
  /** The answer is an event stream. */
  opened?(): void;
  /** An answer that is not the expected one: of a stream that carries many. False where it is nobody's. */
  response?(message: JsonRpcResponse, line: Buffer): boolean;
  /** A message that breaks the protocol; throws an UpstreamError where there were too many. */
  violation(what: string): void;
}

/** Where a broken stream can be taken up again (2025-11-25 §resumability). */
export interface StreamEnd {
  readonly kind: 'ended';
  readonly lastEventId?: string;
  readonly retryMs?: number;
}

export type ExchangeResult =
  | {
      readonly kind: 'answer';
      readonly message: JsonRpcResponse;
      readonly line: Buffer;
      readonly headers: ResponseHeaders;
    }
  | { readonly kind: 'accepted' }
  /** 404 without a JSON-RPC answer, or with any where a session id was sent: the session is gone. */
  | { readonly kind: 'not-found'; readonly message?: JsonRpcResponse; readonly line?: Buffer }
  | { readonly kind: 'not-allowed' }
  | StreamEnd;

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** The id whose answer ends the exchange; absent where none is expected. */
  readonly expects?: RequestId;
  /** A subscription stream or standing stream: no bound on its whole length. */
  readonly endless?: boolean;
  readonly sink: StreamSink;
  /** The `endpoint` event of the HTTP+SSE transport (2024-11-05). */
  readonly onEndpoint?: (uri: string) => void;
}

/** One HTTP request and its answer, whole or as a stream of events. @throws UpstreamError */
export function exchange(client: HttpClient, options: ExchangeOptions): Promise<ExchangeResult> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(options, resolve, reject);
    void client.send(
      {
        method: options.method,
        path: options.path ?? client.path,
        headers: options.headers,
        ...(options.body !== undefined && { body: options.body }),
        signal: options.signal,
        staysOpen: options.endless ?? false,
      },
      reader,
    );
  });
}

class AnswerReader implements AnswerSink {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #reject: (error: UpstreamError) => void;
  #status = 0;
  #headers: ResponseHeaders = {};
  #body: Buffer[] = [];
  #bytes = 0;
  #events: SseParser | undefined;
  #lastEventId = '';
  #retryMs: number | undefined;
  #isDone = false;
  #stop: () => void = () => {};
  #closing: NodeJS.Timeout | undefined;

  constructor(
    options: ExchangeOptions,
    resolve: (result: ExchangeResult) => void,
    reject: (error: UpstreamError) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(status: number, headers: ResponseHeaders, stop: () => void): void {
    this.#stop = stop;
    this.#status = status;
    this.#headers = headers;
    if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
      throw protocolFailure('the server compresses although it was not asked to');
    }
    if (Number(headers['content-length']) > this.#limit) throw tooLarge();
    if (status !== 200) return;
    const type = mediaType(headers['content-type']);
    if (type === 'text/event-stream') {
      this.#options.sink.opened?.();
      this.#events = new SseParser(MAX_RESPONSE_BYTES, {
        event: (event) => this.#event(event.event, event.data, event.lastEventId),
        retry: (milliseconds) => {
          this.#retryMs = milliseconds;
        },
        tooLarge: () => {
          throw tooLarge();
        },
      });
    } else if (type !== 'application/json' && this.#options.expects !== undefined) {
      throw protocolFailure('the server answers with an unexpected content type', { type: type.slice(0, 64) });
    }
  }

  data(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) throw tooLarge();
    if (this.#events !== undefined) this.#events.push(chunk);
    else this.#body.push(chunk);
  }

  end(): void {
    clearTimeout(this.#closing);
    if (this.#isDone) return;
    try {
      this.#conclude();
    } catch (error) {
      this.fail(error as UpstreamError);
    }
  }

  fail(error: UpstreamError): void {
    clearTimeout(this.#closing);
    if (this.#isDone) return;
    if (this.#events !== undefined && error.code === 'UPSTREAM_CRASHED') {
      // A torn stream is an ended stream: it can be resumed.
      this.#done(this.#streamEnd());
      return;
    }
    this.#isDone = true;
    this.#reject(error);
  }

  get #limit(): number {
    if (this.#status !== 200 && this.#status !== 0) return this.#status >= 400 ? MAX_ERROR_BODY : MAX_RESPONSE_BYTES;
    if (this.#events === undefined) return MAX_RESPONSE_BYTES;
    return this.#options.endless ? Number.POSITIVE_INFINITY : MAX_STREAM_BYTES;
  }

  #event(event: string, data: Buffer, lastEventId: string): void {
    if (isEventId(lastEventId)) this.#lastEventId = lastEventId;
    if (event === 'endpoint') this.#options.onEndpoint?.(data.toString('utf8'));
    // Priming events carry an id and no data (2025-11-25 §resumability).
    if (this.#isDone || event !== 'message' || data.length === 0) return;
    const { sink, expects } = this.#options;
    const parsed = parseMessage(data);
    if (!parsed.ok) {
      sink.violation(parsed.error);
      return;
    }
    const message = parsed.value;
    if (isRequest(message)) sink.request(message);
    else if (isNotification(message)) sink.notification(message);
    else if (expects !== undefined && message.id === expects) {
      this.#done({ kind: 'answer', message, line: data, headers: this.#headers });
      // The server ends the stream after the answer; one that does not is left.
      this.#closing = setTimeout(this.#stop, STREAM_END_MS);
    } else if (sink.response?.(message, data) !== true) sink.violation('an answer to no request');
  }

  #conclude(): void {
    const { expects } = this.#options;
    if (this.#events !== undefined) {
      this.#done(this.#streamEnd());
      return;
    }
    const status = this.#status;
    const body = Buffer.concat(this.#body);
    if (status === 202 || status === 204 || (status === 200 && expects === undefined)) {
      if (expects !== undefined) throw protocolFailure('the server accepted a request without answering it');
      this.#done({ kind: 'accepted' });
      return;
    }
    if (status === 405) {
      this.#done({ kind: 'not-allowed' });
      return;
    }
    const parsed =
      body.length > 0 && mediaType(this.#headers['content-type']) === 'application/json'
        ? parseMessage(body)
        : undefined;
    const message = parsed?.ok && !isRequest(parsed.value) && !isNotification(parsed.value) ? parsed.value : undefined;
    if (status === 404) {
      this.#done({ kind: 'not-found', ...(message !== undefined && { message, line: body }) });
      return;
    }
    if (expects !== undefined && message !== undefined) {
      const isOwn = message.id === expects;
      // An HTTP error may come before the id was read: a JSON-RPC error without one is still this request's.
      const isUnread = status >= 400 && isFailure(message) && (message.id === undefined || message.id === null);
      // A JSON-RPC error is the server's answer whatever status it comes with, but for those that are about us.
      const isVerdict = status === 200 || (isFailure(message) && ![401, 403, 429, 503].includes(status));
      if (isOwn && isVerdict) {
        this.#done({ kind: 'answer', message, line: body, headers: this.#headers });
        return;
      }
      if (isUnread && status === 400) {
        const answer = { ...message, id: expects };
        this.#done({
          kind: 'answer',
          message: answer,
          line: Buffer.from(JSON.stringify(answer)),
          headers: this.#headers,
        });
        return;
      }
    }
    if (status !== 200) throw statusFailure(status, this.#headers);
    throw protocolFailure(
      parsed?.ok === false ? `the answer is ${parsed.error}` : 'the answer belongs to another request',
    );
  }

  #streamEnd(): StreamEnd {
    return {
      kind: 'ended',
      ...(this.#lastEventId !== '' && { lastEventId: this.#lastEventId }),
      ...(this.#retryMs !== undefined && { retryMs: this.#retryMs }),
    };
  }

  #done(result: ExchangeResult): void {
    this.#isDone = true;
    this.#body = [];
    this.#resolve(result);
  }
}

function tooLarge(): UpstreamError {
  return upstreamError('UPSTREAM_TOO_LARGE', 'the answer is larger than allowed');
}

/** The answer of a stream that ended without one. */
export function endedEarly(): UpstreamError {
  return crashed('the stream ended before the answer came');
}
