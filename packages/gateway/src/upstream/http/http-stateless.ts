import type { JsonRpcNotification } from '../../protocol/message.ts';
import { LATEST_STATELESS } from '../../protocol/revision.ts';
import { completeEnvelope } from '../complete-envelope.ts';
import { crashed, unavailable, upstreamError } from '../errors.ts';
import { discoverRequest, type Introduction, readDiscovered } from '../handshake.ts';
import { MAX_IN_FLIGHT } from '../limits.ts';
import { handOn } from '../notifications.ts';
import type { Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../port.ts';
import { WireReply } from '../rpc/reply.ts';
import { progressTokenOf } from '../stdio/encode.ts';
import { WrongEra } from '../wrong-era.ts';
import { endedEarly, exchange } from './exchange.ts';
import { paramHeaders, standardHeaders, traceHeaders } from './headers.ts';
import type { HttpClient } from './http-client.ts';
import { ACCEPT, DEAF, isUnknownHere } from './session-wire.ts';
import { StreamGuard, type StreamGuardOptions } from './stream-guard.ts';

export interface HttpStatelessOptions extends StreamGuardOptions {
  readonly client: HttpClient;
  readonly self: Introduction;
  readonly handshakeTimeoutMs: number;
}

/**
 * The stateless era over HTTP (2026-07-28): every request is a POST of its own that says all there is to know, leaving
 * its stream cancels it, and the server asks nothing back.
 */
export class HttpStateless implements Channel {
  readonly #options: HttpStatelessOptions;
  readonly #guard: StreamGuard;
  readonly #open = new AbortController();
  readonly facts: ServerFacts;
  #inFlight = 0;

  private constructor(options: HttpStatelessOptions, facts: ServerFacts) {
    this.#options = options;
    this.#guard = new StreamGuard(options);
    this.facts = facts;
  }

  /** @throws WrongEra · UpstreamError */
  static async open(options: HttpStatelessOptions): Promise<HttpStateless> {
    const message = discoverRequest(options.self);
    const result = await exchange(options.client, {
      method: 'POST',
      headers: { ...standardHeaders(message, LATEST_STATELESS), 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(options.handshakeTimeoutMs),
      expects: message.id,
      sink: DEAF,
    }).catch((error: unknown) => {
      // A server of the session era may refuse what it does not know with any 4xx; credentials and outages are no verdict.
      if (isUnknownHere(error)) throw new WrongEra('stateless', error);
      throw error;
    });
    const facts = result.kind === 'answer' ? readDiscovered(result.message) : undefined;
    if (result.kind === 'ended') throw crashed('the server did not answer the handshake');
    if (facts === undefined) throw new WrongEra('stateless');
    return new HttpStateless(options, facts);
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    if (this.#open.signal.aborted) throw unavailable('the channel is closed');
    if (this.#inFlight >= MAX_IN_FLIGHT) throw unavailable('the server has too many requests in flight');
    this.#inFlight++;
    try {
      return await this.#send(completeEnvelope(call, this.#options.self.info));
    } finally {
      this.#inFlight--;
    }
  }

  /** The era has no client notifications but cancellation, which is the end of the stream. */
  async notify(_message: JsonRpcNotification): Promise<void> {}

  async close(): Promise<void> {
    this.#open.abort(unavailable('the channel is closed'));
  }

  async #send(call: UpstreamCall): Promise<UpstreamReply> {
    const { message, original } = call;
    const isSubscription = message.method === 'subscriptions/listen';
    const result = await exchange(this.#options.client, {
      method: 'POST',
      headers: {
        ...paramHeaders(call.headers),
        ...standardHeaders(message, LATEST_STATELESS),
        ...traceHeaders(message),
        'content-type': 'application/json',
        accept: ACCEPT,
      },
      body: original ?? JSON.stringify(message),
      signal: isSubscription ? AbortSignal.any([call.signal, this.#open.signal]) : call.signal,
      expects: message.id,
      endless: isSubscription,
      sink: this.#guard.sink({
        notification: (notification) => this.#onNotification(call, notification, isSubscription),
        request: () => this.#guard.violate('a request although the era has none'),
      }),
    });
    switch (result.kind) {
      case 'answer':
        return new WireReply(result.line, result.message, message.id);
      case 'not-found':
        // 404 with -32601 is how an unknown method is answered (2026-07-28 §transports).
        if (result.message !== undefined && result.line !== undefined) {
          return new WireReply(result.line, result.message, message.id);
        }
        throw upstreamError('UPSTREAM_UNAVAILABLE', 'the server has nothing at this address');
      case 'ended':
        throw endedEarly();
      default:
        throw upstreamError('UPSTREAM_PROTOCOL', 'the server does not take requests at this address');
    }
  }

  #onNotification(call: UpstreamCall, message: JsonRpcNotification, isSubscription: boolean): void {
    switch (message.method) {
      case 'notifications/progress':
        if (
          progressTokenOf(call.message.params) !== message.params?.progressToken ||
          message.params?.progressToken === undefined
        ) {
          this.#guard.violate('progress with a foreign token');
        } else handOn(() => call.notify(message));
        return;
      case 'notifications/message':
        handOn(() => call.notify(message));
        return;
      case 'notifications/subscriptions/acknowledged':
      case 'notifications/tools/list_changed':
      case 'notifications/prompts/list_changed':
      case 'notifications/resources/list_changed':
      case 'notifications/resources/updated':
        if (isSubscription) handOn(() => call.notify(message));
        else this.#guard.violate('a change notification outside a subscription');
        return;
      default:
        this.#guard.drop('an unknown notification');
    }
  }
}
