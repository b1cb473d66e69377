import { isFailure, type JsonRpcNotification, type JsonRpcRequest, WIRE } from '../../protocol/message.ts';
import { completeEnvelope } from '../complete-envelope.ts';
import { unavailable } from '../errors.ts';
import { MAX_SUBSCRIPTIONS } from '../limits.ts';
import { isLevel } from '../log-levels.ts';
import { goesUp } from '../notifications.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../port.ts';
import { deriveCall } from '../rpc/derive-call.ts';
import { emptyResult, errorReply } from '../rpc/reply.ts';
import { type Attached, lowestOf } from './attached.ts';
import type { Lane } from './lane.ts';

/** One client's view of a child that others may share: its log level, its subscriptions, its notifications. */
export class StdioChannel implements Channel {
  readonly #lane: Lane;
  readonly #self: Attached;
  #closed = false;

  constructor(lane: Lane, attachment: Attachment) {
    this.#lane = lane;
    this.#self = { attachment, calls: new Set(), uris: new Set(), level: undefined, latest: 0 };
    lane.attached.add(this.#self);
  }

  get facts(): ServerFacts {
    // Attached means that a handshake was made.
    return this.#lane.facts as ServerFacts;
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    if (this.#closed) throw unavailable('the channel is closed');
    const lane = this.#lane;
    const self = this.#self;
    const connection = lane.live ?? (await lane.ensure());
    self.latest = lane.begin();
    self.calls.add(call);
    try {
      if (lane.era === 'session') {
        switch (call.message.method) {
          case 'resources/subscribe':
            return await this.#subscribe(call, connection);
          case 'resources/unsubscribe':
            return await this.#unsubscribe(call, connection);
          case 'logging/setLevel':
            return await this.#setLevel(call, connection);
        }
      }
      return await connection.request(lane.era === 'session' ? call : completeEnvelope(call, lane.self.info));
    } finally {
      self.calls.delete(call);
      lane.begin();
    }
  }

  async notify(message: JsonRpcNotification): Promise<void> {
    // A shared child knows no client, and the stateless era no notifications of clients.
    if (this.#lane.isShared || this.#lane.era === 'stateless' || !goesUp(message.method)) return;
    this.#lane.live?.notify(message);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#lane.attached.delete(this.#self);
    for (const uri of this.#self.uris) {
      if (!this.#isHeldByOthers(uri))
        this.#quietly({ jsonrpc: '2.0', id: 'ward-close', method: 'resources/unsubscribe', params: { uri } });
    }
    this.#self.uris.clear();
  }

  async #subscribe(call: UpstreamCall, connection: NonNullable<Lane['live']>): Promise<UpstreamReply> {
    const { uris } = this.#self;
    const uri = String(call.message.params?.uri);
    if (!uris.has(uri) && uris.size >= MAX_SUBSCRIPTIONS) {
      return errorReply(call.message.id, WIRE.invalidParams, 'Too many subscriptions');
    }
    const reply = await connection.request(call);
    if (!isFailure(reply.message) && !this.#closed) uris.add(uri);
    return reply;
  }

  async #unsubscribe(call: UpstreamCall, connection: NonNullable<Lane['live']>): Promise<UpstreamReply> {
    const uri = String(call.message.params?.uri);
    this.#self.uris.delete(uri);
    return this.#isHeldByOthers(uri) ? emptyResult(call.message.id) : connection.request(call);
  }

  async #setLevel(call: UpstreamCall, connection: NonNullable<Lane['live']>): Promise<UpstreamReply> {
    const level = call.message.params?.level;
    if (!isLevel(level)) return connection.request(call);
    this.#self.level = level;
    const lowest = lowestOf(this.#lane.attached) ?? level;
    if (lowest === level) return connection.request(call);
    const message = { ...call.message, params: { ...call.message.params, level: lowest } };
    return connection.request(deriveCall(call, { message }));
  }

  #isHeldByOthers(uri: string): boolean {
    for (const one of this.#lane.attached) if (one !== this.#self && one.uris.has(uri)) return true;
    return false;
  }

  #quietly(message: JsonRpcRequest): void {
    this.#lane.live?.request({ message, signal: new AbortController().signal, notify: () => {} }).catch(() => {});
  }
}
