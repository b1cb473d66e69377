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
import { crashed, isTimeLimit, unavailable, upstreamError } from '../errors.ts';
import { INITIALIZED, type Introduction, initializeRequest, readInitialized } from '../handshake.ts';
import { DEFAULT_RETRY_MS, MAX_IN_FLIGHT, MAX_RESUMES, MAX_RETRY_MS } from '../limits.ts';
import { pause } from '../pause.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../port.ts';
import { WireReply } from '../rpc/reply.ts';
import { progressTokenOf } from '../stdio/encode.ts';
import { WrongEra } from '../wrong-era.ts';
import { type ExchangeResult, endedEarly, exchange, type StreamEnd } from './exchange.ts';
import { isSessionId } from './headers.ts';
import type { HttpClient } from './http-client.ts';
import { StreamGuard, type StreamGuardOptions } from './stream-guard.ts';

/** What both eras accept as an answer. */
export const ACCEPT = 'application/json, text/event-stream';

export interface HttpSessionOptions extends StreamGuardOptions {
  readonly client: HttpClient;
  readonly self: Introduction;
  readonly handshakeTimeoutMs: number;
}

/** The server offers no Streamable HTTP at this address; the older HTTP+SSE transport may be tried. */
export class NotStreamable extends Error {}

/**
 * One client's session with a Streamable HTTP server (2025-06-18, 2025-11-25): its own `Mcp-Session-Id`, so the server's
 * session state is that client's alone. Expired sessions are made anew once; torn streams are resumed where the server
 * numbered its events.
 */
export class HttpSession implements Channel {
  readonly #options: HttpSessionOptions;
  readonly #attachment: Attachment;
  readonly #calls = new Set<UpstreamCall>();
  readonly #guard: StreamGuard;
  readonly #coalescer: Coalescer;
  readonly #standing = new AbortController();
  #facts!: ServerFacts;
  #wireRevision = '';
  #sessionId: string | undefined;
  #renewing: Promise<void> | undefined;
  #level: string | undefined;
  readonly #uris = new Set<string>();

  private constructor(options: HttpSessionOptions, attachment: Attachment) {
    this.#options = options;
    this.#attachment = attachment;
    this.#guard = new StreamGuard(options);
    this.#coalescer = new Coalescer((message) => attachment.notify(message));
  }

  /** @throws WrongEra · NotStreamable · UpstreamError */
  static async open(options: HttpSessionOptions, attachment: Attachment): Promise<HttpSession> {
    const session = new HttpSession(options, attachment);
    await session.#initialize();
    void session.#listen();
    return session;
  }

