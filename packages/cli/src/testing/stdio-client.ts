import { PassThrough } from 'node:stream';
import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { Bridge, type BridgePorts } from '../bridge/bridge.ts';
import { META, STATELESS } from '../endpoint/stateless.ts';
import { readLines } from '../read-lines.ts';

/** An MCP client on the stdio side of a bridge. */
export class StdioClient {
  readonly bridge: Bridge;
  readonly finished: Promise<void>;
  /** Every line the bridge wrote. */
  readonly lines: string[] = [];
  readonly notifications: JsonObject[] = [];
  readonly logs: string[] = [];
  /** Answers of the client to requests of the server, by method. */
  readonly answers: Record<string, (params: JsonObject) => JsonObject> = {};
  readonly #input = new PassThrough();
  readonly #waiting = new Map<Json, (message: JsonObject) => void>();
  #nextId = 1;

  constructor(ports: Pick<BridgePorts, 'connect' | 'path'> & Partial<BridgePorts>) {
    this.bridge = new Bridge({ write: (line) => this.#take(line), log: (text) => void this.logs.push(text), ...ports });
    this.finished = this.bridge.run(readLines(this.#input, 1_048_576));
  }

  async initialize(capabilities: JsonObject = {}): Promise<JsonObject> {
    const clientInfo = { name: 'test', version: '1' };
    const reply = await this.request('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo });
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return reply;
  }

  /** A request of the stateless era, with its envelope. */
  stateless(method: string, params: JsonObject = {}, capabilities: JsonObject = {}): Promise<JsonObject> {
    const own = isJsonObject(params._meta) ? params._meta : {};
    const _meta = {
      [META.protocolVersion]: STATELESS,
      [META.clientCapabilities]: capabilities,
      [META.clientInfo]: { name: 'test', version: '1' },
      ...own,
    };
    return this.request(method, { ...params, _meta });
  }

  request(method: string, params: JsonObject = {}, id: Json = this.#nextId++): Promise<JsonObject> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  send(message: JsonObject): void {
    this.raw(JSON.stringify(message));
  }

  raw(line: string): void {
    this.#input.write(`${line}\n`);
  }

  /** Closes the input, as a client that leaves. */
  async end(): Promise<void> {
    this.#input.end();
    await this.finished;
  }

  #take(line: string): void {
    this.lines.push(line);
    const message = JSON.parse(line) as JsonObject;
    if (message.method === undefined) {
      this.#waiting.get(message.id ?? null)?.(message);
      this.#waiting.delete(message.id ?? null);
    } else if (message.id === undefined) this.notifications.push(message);
    else {
      const answer = this.answers[String(message.method)];
      const params = isJsonObject(message.params) ? message.params : {};
      this.send({
        jsonrpc: '2.0',
        id: message.id,
        ...(answer ? { result: answer(params) } : { error: { code: -32601, message: 'no' } }),
      });
    }
  }
}
