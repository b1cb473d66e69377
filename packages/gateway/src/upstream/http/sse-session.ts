import type { JsonRpcNotification, JsonRpcResponse, RequestId } from '../../protocol/message.ts';
import { Asks } from '../asks.ts';
import { Coalescer } from '../coalesce.ts';
import { abortedBy, crashed, isTimeLimit, type UpstreamError, unavailable, upstreamError } from '../errors.ts';
import { INITIALIZED, initializeRequest, readInitialized } from '../handshake.ts';
import { MAX_IN_FLIGHT } from '../limits.ts';
import { goesUp, handOn, isUnbound } from '../notifications.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../port.ts';
import { WireReply } from '../rpc/reply.ts';
import { progressTokenOf } from '../stdio/encode.ts';
import { WrongEra } from '../wrong-era.ts';
import { exchange } from './exchange.ts';
import { statusFailure } from './failure.ts';
import { traceHeaders } from './headers.ts';
import type { HttpSessionOptions } from './http-session.ts';
import { DEAF } from './session-wire.ts';
import { StreamGuard } from './stream-guard.ts';

interface Waiting {
  readonly call: Pick<UpstreamCall, 'message' | 'notify'> & Partial<Pick<UpstreamCall, 'ask'>>;
  readonly resolve: (reply: UpstreamReply) => void;
  readonly reject: (error: UpstreamError) => void;
}

/** The HTTP+SSE transport of 2024-11-05: one stream brings everything, requests are posted where its first event says. */
export class SseSession implements Channel {
  readonly #options: HttpSessionOptions;
  readonly #attachment: Attachment;
  readonly #waiting = new Map<RequestId, Waiting>();
  readonly #guard: StreamGuard;
  readonly #asks: Asks;
  readonly #coalescer: Coalescer;
  readonly #stream = new AbortController();
  #facts!: ServerFacts;
  #path = '';
  #lostWith: UpstreamError | undefined;