  get facts(): ServerFacts {
    return this.#facts;
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    if (this.#standing.signal.aborted) throw unavailable('the channel is closed');
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
    if (message.method === 'notifications/cancelled' || message.method === 'notifications/initialized') return;
    await this.#post(message);
  }

  async close(): Promise<void> {
    if (this.#standing.signal.aborted) return;
    this.#standing.abort(unavailable('the channel is closed'));
    this.#coalescer.stop();
    if (this.#sessionId === undefined) return;
    const signal = AbortSignal.timeout(2_000);
    // 405 means that the server does not let clients end sessions: nothing to do about it.
    await exchange(this.#options.client, { method: 'DELETE', headers: this.#headers(), signal, sink: DEAF }).catch(
      () => {},
    );
  }

  async #send(call: UpstreamCall, mayRenew: boolean): Promise<UpstreamReply> {
    const { message, original } = call;
    const sessionId = this.#sessionId;
    const asks = this.#asks((question) => call.ask(question));
    const sink = this.#guard.sink({
      notification: (notification) => this.#onCallNotification(call, notification, asks),
      request: (request) => asks.receive(request),
    });
    const result = await exchange(this.#options.client, {
      method: 'POST',
      headers: { ...this.#headers(), 'content-type': 'application/json', accept: ACCEPT },
      body: original ?? JSON.stringify(message),
      signal: call.signal,
      expects: message.id,
      sink,
    });
    if (result.kind === 'not-found' && sessionId !== undefined && mayRenew) {
      // The server forgot the session (2025-11-25 §session-management): nothing was done, so once more is safe.
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
  async #resume(end: StreamEnd, call: UpstreamCall, sink: ReturnType<StreamGuard['sink']>): Promise<UpstreamReply> {
    let last = end;
    for (let attempt = 0; attempt < MAX_RESUMES && last.lastEventId !== undefined; attempt++) {
      await pause(Math.min(last.retryMs ?? DEFAULT_RETRY_MS, MAX_RETRY_MS), call.signal);
      const result = await exchange(this.#options.client, {
        method: 'GET',
        headers: { ...this.#headers(), accept: 'text/event-stream', 'last-event-id': last.lastEventId },
        signal: call.signal,
        expects: call.message.id,
        sink,
      });
      if (result.kind !== 'ended') return this.#conclude(result, call, () => Promise.reject(endedEarly()));
      last = { ...last, ...result };
    }
    throw endedEarly();
  }

  #onCallNotification(call: UpstreamCall, message: JsonRpcNotification, asks: Asks): void {
    if (message.method === 'notifications/cancelled') {
      asks.withdraw(message.params?.requestId);
    } else if (message.method === 'notifications/progress') {
      const token = progressTokenOf(call.message.params);
      if (token === undefined || message.params?.progressToken !== token)
        this.#guard.violate('progress with a foreign token');
      else call.notify(message);
    } else if (isUnboundNotification(message.method)) {
      if (!this.#coalescer.push(message)) this.#guard.drop('different notifications at once');
    } else if (message.method === 'notifications/message') {
      call.notify(message);
    } else {
      this.#guard.drop('an unknown notification');
    }
  }

  /** The standing GET stream: what belongs to no request. 405 says that the server has none. */
  async #listen(): Promise<void> {
    const { signal } = this.#standing;
    const asks = this.#asks((question) => this.#attachment.ask(question));
    const sink = this.#guard.sink({
      notification: (message) => this.#onStandingNotification(message, asks),
      request: (request) => asks.receive(request),
    });
    let last: StreamEnd = { kind: 'ended' };
    let failures = 0;
    while (!signal.aborted && failures <= MAX_RESUMES) {
      try {
        const result = await exchange(this.#options.client, {
          method: 'GET',
          headers: {
            ...this.#headers(),
            accept: 'text/event-stream',
            ...(last.lastEventId !== undefined && { 'last-event-id': last.lastEventId }),
          },
          signal,
          endless: true,
          sink,
          onOpen: () => {
            failures = 0;
          },
        });
        if (result.kind !== 'ended') return;
        last = { ...last, ...result };
      } catch {}
      failures++;
      const wait = Math.min((last.retryMs ?? DEFAULT_RETRY_MS) * 2 ** (failures - 1), MAX_RETRY_MS);
      await pause(wait, signal).catch(() => {});
    }
  }

  #onStandingNotification(message: JsonRpcNotification, asks: Asks): void {
    switch (message.method) {
      case 'notifications/cancelled':
        asks.withdraw(message.params?.requestId);
        return;
      case 'notifications/progress': {
        const token = message.params?.progressToken;
        for (const call of this.#calls) {
          if (token !== undefined && progressTokenOf(call.message.params) === token) {
            call.notify(message);
            return;
          }
        }
        this.#guard.drop('progress of no request in flight');
        return;
      }
      case 'notifications/message':
        this.#attachment.notify(message);
        return;
      default:
        if (!isUnboundNotification(message.method)) this.#guard.drop('an unknown notification');
        else if (!this.#coalescer.push(message)) this.#guard.drop('different notifications at once');
    }
  }

  #asks(ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>): Asks {
    return new Asks({
      capabilities: this.#options.self.capabilities,
      route: () => ask,
      respond: (message) => void this.#post(message).catch(() => {}),
      violation: (what) => this.#guard.violate(what),
    });
  }

  async #initialize(): Promise<void> {
    const { client, self, handshakeTimeoutMs } = this.#options;
    const signal = limited(handshakeTimeoutMs);
    const message = initializeRequest(self);
    const result = await exchange(client, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify(message),
      signal,
      expects: message.id,
      sink: DEAF,
    });
    if (result.kind === 'not-found' || result.kind === 'not-allowed') {
      if (result.kind === 'not-found' && result.message !== undefined) throw new WrongEra('session');
      throw new NotStreamable();
    }
    if (result.kind !== 'answer') throw crashed('the server did not answer the handshake');
    const initialized = readInitialized(result.message);
    if (initialized === undefined) throw new WrongEra('session');
    const id = result.headers['mcp-session-id'];
    if (id !== undefined && !isSessionId(id))
      throw upstreamError('UPSTREAM_PROTOCOL', 'the server gave a malformed session id');
    this.#facts = initialized.facts;
    this.#wireRevision = initialized.wireRevision;
    this.#sessionId = id;
    await this.#post(INITIALIZED, signal);
  }

  /** Makes a lost session anew, once for all calls that found it lost. */
  #renew(lost: string): Promise<void> {
    if (this.#sessionId !== lost) return Promise.resolve();
    this.#renewing ??= (async () => {
      await this.#initialize();
      if (this.#level !== undefined) await this.#quietly('logging/setLevel', { level: this.#level });
      for (const uri of this.#uris) await this.#quietly('resources/subscribe', { uri });
    })().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #quietly(method: string, params: JsonRpcRequest['params']): Promise<void> {
    const message: JsonRpcRequest = {
      jsonrpc: '2.0',
      id: `ward-${method}`,
      method,
      ...(params !== undefined && { params }),
    };
    const headers = { ...this.#headers(), 'content-type': 'application/json', accept: ACCEPT };
    const signal = limited(this.#options.handshakeTimeoutMs);
    const body = JSON.stringify(message);
    await exchange(this.#options.client, {
      method: 'POST',
      headers,
      body,
      signal,
      expects: message.id,
      sink: DEAF,
    }).catch(() => {});
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
    const message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason: text } } as const;
    void this.#post(message).catch(() => {});
  }

  async #post(message: JsonRpcNotification | JsonRpcResponse, signal?: AbortSignal): Promise<void> {
    await exchange(this.#options.client, {
      method: 'POST',
      headers: { ...this.#headers(), 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify(message),
      signal: signal ?? limited(this.#options.handshakeTimeoutMs),
      sink: DEAF,
    });
  }

  #headers(): Record<string, string> {
    return {
      'mcp-protocol-version': this.#wireRevision,
      ...(this.#sessionId !== undefined && { 'mcp-session-id': this.#sessionId }),
    };
  }
}

/** Notifications that belong to the attachment, whatever stream they come on. */
export function isUnboundNotification(method: string): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/resources/updated':
    case 'notifications/elicitation/complete':
    case 'notifications/tasks/status':
      return true;
    default:
      return false;
  }
}

/** Hears nothing: for exchanges whose answer alone counts. */
export const DEAF = { notification: () => {}, request: () => {}, violation: () => {} };

export function limited(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds);
}
