import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { Message } from './message.ts';

type Request = Extract<Message, { kind: 'request' }>;

/** What the bridge remembers of a session, so that it can be opened again when the gateway restarted. */
export class Session {
  /** From the answer to `initialize`; undefined where the gateway keeps none. */
  id: string | undefined;
  revision: string | undefined;
  /** Last event seen on the stream of the session. */
  lastEventId: string | undefined;
  #initialize: Request | undefined;
  #ready = false;
  readonly #standing = new Map<string, JsonObject>();

  get isOpen(): boolean {
    return this.#initialize !== undefined;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  open(request: Request): void {
    this.#initialize = request;
    this.#ready = false;
    this.id = undefined;
    this.revision = undefined;
    this.lastEventId = undefined;
    this.#standing.clear();
  }

  ready(): void {
    this.#ready = true;
  }

  opened(id: string | undefined, result: JsonObject): void {
    this.id = id;
    this.lastEventId = undefined;
    this.revision = typeof result.protocolVersion === 'string' ? result.protocolVersion : undefined;
  }

  headers(): Record<string, string> {
    return {
      ...(this.id !== undefined && { 'mcp-session-id': this.id }),
      ...(this.revision !== undefined && { 'mcp-protocol-version': this.revision }),
    };
  }

  /** Keeps what a client asked for that lasts: subscriptions and the log level. */
  remember(body: JsonObject): void {
    const params = isJsonObject(body.params) ? body.params : {};
    if (body.method === 'logging/setLevel') this.#standing.set('level', body);
    else if (body.method === 'resources/subscribe') this.#standing.set(`uri ${String(params.uri)}`, body);
    else if (body.method === 'resources/unsubscribe') this.#standing.delete(`uri ${String(params.uri)}`);
  }

  /** Messages that open the session anew and bring it to where it was, in order, with ids of the bridge's own. */
  replay(prefix: string): JsonObject[] {
    if (this.#initialize === undefined) return [];
    const standing = [...this.#standing.values()].map((body, index) => ({ ...body, id: `${prefix}-${index}` }));
    return [{ ...this.#initialize.body, id: `${prefix}-initialize` }, INITIALIZED, ...standing];
  }
}

const INITIALIZED: JsonObject = { jsonrpc: '2.0', method: 'notifications/initialized' };
