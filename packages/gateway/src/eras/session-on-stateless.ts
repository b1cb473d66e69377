import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { isFailure, type JsonRpcNotification, WIRE } from '../protocol/message.ts';
import { LATEST_STATELESS } from '../protocol/revision.ts';
import { upstreamError } from '../upstream/errors.ts';
import { MAX_INPUT_ROUNDS, MAX_PAGES } from '../upstream/limits.ts';
import { isLevel, wants } from '../upstream/log-levels.ts';
import { pause } from '../upstream/pause.ts';
import type { Attachment, Channel, ClientFacts, ServerFacts, UpstreamCall, UpstreamReply } from '../upstream/port.ts';
import { emptyResult, errorReply } from '../upstream/rpc/reply.ts';
import { clientToStateless, serverToSession } from './capabilities.ts';
import { withEnvelope } from './envelope.ts';
import { toSessionError } from './errors.ts';
import { askRound, readInputRound } from './input-required.ts';
import { unstamped } from './listen-filter.ts';
import { ToolHeaders } from './param-headers.ts';
import { isCommon, refuse, untilAborted } from './refusal.ts';
import { isInputRequired, isMultiRound, toSessionResult } from './results.ts';
import { SubscriptionStream } from './subscription-stream.ts';

/** Pause between rounds that ask for nothing but patience. */
const STATE_ONLY_PAUSE_MS = 250;

export interface SessionOnStatelessOptions {
  /** The transport repeats arguments in `Mcp-Param-*` headers (HTTP). */
  readonly hasHeaders: boolean;
}

/**
 * A session-era client (2025-06-18, 2025-11-25) on a stateless server (2026-07-28). What the client said once rides in
 * every request; what the server asks with `input_required` is asked of the client and the request repeated; log level
 * and subscriptions, which the server would not remember, are kept here.
 */
export async function sessionOnStateless(
  attachment: Attachment,
  open: (inner: Attachment) => Promise<Channel>,
  options: SessionOnStatelessOptions,
): Promise<Channel> {
  const { client } = attachment;
  const inner: ClientFacts = {
    era: 'stateless',
    revision: LATEST_STATELESS,
    capabilities: clientToStateless(client.capabilities),
    info: client.info ?? { name: 'unnamed', version: '0' },
  };
  let outer: SessionOnStateless | undefined;
  const channel = await open({
    principal: attachment.principal,
    session: attachment.session,
    client: inner,
    notify: (message) => attachment.notify(unstamped(message)),
    ask: refuse,
    lost: (reason) => {
      outer?.onLost();
      attachment.lost(reason);
    },
  });
  outer = new SessionOnStateless(attachment, channel, inner, options);
  return outer;
}

class SessionOnStateless implements Channel {
  readonly facts: ServerFacts;
  readonly #client: ClientFacts;
  readonly #inner: ClientFacts;
  readonly #channel: Channel;
  readonly #subscriptions: SubscriptionStream;
  readonly #headers: ToolHeaders | undefined;
  #level: string | undefined;
  #asked = 0;