  private constructor(options: HttpSessionOptions, attachment: Attachment) {
    this.#options = options;
    this.#attachment = attachment;
    this.#guard = new StreamGuard(options);
    this.#coalescer = new Coalescer((message) => attachment.notify(message));
    this.#asks = new Asks({
      capabilities: options.self.capabilities,
      // The one stream says nothing about which request asks: the latest in flight, else nobody in particular.
      route: () => (message) => {
        const call = [...this.#waiting.values()].at(-1)?.call;
        return call?.ask === undefined ? attachment.ask(message) : call.ask(message);
      },
      respond: (message) =>
        void this.#post(JSON.stringify(message), AbortSignal.timeout(options.handshakeTimeoutMs)).catch(() => {}),
      violation: (what) => this.#guard.violate(what),
    });
  }

  /** @throws WrongEra · UpstreamError */
  static async open(options: HttpSessionOptions, attachment: Attachment): Promise<SseSession> {
    const session = new SseSession(options, attachment);
    try {
      await session.#connect();
      await session.#initialize();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get facts(): ServerFacts {
    return this.#facts;
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    if (this.#waiting.size >= MAX_IN_FLIGHT) throw unavailable('the server has too many requests in flight');
    return this.#request(call, call.signal, call.original);
  }

  async notify(message: JsonRpcNotification): Promise<void> {
    if (goesUp(message.method))
      await this.#post(JSON.stringify(message), AbortSignal.timeout(this.#options.handshakeTimeoutMs));
  }

  async close(): Promise<void> {
    this.#lostWith ??= unavailable('the channel is closed');
    this.#coalescer.stop();
    this.#stream.abort(this.#lostWith);
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(upstreamError('UPSTREAM_TIMEOUT', 'the server named no endpoint in time')),
        this.#options.handshakeTimeoutMs,
      );
      exchange(this.#options.client, {
        method: 'GET',
        headers: { accept: 'text/event-stream' },
        signal: this.#stream.signal,
        endless: true,
        onEndpoint: (uri) => {
          if (this.#path !== '') return; // named once
          this.#path = this.#endpointPath(uri);
          clearTimeout(timer);
          resolve();
        },
        sink: {
          ...this.#guard.sink({
            notification: (message) => this.#onNotification(message),
            request: (message) => this.#asks.receive(message),
          }),
          response: (message, line) => this.#settle(message, line),
        },
      }).then(
        (result) => {
          const error =
            result.kind === 'ended'
              ? crashed('the stream of the server ended')
              : statusFailure(404, { kind: result.kind });
          this.#lose(error);
          reject(error);
        },
        (error: UpstreamError) => {
          this.#lose(error);
          reject(error);
        },
      );
    });
  }

  /** @throws UpstreamError where the endpoint is on another origin: credentials would follow it. */
  #endpointPath(uri: string): string {
    const base = this.#options.client.url;
    const endpoint = URL.parse(uri.trim(), base);
    if (endpoint === null || endpoint.origin !== base.origin) {
      throw upstreamError('UPSTREAM_INSECURE', 'the server names an endpoint on another origin');
    }
    return endpoint.pathname + endpoint.search;
  }

  async #initialize(): Promise<void> {
    const signal = AbortSignal.timeout(this.#options.handshakeTimeoutMs);
    const message = initializeRequest(this.#options.self);
    const reply = await this.#request({ message, notify: () => {} }, signal);
    const initialized = readInitialized(reply.message);
    if (initialized === undefined) throw new WrongEra('session');
    this.#facts = initialized.facts;
    await this.#post(JSON.stringify(INITIALIZED), signal);
  }

  #request(call: Waiting['call'], signal: AbortSignal, original?: Uint8Array): Promise<UpstreamReply> {
    if (this.#lostWith !== undefined) return Promise.reject(this.#lostWith);
    if (signal.aborted) return Promise.reject(abortedBy(signal.reason));
    const { id } = call.message;
    if (this.#waiting.has(id)) return Promise.reject(upstreamError('UPSTREAM_PROTOCOL', 'the request id is in use'));
    return new Promise<UpstreamReply>((resolve, reject) => {
      const onAbort = () => {
        const text = isTimeLimit(signal.reason) ? 'time limit' : 'cancelled by the client';
        const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: text } };
        this.#post(JSON.stringify(cancel), AbortSignal.timeout(this.#options.handshakeTimeoutMs)).catch(() => {});
        waiting.reject(abortedBy(signal.reason));
      };
      const finish = () => {
        this.#waiting.delete(id);
        signal.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = {
        call,
        resolve: (reply) => {
          finish();
          resolve(reply);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      this.#waiting.set(id, waiting);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#post(original ?? JSON.stringify(call.message), signal, traceHeaders(call.message)).catch(
        (error: UpstreamError) => waiting.reject(error),
      );
    });
  }

  #settle(message: JsonRpcResponse, line: Buffer): boolean {
    const waiting = message.id === undefined || message.id === null ? undefined : this.#waiting.get(message.id);
    waiting?.resolve(new WireReply(line, message, waiting.call.message.id));
    return waiting !== undefined;
  }

  #onNotification(message: JsonRpcNotification): void {
    switch (message.method) {
      case 'notifications/cancelled':
        this.#asks.withdraw(message.params?.requestId);
        return;
      case 'notifications/progress': {
        const token = message.params?.progressToken;
        for (const { call } of this.#waiting.values()) {
          if (token !== undefined && progressTokenOf(call.message.params) === token) {
            handOn(() => call.notify(message));
            return;
          }
        }
        this.#guard.drop('progress of no request in flight');
        return;
      }
      case 'notifications/message': {
        const call = [...this.#waiting.values()].at(-1)?.call;
        handOn(() => (call === undefined ? this.#attachment.notify(message) : call.notify(message)));
        return;
      }
      default:
        if (!isUnbound(message.method)) this.#guard.drop('an unknown notification');
        else if (!this.#coalescer.push(message)) this.#guard.drop('different notifications at once');
    }
  }

  #lose(error: UpstreamError): void {
    const isClosed = this.#lostWith !== undefined;
    this.#lostWith ??= error;
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
    if (!isClosed && this.#facts !== undefined) this.#attachment.lost(error.code);
  }

  async #post(body: string | Uint8Array, signal: AbortSignal, extra: Record<string, string> = {}): Promise<void> {
    const headers = { ...extra, 'content-type': 'application/json', accept: 'application/json' };
    const { client } = this.#options;
    const result = await exchange(client, { method: 'POST', path: this.#path, headers, body, signal, sink: DEAF });
    if (result.kind !== 'accepted') throw statusFailure(404, {});
  }
}
