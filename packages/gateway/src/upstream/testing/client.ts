import type { JsonObject } from '@wardmesh/core';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../../protocol/message.ts';
import { isResultResponse } from '../../protocol/message.ts';
import type { Revision } from '../../protocol/revision.ts';
import { eraOf } from '../../protocol/revision.ts';
import type { Attachment, Channel, ClientFacts, Upstream, UpstreamCall, UpstreamReply } from '../port.ts';

export interface ClientOptions {
  readonly principal?: string;
  readonly session?: string;
  readonly revision?: Revision;
  readonly capabilities?: JsonObject;
  readonly ask?: (message: JsonRpcRequest) => Promise<JsonRpcResponse>;
}

/** What the front is to an upstream, with everything that arrives kept for the test to look at. */
export class TestClient {
  readonly notifications: JsonRpcNotification[] = [];
  readonly asked: JsonRpcRequest[] = [];
  readonly lost: string[] = [];
  readonly attachment: Attachment;
  readonly client: ClientFacts;
  readonly #ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>;
  channel!: Channel;
  #id = 0;

  constructor(options: ClientOptions = {}) {
    const revision = options.revision ?? '2025-11-25';
    this.#ask = options.ask ?? (async ({ id }) => ({ jsonrpc: '2.0', id, result: { action: 'decline' } }));
    this.client = {
      era: eraOf(revision),
      revision,
      capabilities: options.capabilities ?? {},
      info: { name: 'test', version: '1' },
    };
    this.attachment = {
      principal: options.principal ?? 'alice',
      session: options.session ?? 's1',
      client: this.client,
      notify: (message) => this.notifications.push(message),
      ask: (message) => this.ask(message),
      lost: (reason) => this.lost.push(reason),
    };
  }

  static async attach(upstream: Upstream, options: ClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(options);
    client.channel = await upstream.attach(client.attachment);
    return client;
  }

  ask(message: JsonRpcRequest): Promise<JsonRpcResponse> {
    this.asked.push(message);
    return this.#ask(message);
  }

  request(method: string, params: JsonObject = {}, extra: Partial<UpstreamCall> = {}): Promise<UpstreamReply> {
    const meta =
      this.client.era === 'stateless'
        ? {
            _meta: {
              'io.modelcontextprotocol/protocolVersion': this.client.revision,
              'io.modelcontextprotocol/clientCapabilities': this.client.capabilities,
              'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
              ...(params._meta as JsonObject | undefined),
            },
          }
        : {};
    const message: JsonRpcRequest = { jsonrpc: '2.0', id: `c${++this.#id}`, method, params: { ...params, ...meta } };
    return this.channel.request({
      message,
      original: Buffer.from(JSON.stringify(message)),
      client: this.client,
      signal: new AbortController().signal,
      notify: (notification) => this.notifications.push(notification),
      ask: (question) => this.ask(question),
      ...extra,
    });
  }

  /** The text of a tool's first content. */
  async call(name: string, args: JsonObject = {}, extra: Partial<UpstreamCall> = {}): Promise<string> {
    const { message } = await this.request('tools/call', { name, arguments: args }, extra);
    return textOf(message);
  }
}

export function textOf(message: JsonRpcResponse): string {
  if (!isResultResponse(message)) throw new Error(JSON.stringify(message));
  const content = message.result.content as readonly { readonly text: string }[];
  return content[0]!.text;
}
