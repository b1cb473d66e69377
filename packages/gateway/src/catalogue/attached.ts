import { type Clock, isJsonObject, type JsonObject } from '@wardmesh/core';
import type { ToolDefinition } from '@wardmesh/guard';
import { isResultResponse, type JsonRpcNotification } from '../protocol/message.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../upstream/port.ts';
import { LIST_TIMEOUT_MS, MAX_LIST_PAGES, MAX_LISTED_TOOLS, RELIST_AFTER_MS } from './limits.ts';
import { pinOrNone } from './pin-or-none.ts';

/** Told what a server offers, whenever that was read. */
export type Observe = (server: string, offered: readonly ToolDefinition[]) => Promise<void>;

/**
 * A channel to a server together with what that server offers through it: the pins of its tools as last listed. A change
 * that the server announces, and age, make the list stale; it is read again before the next call.
 */
export class Attached {
  readonly server: string;
  readonly profile: string;
  readonly channel: Channel;
  /** Tool name → pin, as offered. */
  offered: ReadonlyMap<string, string> = new Map();
  readonly #attachment: Attachment;
  readonly #observe: Observe;
  readonly #clock: Clock;
  #listedAt = 0;
  #stale = true;
  #reading: Promise<void> | undefined;
  #nextId = 1;

  constructor(
    server: string,
    profile: string,
    channel: Channel,
    attachment: Attachment,
    observe: Observe,
    clock: Clock,
  ) {
    this.server = server;
    this.profile = profile;
    this.channel = channel;
    this.#attachment = attachment;
    this.#observe = observe;
    this.#clock = clock;
  }

  get facts(): ServerFacts {
    return this.channel.facts;
  }

  request(call: UpstreamCall): Promise<UpstreamReply> {
    return this.channel.request(call);
  }

  close(): Promise<void> {
    return this.channel.close();
  }

  /** Called for each notification of the server, before the client sees it. */
  noticed(message: JsonRpcNotification): void {
    if (message.method === 'notifications/tools/list_changed') this.#stale = true;
  }

  /** Called with tools that the server listed for a client: one that differs from before makes the list stale. */
  seen(tools: readonly unknown[]): void {
    for (const tool of tools) {
      if (!isJsonObject(tool) || this.offered.get(String(tool.name)) === pinOrNone(tool as ToolDefinition)) continue;
      this.#stale = true;
      return;
    }
  }

  /** Reads the list again where it is stale; at once (undefined) where it is not. @throws CodedError of the upstream */
  fresh(): Promise<void> | undefined {
    if (!this.#stale && this.#clock.monotonic() - this.#listedAt < RELIST_AFTER_MS) return undefined;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    this.#stale = false;
    try {
      const tools = this.facts.capabilities.tools === undefined ? [] : await this.list('tools/list', 'tools');
      await this.take(tools as ToolDefinition[]);
      this.#listedAt = this.#clock.monotonic();
    } catch (error) {
      this.#stale = true;
      throw error;
    }
  }

  /** Takes what a list of the server just said. */
  async take(tools: readonly ToolDefinition[]): Promise<void> {
    const offered = new Map<string, string>();
    for (const tool of tools) {
      // A name offered twice has no pin that holds: neither may be called.
      offered.set(tool.name, offered.has(tool.name) ? 'ambiguous' : pinOrNone(tool));
    }
    this.offered = offered;
    await this.#observe(this.server, tools);
  }

  /** All pages of a list. @throws CodedError of the upstream; an error reply of the server counts as an empty list */
  async list(method: string, member: string): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    let cursor: unknown;
    const asked = new Set<string>();
    // One time limit for all pages: a server must not keep a call waiting page by page.
    const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
    for (let page = 0; page < MAX_LIST_PAGES && items.length < MAX_LISTED_TOOLS; page++) {
      const reply = await this.channel.request({
        message: {
          jsonrpc: '2.0',
          id: `ward-list-${this.#nextId++}`,
          method,
          ...(cursor !== undefined && { params: { cursor: cursor as string } }),
        },
        client: this.#attachment.client,
        signal,
        notify: (message) => this.#attachment.notify(message),
        ask: (message) => this.#attachment.ask(message),
      });
      if (!isResultResponse(reply.message)) break;
      const found = reply.message.result[member];
      if (Array.isArray(found)) items.push(...(found as JsonObject[]));
      cursor = reply.message.result.nextCursor;
      if (typeof cursor !== 'string' || asked.has(cursor)) break;
      asked.add(cursor);
    }
    return items.slice(0, MAX_LISTED_TOOLS);
  }
}
