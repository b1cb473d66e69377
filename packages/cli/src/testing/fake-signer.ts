import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { CodedError, type JsonObject } from '@wardmesh/core';
import { homePaths } from '../home-paths.ts';

/** What a method is asked with. `secrets` are kept as text, so that a test can say what arrived. */
export interface FakeRequest {
  readonly method: string;
  readonly params: JsonObject;
  readonly secrets: readonly string[];
  /** Asks the client, as the signer asks about ledgers. */
  readonly ask: (method: string, params: JsonObject) => Promise<unknown>;
  readonly progress: (message: string) => void;
}

/** What a method answers; an attachment goes beside it. */
export interface FakeReply {
  readonly result: unknown;
  readonly attachments?: readonly Uint8Array[];
}

export type FakeMethod = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/**
 * A signer's operator socket whose answers a test decides. It speaks the frames by itself, from their description alone:
 * length of the JSON and of the attachments as 32-bit big-endian numbers, the JSON, the attachments.
 */
export class FakeSigner {
  readonly asked: { readonly method: string; readonly params: JsonObject; readonly secrets: readonly string[] }[] = [];
  /** Every byte that came outside attachments. */
  json = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(methods: Readonly<Record<string, FakeMethod>>) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      this.#serve(socket, methods);
    });
  }

  static async start(home: string, methods: Readonly<Record<string, FakeMethod>>): Promise<FakeSigner> {
    const path = homePaths(home).signerOperatorSocket;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const signer = new FakeSigner(methods);
    await new Promise<void>((resolve) => signer.#server.listen(path, resolve));
    return signer;
  }

  /** Params of the last request of a method. */
  last(method: string): JsonObject | undefined {
    return this.asked.findLast((request) => request.method === method)?.params;
  }

  secretsOf(method: string): readonly string[] {
    return this.asked.findLast((request) => request.method === method)?.secrets ?? [];
  }

  /** Cuts every connection, as a crash does; it listens on. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, methods: Readonly<Record<string, FakeMethod>>): void {
    const waiting = new Map<number, (result: unknown) => void>();
    let buffered: Buffer = Buffer.alloc(0);
    let nextId = 1;
    const send = (message: object, attachments: readonly Uint8Array[] = []): void => {
      const lengths = attachments.length === 0 ? {} : { attachments: attachments.map(({ length }) => length) };
      const json = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message, ...lengths }));
      const head = Buffer.alloc(8);
      head.writeUInt32BE(json.length, 0);
      head.writeUInt32BE(
        attachments.reduce((sum, { length }) => sum + length, 0),
        4,
      );
      socket.write(Buffer.concat([head, json, ...attachments]));
    };
    const answer = async (id: number, request: FakeRequest): Promise<void> => {
      this.asked.push({ method: request.method, params: request.params, secrets: request.secrets });
      try {
        const method = methods[request.method];
        if (method === undefined) throw new CodedError('SIGNER_METHOD_UNKNOWN', `no ${request.method}`);
        const { result, attachments } = await method(request);
        send({ id, result }, attachments);
      } catch (error) {
        const { code, message, hint } = error as CodedError;
        send({ id, error: { code: -32_000, message, data: { code: code ?? 'INTERNAL', ...(hint && { hint }) } } });
      }
    };
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 8) {
        const [jsonLength, rest] = [buffered.readUInt32BE(0), buffered.readUInt32BE(4)];
        if (buffered.length < 8 + jsonLength + rest) return;
        const text = buffered.subarray(8, 8 + jsonLength).toString('utf8');
        this.json += text;
        const { id, method, params, result, attachments = [] } = JSON.parse(text);
        let offset = 8 + jsonLength;
        const secrets = (attachments as number[]).map((length) => {
          offset += length;
          return buffered.subarray(offset - length, offset).toString('utf8');
        });
        buffered = buffered.subarray(8 + jsonLength + rest);
        if (method === undefined) {
          waiting.get(id)?.(result);
          continue;
        }
        void answer(id, {
          method,
          params,
          secrets,
          ask: (name, asked) =>
            new Promise((resolve) => {
              const own = nextId++;
              waiting.set(own, resolve);
              send({ id: own, method: name, params: asked });
            }),
          progress: (message) => send({ method: 'progress', params: { step: 'x', message } }),
        });
      }
    });
  }
}
