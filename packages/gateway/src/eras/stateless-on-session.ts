import { CodedError, isJsonObject, type JsonObject } from '@wardmesh/core';
import {
  isFailure,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
  WIRE,
} from '../protocol/message.ts';
import { LATEST_SESSION, LATEST_STATELESS } from '../protocol/revision.ts';
import { abortedBy, crashed } from '../upstream/errors.ts';
import { META_SERVER_INFO } from '../upstream/handshake.ts';
import { isLevel, lowestLevel, wants } from '../upstream/log-levels.ts';
import type { Attachment, Channel, ClientFacts, ServerFacts, UpstreamCall, UpstreamReply } from '../upstream/port.ts';
import { errorReply, localReply } from '../upstream/rpc/reply.ts';
import { progressTokenOf } from '../upstream/stdio/encode.ts';
import { clientToSession, serverToStateless } from './capabilities.ts';
import { logLevelOf, withoutEnvelope } from './envelope.ts';
import { toStatelessError } from './errors.ts';
import { accepts, honouredFilter, type ListenFilter, META_SUBSCRIPTION_ID, stamped } from './listen-filter.ts';
import { isCommon, refuse } from './refusal.ts';
import { isMultiRound, toStatelessResult } from './results.ts';
import { UriCounts } from './uri-counts.ts';
import { askUrls, urlElicitations } from './url-elicitation.ts';

interface Listening {
  readonly call: UpstreamCall;
  readonly filter: ListenFilter;
  readonly end: (how: 'closed' | 'lost') => void;
}

/** Rounds of URL elicitations before one request is given up. */
const MAX_URL_ROUNDS = 3;

/**
 * Stateless clients (2026-07-28) on a server of the session era. One session serves all requests of one principal with
 * one set of capabilities, so ids and progress tokens are ours; the server's questions surface through `call.ask`, and
 * `subscriptions/listen` becomes subscriptions that are counted and undone when the stream ends.
 */
export async function statelessOnSession(
  attachment: Attachment,
  open: (inner: Attachment) => Promise<Channel>,
): Promise<Channel> {
  let outer: StatelessOnSession | undefined;
  const client: ClientFacts = {
    era: 'session',
    revision: LATEST_SESSION,
    capabilities: clientToSession(attachment.client.capabilities),
    ...(attachment.client.info !== undefined && { info: attachment.client.info }),
  };
  const channel = await open({
    principal: attachment.principal,
    session: attachment.session,
    client,
    notify: (message) => outer?.onNotification(message),
    ask: (message) => outer?.onAsk(message) ?? refuse(message),
    lost: (reason) => {
      outer?.onLost();
      attachment.lost(reason);
    },
  });
  outer = new StatelessOnSession(channel, client);
  return outer;
}

class StatelessOnSession implements Channel {
  readonly #channel: Channel;
  readonly #client: ClientFacts;
  readonly #active = new Set<UpstreamCall>();
  readonly #listening = new Set<Listening>();
  readonly #uris = new UriCounts();
  #level: string | undefined;
  #lastId = 0;

  constructor(channel: Channel, client: ClientFacts) {
    this.#channel = channel;
    this.#client = client;
  }

  get facts(): ServerFacts {
    const { facts } = this.#channel;
    return {
      ...facts,
      era: 'stateless',
      revision: LATEST_STATELESS,
      capabilities: serverToStateless(facts.capabilities),
    };
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    const { id, method, params } = call.message;
    if (method === 'server/discover') return this.#discover(id);
    if (method === 'subscriptions/listen') return this.#listen(call);
    if (!isCommon(method)) return errorReply(id, WIRE.methodNotFound, 'Method not found');
    // A session server never gave out a requestState; whoever did (the front) would have taken it back.
    if (params?.inputResponses !== undefined || params?.requestState !== undefined) {
      throw new CodedError('STATE_REFUSED', 'the request state is none that was given out');
    }
    this.#active.add(call);
    try {
      return await this.#forward(call);
    } finally {
      this.#active.delete(call);
    }
  }

  /** The era has no client notifications but cancellation, which is the call's signal. */
  async notify(_message: JsonRpcNotification): Promise<void> {}