  constructor(attachment: Attachment, channel: Channel, inner: ClientFacts, options: SessionOnStatelessOptions) {
    this.#client = attachment.client;
    this.#inner = inner;
    this.#channel = channel;
    this.#headers = options.hasHeaders ? new ToolHeaders() : undefined;
    const { facts } = channel;
    this.facts = {
      ...facts,
      era: 'session',
      revision: attachment.client.revision,
      capabilities: serverToSession(facts.capabilities),
    };
    this.#subscriptions = new SubscriptionStream({
      capabilities: facts.capabilities,
      listen: (filter, signal, notify) => this.#listen(filter as JsonObject, signal, notify),
      deliver: (message) => {
        if (message.method === 'notifications/tools/list_changed') this.#headers?.forget();
        attachment.notify(message);
      },
    });
    this.#subscriptions.start();
  }

  onLost(): void {
    this.#subscriptions.suspend();
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    const { id, method, params } = call.message;
    if (this.#subscriptions.isSuspended) this.#subscriptions.start();
    switch (method) {
      case 'ping':
        return emptyResult(id);
      case 'logging/setLevel':
        if (!isLevel(params?.level)) return errorReply(id, WIRE.invalidParams, 'Unknown log level');
        this.#level = params.level;
        return emptyResult(id);
      case 'resources/subscribe':
      case 'resources/unsubscribe': {
        const { resources } = this.#channel.facts.capabilities;
        if (!isJsonObject(resources) || resources.subscribe !== true)
          return errorReply(id, WIRE.methodNotFound, 'Method not found');
        if (typeof params?.uri !== 'string') return errorReply(id, WIRE.invalidParams, 'A URI is needed');
        const change =
          method === 'resources/subscribe'
            ? this.#subscriptions.subscribe(params.uri)
            : this.#subscriptions.unsubscribe(params.uri);
        await untilAborted(change, call.signal);
        return emptyResult(id);
      }
      default:
        if (!isCommon(method)) return errorReply(id, WIRE.methodNotFound, 'Method not found');
        // Tasks of 2025-11-25 are not the tasks extension: refused, not guessed.
        if (params?.task !== undefined) return errorReply(id, WIRE.invalidParams, 'The server runs no tasks');
        return this.#forward(call);
    }
  }

  /** roots/list_changed and the rest of the session's notifications do not exist in this era. */
  async notify(_message: JsonRpcNotification): Promise<void> {}

  close(): Promise<void> {
    this.#subscriptions.close();
    return this.#channel.close();
  }

  async #forward(call: UpstreamCall): Promise<UpstreamReply> {
    const { id, method } = call.message;
    let retry: JsonObject = {};
    for (let round = 0; round <= MAX_INPUT_ROUNDS; round++) {
      const reply = await this.#send(call, { ...call.message.params, ...retry });
      const { message, bytes } = reply;
      if (isFailure(message))
        return { message: { jsonrpc: '2.0', id, error: toSessionError(method, message.error) }, bytes };
      if (!isInputRequired(message.result)) {
        if (method === 'tools/list') this.#headers?.learn(message.result);
        return { message: { jsonrpc: '2.0', id, result: toSessionResult(method, message.result) }, bytes };
      }
      const wanted = isMultiRound(method)
        ? readInputRound(message.result)
        : { fault: 'input required where it must not be' };
      if ('fault' in wanted) throw upstreamError('UPSTREAM_PROTOCOL', `the server sent ${wanted.fault}`);
      if (wanted.requests.length === 0) await pause(STATE_ONLY_PAUSE_MS, call.signal);
      const asked = askRound(
        wanted,
        this.#client,
        (question) => call.ask(question),
        () => `ward-ask-${++this.#asked}`,
      );
      const answered = await untilAborted(asked, call.signal);
      if ('fault' in answered) return unanswered(call, answered.fault);
      retry = {
        ...(wanted.requests.length > 0 && { inputResponses: answered.inputResponses }),
        // Opaque: echoed byte for byte.
        ...(wanted.requestState !== undefined && { requestState: wanted.requestState }),
      };
    }
    return unanswered(call, 'the server keeps asking');
  }

  async #send(call: UpstreamCall, params: JsonObject): Promise<UpstreamReply> {
    const { id, method } = call.message;
    const headers = method === 'tools/call' ? await this.#headersFor(params, call.signal) : undefined;
    return this.#channel.request({
      message: { jsonrpc: '2.0', id, method, params: this.#enveloped(params) },
      ...(headers !== undefined && { headers }),
      client: this.#inner,
      signal: call.signal,
      notify: (message) => {
        if (message.method !== 'notifications/message' || wants(this.#level, message)) call.notify(unstamped(message));
      },
      ask: refuse,
    });
  }

  /** A tool whose list never came by is looked up: a missing header would be refused by the server. */
  async #headersFor(params: JsonObject, signal: AbortSignal): Promise<Record<string, string> | undefined> {
    const headers = this.#headers;
    if (headers === undefined || typeof params.name !== 'string') return undefined;
    let cursor: Json | undefined;
    for (let page = 0; page < MAX_PAGES && !headers.knows(params.name); page++) {
      const { message } = await this.#channel.request({
        message: {
          jsonrpc: '2.0',
          id: `ward-tools-${++this.#asked}`,
          method: 'tools/list',
          params: this.#enveloped(cursor === undefined ? {} : { cursor }),
        },
        client: this.#inner,
        signal,
        notify: () => {},
        ask: refuse,
      });
      if (isFailure(message)) break;
      headers.learn(message.result);
      cursor = message.result.nextCursor;
      if (typeof cursor !== 'string') headers.complete();
    }
    return headers.of(params.name, params.arguments);
  }

  #listen(
    filter: JsonObject,
    signal: AbortSignal,
    notify: (message: JsonRpcNotification) => void,
  ): Promise<UpstreamReply> {
    const params = this.#enveloped({ notifications: filter });
    return this.#channel.request({
      message: { jsonrpc: '2.0', id: `ward-listen-${++this.#asked}`, method: 'subscriptions/listen', params },
      client: this.#inner,
      signal,
      notify,
      ask: refuse,
    });
  }

  #enveloped(params: JsonObject): JsonObject {
    const { capabilities, info } = this.#inner;
    return withEnvelope(params, { capabilities, info: info as JsonObject, logLevel: this.#level });
  }
}

/** What the model should read is a tool's error; for prompts and resources it is the request's. */
function unanswered({ message: { id, method } }: UpstreamCall, why: string): UpstreamReply {
  const text = `The input this needs was not given: ${why}`;
  if (method !== 'tools/call') return errorReply(id, WIRE.internal, text);
  return { message: { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } }, bytes: 0 };
}
