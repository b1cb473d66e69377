import type { IncomingMessage } from 'node:http';
import { type CodedError, isCoded, isJsonObject, type JsonObject } from '@wardmesh/core';
import { readEvents } from '../endpoint/sse.ts';
import { isStateless, statelessHeaders } from '../endpoint/stateless.ts';
import { MAX_IN_FLIGHT } from '../limits.ts';
import { aborted, isStream, readAnswer, readBody, sessionIdOf } from './answer.ts';
import { sleep } from './backoff.ts';
import { lost, tooLarge, unexpected } from './fault.ts';
import { Link, type LinkPorts } from './link.ts';
import { errorReply, type Id, type Message, parseMessage, RPC } from './message.ts';
import { ParamHeaders } from './param-headers.ts';
import { Session } from './session.ts';
import { SessionStream } from './session-stream.ts';

export interface BridgePorts extends LinkPorts {
  /** One message to the client, without line end. */
  write(line: string): Promise<void> | void;
}

type Request = Extract<Message, { kind: 'request' }>;

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' } as const;

/**
 * MCP's stdio transport on one side, Streamable HTTP on the other, in both protocol eras (CM-CONN-1: the HTTP side is
 * authenticated and pinned by the {@link GatewayHttp} it is given). Messages are relayed as they are. What the two
 * transports spell differently is translated: sessions, the stream of the server's own messages, headers, cancellation.
 */
export class Bridge {
  readonly #ports: BridgePorts;
  readonly #session = new Session();
  readonly #params = new ParamHeaders();
  readonly #inFlight = new Map<Id, AbortController>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #link: Link;
  readonly #stream: SessionStream;
  #renewing: Promise<void> | undefined;
  #renewals = 0;