  close(): Promise<void> {
    for (const one of [...this.#listening]) one.end('closed');
    return this.#channel.close();
  }

  onNotification(message: JsonRpcNotification): void {
    if (message.method === 'notifications/message') {
      // A log tied to no request: the latest that asked for logs gets it; a stateless client has no other ear.
      const call = [...this.#active].findLast((one) => logLevelOf(one.message.params) !== undefined);
      if (call !== undefined && wants(logLevelOf(call.message.params), message)) call.notify(message);
      return;
    }
    for (const { call, filter } of this.#listening) {
      if (accepts(filter, message)) call.notify(stamped(message, call.message.id));
    }
  }

  /** A question tied to no request: asked in the latest one that can carry it. */
  onAsk(message: JsonRpcRequest): Promise<JsonRpcResponse> {
    const call = [...this.#active].findLast((one) => isMultiRound(one.message.method));
    return call === undefined ? refuse(message) : call.ask(statelessQuestion(message));
  }

  onLost(): void {
    this.#level = undefined;
    // Nothing is left to undo: unsubscribing would start the server again just to say so.
    this.#uris.clear();
    for (const one of [...this.#listening]) one.end('lost');
  }

  #discover(id: RequestId): UpstreamReply {
    const { capabilities, info, instructions } = this.facts;
    const result: JsonObject = {
      supportedVersions: [LATEST_STATELESS],
      capabilities,
      ...(instructions !== undefined && { instructions }),
    };
    return localReply({ jsonrpc: '2.0', id, result: toStatelessResult('server/discover', result, info) });
  }

  async #forward(call: UpstreamCall): Promise<UpstreamReply> {
    const { id, method } = call.message;
    await this.#applyLevel(logLevelOf(call.message.params), call.signal);
    for (let round = 0; ; round++) {
      const { message, bytes } = await this.#send(call);
      if (!isFailure(message)) {
        const result = toStatelessResult(method, message.result, this.facts.info);
        return { message: { jsonrpc: '2.0', id, result }, bytes };
      }
      const urls = isMultiRound(method) && round < MAX_URL_ROUNDS ? urlElicitations(message.error) : [];
      if (
        urls.length === 0 ||
        !(await askUrls(urls, call, this.#client.capabilities, () => `ward-url-${++this.#lastId}`))
      ) {
        return { message: { jsonrpc: '2.0', id, error: toStatelessError(message.error) }, bytes };
      }
    }
  }

  #send(call: UpstreamCall): Promise<UpstreamReply> {
    const { method, params } = call.message;
    const wireId = ++this.#lastId;
    const token = progressTokenOf(params);
    const level = logLevelOf(params);
    const own = withoutEnvelope(params);
    const meta = isJsonObject(own?._meta) ? own._meta : {};
    const { task: _task, ...sent }: JsonObject =
      token === undefined ? (own ?? {}) : { ...own, _meta: { ...meta, progressToken: wireId } };
    return this.#channel.request({
      message: { jsonrpc: '2.0', id: wireId, method, ...(Object.keys(sent).length > 0 && { params: sent }) },
      client: this.#client,
      signal: call.signal,
      notify: (message) => {
        if (message.method === 'notifications/progress') {
          if (token !== undefined) call.notify({ ...message, params: { ...message.params, progressToken: token } });
        } else if (message.method === 'notifications/message') {
          // Logs are for requests that asked for them (2026-07-28 §logging).
          if (level !== undefined && wants(level, message)) call.notify(message);
        } else this.onNotification(message);
      },
      ask: (message) => (isMultiRound(method) ? call.ask(statelessQuestion(message)) : refuse(message)),
    });
  }

  /** The session has one level for all: it only ever gets more talkative, and each call filters what it asked for. */
  async #applyLevel(level: string | undefined, signal: AbortSignal): Promise<void> {
    if (!isLevel(level) || this.#channel.facts.capabilities.logging === undefined) return;
    const lowest = lowestLevel([this.#level, level]);
    if (lowest === this.#level || lowest === undefined) return;
    const reply = await this.#ownRequest('logging/setLevel', { level: lowest }, signal);
    if (!isFailure(reply.message)) this.#level = lowest;
  }

  async #listen(call: UpstreamCall): Promise<UpstreamReply> {
    const { id, params } = call.message;
    const filter = honouredFilter(params?.notifications, this.#channel.facts.capabilities);
    if (filter === undefined) return errorReply(id, WIRE.invalidParams, 'A valid notifications filter is needed');
    const subscribed = await this.#subscribe(filter.resourceSubscriptions ?? [], call.signal);
    try {
      const { resourceSubscriptions: _all, ...lists } = filter;
      const honoured: ListenFilter = { ...lists, ...(subscribed.length > 0 && { resourceSubscriptions: subscribed }) };
      const acknowledged = { notifications: honoured as JsonObject };
      call.notify(
        stamped({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: acknowledged }, id),
      );
      // Nothing honoured: nothing will ever come.
      if (Object.keys(honoured).length > 0) await this.#untilEnded(call, honoured);
      const meta = { [META_SUBSCRIPTION_ID]: id, [META_SERVER_INFO]: this.facts.info };
      return localReply({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: meta } });
    } finally {
      for (const uri of subscribed) {
        if (this.#uris.remove(uri)) this.#ownRequest('resources/unsubscribe', { uri }).catch(() => {});
      }
    }
  }

  #untilEnded(call: UpstreamCall, filter: ListenFilter): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#listening.delete(listening);
        reject(abortedBy(call.signal.reason));
      };
      const listening: Listening = {
        call,
        filter,
        end: (how) => {
          this.#listening.delete(listening);
          call.signal.removeEventListener('abort', onAbort);
          if (how === 'closed') resolve();
          else reject(crashed('the server went away'));
        },
      };
      this.#listening.add(listening);
      if (call.signal.aborted) onAbort();
      else call.signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** @returns the URIs that the server took */
  async #subscribe(uris: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const taken: string[] = [];
    for (const uri of new Set(uris)) {
      if (this.#uris.add(uri)) {
        const isTaken = await this.#ownRequest('resources/subscribe', { uri }, signal).then(
          ({ message }) => !isFailure(message),
          () => false,
        );
        if (!isTaken) {
          this.#uris.remove(uri);
          continue;
        }
      }
      taken.push(uri);
    }
    return taken;
  }

  #ownRequest(method: string, params: JsonObject, signal = AbortSignal.timeout(10_000)): Promise<UpstreamReply> {
    const message = { jsonrpc: '2.0', id: ++this.#lastId, method, params } as const;
    return this.#channel.request({ message, client: this.#client, signal, notify: () => {}, ask: refuse });
  }
}

/** A session server's question as 2026-07-28 spells it: no elicitation id, no task, no `_meta` of the session. */
function statelessQuestion(message: JsonRpcRequest): JsonRpcRequest {
  if (message.params === undefined) return message;
  const { elicitationId: _id, task: _task, _meta, ...params } = message.params;
  return { ...message, params };
}
