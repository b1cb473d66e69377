import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CodedError } from '@wardmesh/core';
import type { BenchErrorCode } from './error.ts';
import { type HttpAnswer, HttpReader, headerOf, messageOf } from './http-reader.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';

/** What is put under load. */
export interface LoadTarget {
  readonly url: string;
  /** PEM of the CA to trust. */
  readonly ca?: string;
  readonly token?: string;
  /** Name of the echo tool there. */
  readonly tool?: string;
  readonly era?: 'session' | 'stateless';
}

export interface LoadOptions extends LoadTarget {
  readonly clients: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export interface LoadResult {
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  /** What the first wrong answer was. */
  readonly firstError?: string;
}

/**
 * Closed loop: each client has one connection (and one session), sends a call, checks that the answer echoes it, sends the
 * next. On raw sockets, so that the generator costs little beside what it measures.
 * @throws CodedError BENCH_HANDSHAKE_FAILED
 */
export async function rawLoad(options: LoadOptions): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: options.clients }, (_, index) => Client.open(options, index)));
  const start = performance.now() + options.warmUpSeconds * 1_000;
  const end = start + options.seconds * 1_000;
  await Promise.all(clients.map((client) => client.loop(start, end)));
  await Promise.all(clients.map((client) => client.close()));

  const latencies = Float64Array.from(clients.flatMap((client) => client.latencies)).sort();
  const errors = clients.reduce((sum, client) => sum + client.errors, 0);
  const firstError = clients.find((client) => client.firstError !== undefined)?.firstError;
  const percentile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    calls: latencies.length,
    callsPerSecond: latencies.length / options.seconds,
    p50: percentile(0.5),
    p99: percentile(0.99),
    errors,
    ...(firstError === undefined ? {} : { firstError }),
  };
}

const SESSION_REVISION = '2025-11-25';
const STATELESS_REVISION = '2026-07-28';

class Client {
  readonly latencies: number[] = [];
  errors = 0;
  firstError: string | undefined;
  readonly #socket: Socket;
  readonly #reader = new HttpReader();
  readonly #options: LoadOptions;
  readonly #tag: string;
  #settle: ((answer: HttpAnswer | undefined) => void) | undefined;
  #head = '';
  #session = false;
  #next = 1;

  private constructor(socket: Socket, options: LoadOptions, index: number) {
    this.#socket = socket;
    this.#options = options;
    this.#tag = `c${index}`;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#answered(undefined));
    socket.on('data', (chunk: Buffer) => {
      for (const answer of this.#reader.push(chunk)) this.#answered(answer);
    });
  }

  static async open(options: LoadOptions, index: number): Promise<Client> {
    const { hostname, port, protocol } = new URL(options.url);
    const address = { host: hostname, port: Number(port) };
    const socket = protocol === 'https:' ? connectTls({ ...address, ca: options.ca ?? '' }) : connectPlain(address);
    await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
    const client = new Client(socket, options, index);
    await client.#handshake();
    return client;
  }

  /** Calls until `end`; only what was asked and answered between the two times counts. */
  async loop(start: number, end: number): Promise<void> {
    for (let asked = performance.now(); asked < end; asked = performance.now()) {
      const fault = await this.#call();
      const answered = performance.now();
      if (fault !== undefined) {
        this.errors += 1;
        this.firstError ??= fault;
        if (this.#socket.destroyed) return;
      } else if (asked >= start && answered <= end) this.latencies.push(answered - asked);
    }
  }

  /** Ends the session too: a target that keeps a process per session must not gather them over the rounds. */
  async close(): Promise<void> {
    if (this.#session && !this.#socket.destroyed) await this.#send('DELETE', '');
    this.#socket.destroy();
  }

  /** What was wrong, or undefined. */
  async #call(): Promise<string | undefined> {
    const id = this.#next++;
    const message = `${this.#tag}-${id}`;
    const answer = await this.#post(callBody(id, message, this.#options));
    if (answer === undefined) return 'no answer';
    const text = messageOf(answer);
    try {
      const { id: answered, result } = JSON.parse(text) as { id?: number; result?: { content?: { text?: string }[] } };
      if (answered === id && result?.content?.[0]?.text === message) return undefined;
    } catch {
      // Not JSON: reported as it is.
    }
    return `HTTP ${answer.status}: ${text.slice(0, 300)}`;
  }

  async #handshake(): Promise<void> {
    const { url, token, era } = this.#options;
    const { host, pathname } = new URL(url);
    const fixed =
      `${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `Accept: application/json, text/event-stream\r\n${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}`;
    if (era === 'stateless') {
      const tool = this.#options.tool ?? 'echo';
      this.#head = `${fixed}MCP-Protocol-Version: ${STATELESS_REVISION}\r\nMcp-Method: tools/call\r\nMcp-Name: ${tool}\r\n`;
      return;
    }
    this.#head = fixed;
    const clientInfo = { name: 'wardmesh-bench', version: '1.0.0' };
    const params = { protocolVersion: SESSION_REVISION, capabilities: {}, clientInfo };
    const opened = await this.#post(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
    if (opened?.status !== 200) {
      const code: BenchErrorCode = 'BENCH_HANDSHAKE_FAILED';
      throw new CodedError(code, `${url}: ${opened?.status ?? 'no answer'} ${opened?.body.slice(0, 300) ?? ''}`);
    }
    const session = headerOf(opened.head, 'mcp-session-id');
    this.#head = `${fixed}MCP-Protocol-Version: ${SESSION_REVISION}\r\n`;
    this.#session = session !== undefined;
    if (session !== undefined) this.#head += `Mcp-Session-Id: ${session}\r\n`;
    await this.#post('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  }

  #post(body: string): Promise<HttpAnswer | undefined> {
    return this.#send('POST', body);
  }

  #send(method: 'POST' | 'DELETE', body: string): Promise<HttpAnswer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), CALL_TIMEOUT_MS);
      this.#settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#socket.write(`${method} ${this.#head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  #answered(answer: HttpAnswer | undefined): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }
}

const STATELESS_META = `,"_meta":{"io.modelcontextprotocol/protocolVersion":"${STATELESS_REVISION}","io.modelcontextprotocol/clientCapabilities":{}}`;

function callBody(id: number, message: string, { tool, era }: LoadOptions): string {
  const meta = era === 'stateless' ? STATELESS_META : '';
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool ?? 'echo'}","arguments":{"message":"${message}"}${meta}}}`;
}
