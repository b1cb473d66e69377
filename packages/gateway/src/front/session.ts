import type { JsonObject } from '@wardmesh/core';
import type { Attached } from '../catalogue/attached.ts';
import type { ClientSession, Principal, Route } from '../pipeline/call.ts';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, RequestId } from '../protocol/message.ts';
import type { Era, Revision } from '../protocol/revision.ts';
import type { Attachment, ServerFacts } from '../upstream/port.ts';
import { PendingAsks, refusal } from './asks.ts';
import { EventLog } from './event-log.ts';

export interface SessionFacts {
  readonly id: string;
  readonly principal: Principal;
  readonly route: Route;
  readonly era: Era;
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info?: JsonObject;
}

/** How a session reaches servers. */
export type Attach = (server: string, attachment: Attachment, session: Session) => Promise<Attached>;

/** Where messages that belong to no request in flight go. */
export interface Listener {
  send(message: JsonRpcNotification | JsonRpcRequest, server: string): void;
}

/**
 * A client's session: in the session era one `Mcp-Session-Id`, in the stateless era the shared state of one principal
 * with one set of capabilities on one route. It owns its channels; nothing in it is reachable by another principal.
 */
export class Session implements ClientSession {
  readonly id: string;
  /** As of the last request: a client may have been allowed more, or less, since it opened the session. */
  principal: Principal;
  readonly route: Route;
  readonly era: Era;
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info?: JsonObject;
  readonly asks = new PendingAsks();
  readonly events = new EventLog();
  /** Requests in flight by the client's id, for notifications/cancelled. */
  readonly inFlight = new Map<RequestId, AbortController>();
  /** The client's open stream for what belongs to no request; the newest where there are several, never more than one. */
  listener: Listener | undefined;
  lastUsed: number;
  streams = 0;
  closed = false;
  /** What must end with the session: open streams, calls of the stateless era. */
  readonly #endings = new Set<() => void>();
  readonly #attach: Attach;
  readonly #channels = new Map<string, Attached | Promise<Attached>>();

  constructor(facts: SessionFacts, attach: Attach, now: number) {
    this.id = facts.id;
    this.principal = facts.principal;
    this.route = facts.route;
    this.era = facts.era;
    this.revision = facts.revision;
    this.capabilities = facts.capabilities;
    if (facts.info !== undefined) this.info = facts.info;
    this.#attach = attach;
    this.lastUsed = now;
  }

  /** The attached server, attached on first use (single flight). @throws CodedError of the upstream */
  channel(server: string): Attached | Promise<Attached> {
    const known = this.#channels.get(server);
    if (known) return known;
    const attaching = this.#attach(server, this.#attachment(server), this).then(
      (attached) => {
        if (this.closed) void attached.close();
        else if (this.#channels.get(server) === attaching) this.#channels.set(server, attached);
        return attached;
      },
      (error: unknown) => {
        this.#channels.delete(server);
        throw error;
      },
    );
    this.#channels.set(server, attaching);
    return attaching;
  }

  factsOf(server: string): ServerFacts | undefined {
    const known = this.#channels.get(server);
    return known === undefined || known instanceof Promise ? undefined : known.facts;
  }

  /** A server that was removed or replaced: the next use attaches anew. */
  forget(server: string): void {
    const known = this.#channels.get(server);
    this.#channels.delete(server);
    if (known)
      void Promise.resolve(known)
        .then((attached) => attached.close())
        .catch(() => {});
  }

  /** The servers attached now. */
  attached(): Attached[] {
    return [...this.#channels.values()].filter((channel) => !(channel instanceof Promise)) as Attached[];
  }

  /** Whether something goes on in it now. */
  get busy(): boolean {
    return this.inFlight.size > 0 || this.streams > 0 || this.#endings.size > 0;
  }

  /** Has `end` called when the session ends, unless what is returned was called before. */
  onEnd(end: () => void): () => void {
    if (this.closed) end();
    else this.#endings.add(end);
    return () => this.#endings.delete(end);
  }

  /** Ends the session: aborts what is in flight, answers what waits, closes its channels. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const controller of this.inFlight.values()) controller.abort();
    for (const end of [...this.#endings]) end();
    this.#endings.clear();
    this.asks.clear();
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    await Promise.allSettled(channels.map(async (channel) => (await channel).close()));
  }

  #attachment(server: string): Attachment {
    return {
      principal: this.principal.id,
      session: this.id,
      client: {
        era: this.era,
        revision: this.revision,
        capabilities: this.capabilities,
        ...(this.info && { info: this.info }),
      },
      notify: (message) => {
        this.listener?.send(message, server);
      },
      ask: (message) => this.#askListener(message, server),
      lost: () => {
        this.#channels.delete(server);
      },
    };
  }

  #askListener(message: JsonRpcRequest, server: string): Promise<JsonRpcResponse> {
    const { listener } = this;
    if (!listener || this.era === 'stateless') {
      return Promise.resolve(refusal(message.id, 'No client is listening for questions.'));
    }
    return this.asks.ask(message, (question) => listener.send(question, server));
  }
}
