import { isJsonObject } from '@wardmesh/core';
import {
  isFailure,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../../protocol/message.ts';
import { Asks } from '../asks.ts';
import { Coalescer } from '../coalesce.ts';
import { isTimeLimit, unavailable, upstreamError } from '../errors.ts';
import type { Introduction } from '../handshake.ts';
import { DEFAULT_RETRY_MS, MAX_IN_FLIGHT, MAX_RESUMES, MAX_RETRY_MS, MIN_RETRY_MS } from '../limits.ts';
import { goesUp, handOn, isUnbound } from '../notifications.ts';
import { pause } from '../pause.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../port.ts';
import { WireReply } from '../rpc/reply.ts';
import { progressTokenOf } from '../stdio/encode.ts';
import { type ExchangeResult, endedEarly, type StreamEnd, type StreamSink } from './exchange.ts';
import { traceHeaders } from './headers.ts';
import type { HttpClient } from './http-client.ts';
import { DEAF, SessionWire } from './session-wire.ts';
import { holdStandingStream } from './standing-stream.ts';
import { StreamGuard, type StreamGuardOptions } from './stream-guard.ts';

export interface HttpSessionOptions extends StreamGuardOptions {
  readonly client: HttpClient;
  readonly self: Introduction;
  readonly handshakeTimeoutMs: number;
}

/**
 * One client's session with a Streamable HTTP server (2025-06-18, 2025-11-25): its own `Mcp-Session-Id`, so the server's
 * session state is that client's alone. Expired sessions are made anew once; torn streams are resumed where the server
 * numbered its events.
 */
export class HttpSession implements Channel {
  readonly #options: HttpSessionOptions;
  readonly #attachment: Attachment;
  readonly #wire: SessionWire;
  readonly #guard: StreamGuard;
  readonly #coalescer: Coalescer;
  readonly #calls = new Set<UpstreamCall>();
  readonly #uris = new Set<string>();
  readonly #closed = new AbortController();
  #standing = new AbortController();
  #renewing: Promise<void> | undefined;
  #level: string | undefined;

  private constructor(options: HttpSessionOptions, attachment: Attachment) {
    this.#options = options;
    this.#attachment = attachment;
    this.#wire = new SessionWire(options.client, options.self, options.handshakeTimeoutMs);
    this.#guard = new StreamGuard(options);
    this.#coalescer = new Coalescer((message) => attachment.notify(message));
  }

  /** @throws WrongEra · NotStreamable · UpstreamError */
  static async open(options: HttpSessionOptions, attachment: Attachment): Promise<HttpSession> {
    const session = new HttpSession(options, attachment);
    await session.#wire.open();
    session.#listen();
    return session;
  }

  get facts(): ServerFacts {
    return this.#wire.facts;
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    if (this.#closed.signal.aborted) throw unavailable('the channel is closed');
    if (this.#calls.size >= MAX_IN_FLIGHT) throw unavailable('the server has too many requests in flight');
    this.#calls.add(call);
    try {
      const reply = await this.#send(call, true);
      this.#remember(call.message, reply.message);
      return reply;
    } catch (error) {
      if (call.signal.aborted) this.#cancel(call.message.id, call.signal.reason);
      throw error;
    } finally {
      this.#calls.delete(call);
    }
  }

  async notify(message: JsonRpcNotification): Promise<void> {
    if (goesUp(message.method)) await this.#wire.tell(message);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const reason = unavailable('the channel is closed');
    this.#closed.abort(reason);
    this.#standing.abort(reason);
    this.#coalescer.stop();
    await this.#wire.end();
  }

  async #send(call: UpstreamCall, mayRenew: boolean): Promise<UpstreamReply> {
    const { message, original } = call;
    const sessionId = this.#wire.id;
    const asks = this.#asks((question) => call.ask(question));
    const sink: StreamSink = {
      ...this.#guard.sink({
        notification: (notification) => this.#onCallNotification(call, notification, asks),
        request: (request) => asks.receive(request),
      }),
      opened: () => call.streaming?.(),
    };
    const result = await this.#wire.ask(
      original ?? JSON.stringify(message),
      message.id,
      sink,
      call.signal,
      traceHeaders(message),
    );
    if (result.kind === 'not-found' && sessionId !== undefined && mayRenew) {
      // The server forgot the session (2025-11-25 §session management): nothing was done, so once more is safe.
      this.#options.onEvent({ type: 'retried', upstream: this.#options.upstream, reason: 'session' });
      await this.#renew(sessionId);
      return this.#send(call, false);
    }
    return this.#conclude(result, call, (end) => this.#resume(end, call, sink));
  }

  async #conclude(
    result: ExchangeResult,
    call: UpstreamCall,
    resume: (end: StreamEnd) => Promise<UpstreamReply>,
  ): Promise<UpstreamReply> {
    switch (result.kind) {
      case 'answer':
        return new WireReply(result.line, result.message, call.message.id);
      case 'ended':
        return resume(result);
      case 'not-found':
        throw upstreamError('UPSTREAM_UNAVAILABLE', 'the server knows no such session or address');
      default:
        throw upstreamError('UPSTREAM_PROTOCOL', 'the server does not take requests at this address');
    }
  }

  /** Takes a torn answer stream up again after the last event seen. */
  async #resume(end: StreamEnd, call: UpstreamCall, sink: StreamSink): Promise<UpstreamReply> {
    let last = end;
    if (end.lastEventId !== undefined) call.interrupted?.();
    for (let attempt = 0; attempt < MAX_RESUMES && last.lastEventId !== undefined; attempt++) {
      const wait = Math.max(last.retryMs ?? DEFAULT_RETRY_MS, MIN_RETRY_MS);
      await pause(Math.min(wait, MAX_RETRY_MS), call.signal);
      const { lastEventId } = last;
      this.#options.onEvent({ type: 'retried', upstream: this.#options.upstream, reason: 'stream' });
      const result = await this.#wire.stream({ sink, signal: call.signal, lastEventId, expects: call.message.id });
      if (result.kind !== 'ended') return this.#conclude(result, call, () => Promise.reject(endedEarly()));
      // A stream that brought something new made progress: its attempts count anew.
      if (result.lastEventId !== undefined && result.lastEventId !== lastEventId) attempt = -1;
      last = { ...last, ...result };
    }
    throw endedEarly();
  }

  #onCallNotification(call: UpstreamCall, message: JsonRpcNotification, asks: Asks): void {
    if (message.method === 'notifications/cancelled') {
      asks.withdraw(message.params?.requestId);
    } else if (message.method === 'notifications/progress') {
      const token = progressTokenOf(call.message.params);
      if (token === undefined || message.params?.progressToken !== token) {
        this.#guard.violate('progress with a foreign token');
      } else handOn(() => call.notify(message));
    } else if (message.method === 'notifications/message') {
      handOn(() => call.notify(message));
    } else this.#onUnbound(message);
  }

  #onStandingNotification(message: JsonRpcNotification, asks: Asks): void {
    if (message.method === 'notifications/cancelled') {
      asks.withdraw(message.params?.requestId);
    } else if (message.method === 'notifications/progress') {
      const token = message.params?.progressToken;
      const call = [...this.#calls].find((one) => token !== undefined && progressTokenOf(one.message.params) === token);
      if (call === undefined) this.#guard.drop('progress of no request in flight');
      else handOn(() => call.notify(message));
    } else if (message.method === 'notifications/message') {
      handOn(() => this.#attachment.notify(message));
    } else this.#onUnbound(message);
  }

  #onUnbound(message: JsonRpcNotification): void {
    if (!isUnbound(message.method)) this.#guard.drop('an unknown notification');
    else if (!this.#coalescer.push(message)) this.#guard.drop('different notifications at once');
  }

  #listen(): void {
    if (this.#closed.signal.aborted) return;
    this.#standing.abort(unavailable('replaced'));
    this.#standing = new AbortController();
    const asks = this.#asks((question) => this.#attachment.ask(question));
    const sink = this.#guard.sink({
      notification: (message) => this.#onStandingNotification(message, asks),
      request: (request) => asks.receive(request),
    });
    void holdStandingStream(this.#wire, sink, this.#standing.signal);
  }

  #asks(ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>): Asks {
    return new Asks({
      capabilities: this.#options.self.capabilities,
      route: () => ask,
      respond: (message) => void this.#wire.tell(message).catch(() => {}),
      violation: (what) => this.#guard.violate(what),
    });
  }

  /** Makes a lost session anew, once for all calls that found it lost, and sets on it what was set before. */
  #renew(lost: string): Promise<void> {
    if (this.#wire.id !== lost) return this.#renewing ?? Promise.resolve();
    this.#renewing ??= (async () => {
      await this.#wire.open();
      this.#listen();
      if (this.#level !== undefined) await this.#restore('logging/setLevel', { level: this.#level });
      for (const uri of this.#uris) await this.#restore('resources/subscribe', { uri });
    })().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #restore(method: string, params: NonNullable<JsonRpcRequest['params']>): Promise<void> {
    const id = `ward-${method}`;
    await this.#wire.ask(JSON.stringify({ jsonrpc: '2.0', id, method, params }), id, DEAF).catch(() => {});
  }

  #remember({ method, params }: JsonRpcRequest, answer: JsonRpcResponse): void {
    if (isFailure(answer) || !isJsonObject(params)) return;
    if (method === 'logging/setLevel' && typeof params.level === 'string') this.#level = params.level;
    else if (method === 'resources/subscribe' && typeof params.uri === 'string') this.#uris.add(params.uri);
    else if (method === 'resources/unsubscribe' && typeof params.uri === 'string') this.#uris.delete(params.uri);
  }

  /** Leaving the stream is no cancellation in this era (2025-11-25 §transports): it is said. */
  #cancel(requestId: RequestId, reason: unknown): void {
    const text = isTimeLimit(reason) ? 'time limit' : 'cancelled by the client';
    const params = { requestId, reason: text };
    this.#wire.tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {});
  }
}