  constructor(ports: BridgePorts) {
    this.#ports = ports;
    this.#link = new Link(ports);
    this.#stream = new SessionStream({
      link: this.#link,
      session: this.#session,
      relay: (text) => this.#relayText(text),
      lost: () => this.#renew(),
      log: (text) => ports.log(text),
    });
  }

  /** Relays until the client's input ends and what is in flight has been answered. */
  async run(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) {
      if (line.trim() !== '') await this.#take(line);
      if (this.#end.signal.aborted) break;
    }
    await Promise.race([Promise.all(this.#tasks), aborted(this.#end.signal)]);
    await this.close();
  }

  /** Gives up what is in flight, ends the session. */
  async close(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#stream.stop();
    for (const flight of this.#inFlight.values()) flight.abort();
    if (this.#session.id !== undefined) await this.#endSession();
    await this.#link.close();
  }

  /** Says goodbye, and waits a second at most for the answer. */
  async #endSession(): Promise<void> {
    const signal = AbortSignal.timeout(1_000);
    const ending = this.#link.try({ method: 'DELETE', headers: this.#session.headers(), signal });
    await ending.then((response) => void response.resume()).catch(() => {});
  }

  async #take(line: string): Promise<void> {
    const message = parseMessage(line);
    if (message === 'not-json') return this.#write(errorReply(null, RPC.parse, 'The line is not JSON.'));
    if (message === 'not-a-message')
      return this.#write(errorReply(null, RPC.invalid, 'The line is not one JSON-RPC message.'));
    if (message.kind === 'request') return this.#takeRequest(message);
    if (message.kind === 'notification' && message.method === 'notifications/cancelled') return this.#cancel(message);
    // In order, before anything that follows: `initialized` must not be overtaken by a request.
    await this.#deliver(message.body, message.text);
    if (message.kind === 'notification' && message.method === 'notifications/initialized') {
      this.#session.ready();
      this.#stream.start();
    }
  }

  /** The session era is told; the stateless one cancels by ending the request's connection (MCP 2026-07-28). */
  async #cancel(message: Message): Promise<void> {
    if (this.#session.isOpen) await this.#deliver(message.body, message.text);
    const params = isJsonObject(message.body.params) ? message.body.params : {};
    this.#inFlight.get(params.requestId as Id)?.abort();
  }

  async #takeRequest(request: Request): Promise<void> {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) {
      return this.#write(
        errorReply(request.id, RPC.refused, 'Too many requests at once.', { code: 'TOO_MANY_CONCURRENT' }),
      );
    }
    if (request.method === 'initialize') this.#session.open(request);
    else if (!isStateless(request.body)) this.#session.remember(request.body);
    const flight = new AbortController();
    this.#inFlight.set(request.id, flight);
    const task = this.#request(request, flight.signal).finally(() => {
      this.#inFlight.delete(request.id);
      this.#tasks.delete(task);
    });
    this.#tasks.add(task);
    // Everything after needs the session that `initialize` opens.
    if (request.method === 'initialize') await task;
  }

  async #request(request: Request, signal: AbortSignal): Promise<void> {
    try {
      await this.#exchange(request, signal);
    } catch (error) {
      if (signal.aborted || this.#end.signal.aborted) return;
      const { code, message, hint, correlationId } = isCoded(error) ? error : UNEXPECTED;
      this.#ports.log(`${message} (${code})`);
      await this.#write(errorReply(request.id, RPC.refused, message, { code, hint, correlationId }));
    }
  }

  /** Sends a request until it was answered once. What the gateway may have seen is never sent twice. */
  async #exchange(request: Request, signal: AbortSignal): Promise<void> {
    for (let renewed = false; ; ) {
      await this.#settled(request.body);
      const response = await this.#post(request.body, request.text, signal);
      if (response.statusCode === 404 && this.#isSessionLost(request) && !renewed) {
        response.resume();
        renewed = true;
        await this.#renew();
        continue;
      }
      const outcome = await this.#relay(response, request);
      if (outcome === 'answered') return;
      if (request.method === 'subscriptions/listen') {
        // A subscription that broke off is asked for again: the client on stdio cannot see that it did.
        await sleep(500, signal);
        if (signal.aborted) return;
        continue;
      }
      if (outcome.lastEventId !== undefined && (await this.#resume(request, outcome.lastEventId, signal))) return;
      throw lost();
    }
  }

  #isSessionLost(request: Request): boolean {
    return this.#session.isReady && request.method !== 'initialize' && !isStateless(request.body);
  }

  /** Relays what answers one request. `lastEventId` is where a stream that broke off can be taken up again. */
  async #relay(response: IncomingMessage, request: Request): Promise<'answered' | { lastEventId: string | undefined }> {
    if (!isStream(response)) {
      await this.#relayBody(response, request);
      return 'answered';
    }
    let lastEventId: string | undefined;
    try {
      for await (const event of readEvents(response)) {
        lastEventId = event.id ?? lastEventId;
        if (event.data !== '' && (await this.#relayText(event.data, request, response))) return 'answered';
      }
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge();
    }
    return { lastEventId };
  }

  async #relayBody(response: IncomingMessage, request: Request): Promise<void> {
    const message = parseMessage(await readBody(response));
    if (typeof message === 'object' && message.kind === 'response') {
      if (message.id === request.id) {
        this.#learn(request, message.body, response);
        return this.#write(message.text);
      }
      // Refused before its id was read: the reason is the gateway's, the id ours.
      if (isJsonObject(message.body.error)) {
        return this.#write(JSON.stringify({ jsonrpc: '2.0', id: request.id, error: message.body.error }));
      }
    }
    throw unexpected(response.statusCode);
  }

  /** Whether it was the answer to the request. */
  async #relayText(text: string, request?: Request, response?: IncomingMessage): Promise<boolean> {
    const message = parseMessage(text);
    if (typeof message === 'string') {
      this.#ports.log('the gateway sent something that is no message; it was dropped');
      return false;
    }
    const answers = message.kind === 'response' && request !== undefined && message.id === request.id;
    if (answers && response !== undefined) this.#learn(request, message.body, response);
    await this.#write(message.text);
    return answers;
  }

  #learn(request: Request, body: JsonObject, response: IncomingMessage): void {
    if (request.method === 'tools/list') this.#params.learn(body.result);
    if (request.method === 'initialize' && isJsonObject(body.result)) {
      this.#session.opened(sessionIdOf(response), body.result);
    }
  }

  /** Takes up the stream of a request where it broke off (session era, Last-Event-ID). */
  async #resume(request: Request, from: string, signal: AbortSignal): Promise<boolean> {
    let lastEventId = from;
    for (let attempt = 0; attempt < 3 && !signal.aborted; attempt++) {
      const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId, ...this.#session.headers() };
      const response = await this.#link.try({ method: 'GET', headers, signal }).catch(() => undefined);
      if (response === undefined) continue;
      if (!isStream(response)) {
        response.resume();
        return false;
      }
      const outcome = await this.#relay(response, request);
      if (outcome === 'answered') return true;
      lastEventId = outcome.lastEventId ?? lastEventId;
    }
    return false;
  }

  /** A notification or a response: the gateway takes it with 202 and no body. */
  async #deliver(body: JsonObject, text: string): Promise<void> {
    try {
      await this.#settled(body);
      let response = await this.#post(body, text, this.#end.signal);
      response.resume();
      // A response belongs to a question of the session that is gone; a notification holds for the new one too.
      if (response.statusCode === 404 && this.#session.isReady && body.method !== undefined) {
        await this.#renew();
        response = await this.#post(body, text, this.#end.signal);
        response.resume();
      }
      if ((response.statusCode ?? 500) >= 400)
        this.#ports.log(`the gateway refused a message (HTTP ${response.statusCode})`);
    } catch (error) {
      if (!this.#end.signal.aborted)
        this.#ports.log(isCoded(error) ? `${error.message} (${error.code})` : UNEXPECTED.message);
    }
  }

  /** Posts one message, waiting for a gateway that is away. @throws what stays after that */
  #post(body: JsonObject, text: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#link.send({ method: 'POST', headers: this.#headersOf(body), body: text, signal });
  }

  #headersOf(body: JsonObject): Record<string, string> {
    if (!isStateless(body))
      return { ...JSON_HEADERS, ...(body.method === 'initialize' ? {} : this.#session.headers()) };
    const params = body.method === 'tools/call' ? this.#params.headersOf(body) : {};
    return { ...JSON_HEADERS, ...params, ...statelessHeaders(body) };
  }

  /** Waits while the session is being opened again: a message in between would belong to none. */
  async #settled(body: JsonObject): Promise<void> {
    if (!isStateless(body)) await this.#renewing?.catch(() => {});
  }

  /** Opens the session again after the gateway forgot it, and brings it to where it was. One at a time. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewNow().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewNow(): Promise<void> {
    this.#stream.stop();
    this.#session.id = undefined;
    this.#renewals += 1;
    this.#ports.log('the gateway restarted; opening the session again');
    for (const body of this.#session.replay(`ward-${this.#renewals}`)) {
      const response = await this.#post(body, JSON.stringify(body), this.#end.signal);
      const answer = await readAnswer(response, body.id);
      if (body.method !== 'initialize') continue;
      if (!isJsonObject(answer?.result)) throw unexpected(response.statusCode);
      this.#session.opened(sessionIdOf(response), answer.result);
    }
    this.#stream.start();
  }

  async #write(line: string): Promise<void> {
    await this.#ports.write(line);
  }
}

/** For what no code names; the reader of stderr learns as much as the client. */
const UNEXPECTED: Pick<CodedError, 'code' | 'message' | 'hint' | 'correlationId'> = {
  code: 'INTERNAL',
  message: 'The bridge failed unexpectedly.',
  hint: undefined,
  correlationId: undefined,
};
