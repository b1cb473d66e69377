import type { JsonRpcMessage, RequestId } from '../../protocol/message.ts';
import { crashed, upstreamError } from '../errors.ts';
import { INITIALIZED, type Introduction, initializeRequest, readInitialized } from '../handshake.ts';
import type { ServerFacts } from '../port.ts';
import { WrongEra } from '../wrong-era.ts';
import { type ExchangeResult, exchange, type StreamSink } from './exchange.ts';
import { isSessionId, NO_HEADERS } from './headers.ts';
import type { HttpClient } from './http-client.ts';

/** What both eras accept as an answer (2025-11-25 and 2026-07-28 §transports). */
export const ACCEPT = 'application/json, text/event-stream';

const POSTED = { 'content-type': 'application/json', accept: ACCEPT };

/** Hears nothing: for exchanges whose answer alone counts. */
export const DEAF: StreamSink = { notification: () => {}, request: () => {}, violation: () => {} };

/** The server offers no Streamable HTTP at this address; the older HTTP+SSE transport may be tried. */
export class NotStreamable extends Error {}

/** Statuses by which servers say that they do not know what was asked (2025-11-25 §transports, compatibility). */
export function isUnknownHere(error: unknown): boolean {
  const status = (error as { details?: { status?: unknown } }).details?.status;
  return typeof status === 'number' && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

/** The messages of one Streamable HTTP session: what is sent carries its id and revision (2025-11-25 §transports). */
export class SessionWire {
  readonly #client: HttpClient;
  readonly #self: Introduction;
  readonly #timeoutMs: number;
  #facts: ServerFacts | undefined;
  #revision = '';
  #id: string | undefined;
  /** What every message that is posted says, put together once. */
  #posted: Readonly<Record<string, string>> = POSTED;

  constructor(client: HttpClient, self: Introduction, timeoutMs: number) {
    this.#client = client;
    this.#self = self;
    this.#timeoutMs = timeoutMs;
  }

  /** Known once {@link open} has resolved. */
  get facts(): ServerFacts {
    return this.#facts as ServerFacts;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Opens a session, or a new one in its place. @throws WrongEra · NotStreamable · UpstreamError */
  async open(): Promise<void> {
    const message = initializeRequest(this.#self);
    const result = await exchange(this.#client, {
      method: 'POST',
      headers: POSTED,
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(this.#timeoutMs),
      expects: message.id,
      sink: DEAF,
    }).catch((error: unknown) => {
      throw isUnknownHere(error) ? new NotStreamable() : error;
    });
    if (result.kind === 'not-found' && result.message !== undefined) throw new WrongEra('session');
    if (result.kind === 'not-found' || result.kind === 'not-allowed') throw new NotStreamable();
    if (result.kind !== 'answer') throw crashed('the server did not answer the handshake');
    const initialized = readInitialized(result.message);
    if (initialized === undefined) throw new WrongEra('session');
    const id = result.headers['mcp-session-id'];
    if (id !== undefined && !isSessionId(id)) {
      throw upstreamError('UPSTREAM_PROTOCOL', 'the server gave a malformed session id');
    }
    this.#facts = initialized.facts;
    this.#revision = initialized.wireRevision;
    this.#id = id;
    this.#posted = { ...this.#headers(), ...POSTED };
    await this.tell(INITIALIZED);
  }

  /** Posts a request and reads its answer. */
  ask(
    body: string | Uint8Array,
    expects: RequestId,
    sink: StreamSink,
    signal?: AbortSignal,
    headers: Readonly<Record<string, string>> = NO_HEADERS,
  ): Promise<ExchangeResult> {
    return exchange(this.#client, {
      method: 'POST',
      headers: headers === NO_HEADERS ? this.#posted : { ...headers, ...this.#posted },
      body,
      signal: signal ?? AbortSignal.timeout(this.#timeoutMs),
      expects,
      sink,
    });
  }

  /** Posts what has no answer. */
  async tell(message: JsonRpcMessage): Promise<void> {
    await exchange(this.#client, {
      method: 'POST',
      headers: this.#posted,
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(this.#timeoutMs),
      sink: DEAF,
    });
  }

  /** Opens a stream with GET: the standing one, or after `lastEventId` the one it was on. */
  stream(options: {
    readonly sink: StreamSink;
    readonly signal: AbortSignal;
    readonly lastEventId?: string | undefined;
    readonly expects?: RequestId;
  }): Promise<ExchangeResult> {
    const { lastEventId, expects } = options;
    return exchange(this.#client, {
      method: 'GET',
      headers: {
        ...this.#headers(),
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      signal: options.signal,
      sink: options.sink,
      ...(expects === undefined ? { endless: true } : { expects }),
    });
  }

  /** Ends the session. 405 means that the server does not let clients end them: nothing to do about it. */
  async end(): Promise<void> {
    if (this.#id === undefined) return;
    const signal = AbortSignal.timeout(Math.min(this.#timeoutMs, 2_000));
    await exchange(this.#client, { method: 'DELETE', headers: this.#headers(), signal, sink: DEAF }).catch(() => {});
  }

  #headers(): Record<string, string> {
    return {
      'mcp-protocol-version': this.#revision,
      ...(this.#id !== undefined && { 'mcp-session-id': this.#id }),
    };
  }
}
