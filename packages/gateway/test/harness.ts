import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { approvalMessage } from '@wardmesh/approvals';
import { type Clock, type JsonObject, systemClock, systemRandom, toBase64 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { type Gateway, startGateway } from '../src/gateway.ts';
import { createHome } from '../src/home/create.ts';
import type { FetchDocument, PeoplePort } from '../src/oauth/index.ts';
import type { JsonRpcMessage } from '../src/protocol/message.ts';
import { operatorLog } from '../src/telemetry/operator-log.ts';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of any shape
export type Loose = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The messages of the body: one, or those of its event stream. */
  readonly messages: readonly Loose[];
  /** The last one: the answer itself. */
  readonly message: Loose;
}

export interface TestGatewayOptions {
  readonly config?: JsonObject;
  readonly server?: JsonObject;
  readonly variant?: string;
  readonly policies?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly home?: string;
  readonly people?: PeoplePort;
  /** Any free one otherwise. */
  readonly port?: number;
  readonly fetchDocument?: FetchDocument;
  /** Do not pin what the server offers. */
  readonly unpinned?: boolean;
}

const operator = signingKeyFromSeed(new Uint8Array(32).fill(7));
export const OPERATOR = { keyId: 'operator-1', by: 'Olive' };

/** A gateway in this process on a home of its own, with one test server `t`, and a client of it. */
export class TestGateway {
  readonly gateway: Gateway;
  readonly home: string;
  readonly journal: string;
  readonly token: string;
  readonly logLines: string[];
  #session: string | undefined;
  #nextId = 1;

  private constructor(gateway: Gateway, home: string, journal: string, logLines: string[]) {
    this.gateway = gateway;
    this.home = home;
    this.journal = journal;
    this.token = readFileSync(join(home, 'agents/local.token'), 'utf8').trim();
    this.logLines = logLines;
  }

  static async start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const home = options.home ?? mkdtempSync(join(tmpdir(), 'ward-gateway-'));
    const clock = options.clock ?? systemClock;
    await createHome(home, clock, systemRandom);
    const journal = join(home, 'workspace', 'journal');
    writeFileSync(join(home, 'ward.yaml'), JSON.stringify(configOf(journal, options)));
    for (const [name, text] of Object.entries(options.policies ?? {}))
      writeFileSync(join(home, 'policies', name), text);
    writeFileSync(
      join(home, 'operator/approvers.json'),
      JSON.stringify({ approvers: [{ ...OPERATOR, publicKey: toBase64(operator.publicKey) }] }),
      { mode: 0o600 },
    );
    const logLines: string[] = [];
    const log = operatorLog({
      nodeId: 'test',
      level: 'debug',
      destination: { write: (line) => void logLines.push(line) },
    });
    const gateway = await startGateway({
      home,
      port: options.port ?? 0,
      log,
      clock,
      ...(options.people && { people: options.people }),
      ...(options.fetchDocument && { fetchDocument: options.fetchDocument }),
    });
    const test = new TestGateway(gateway, home, journal, logLines);
    if (options.unpinned !== true) {
      await gateway.look();
      await gateway.catalogue.pin('t', 'test');
    }
    return test;
  }

  async stop(keep = false): Promise<void> {
    await this.gateway.stop(undefined, 2_000);
    if (!keep) rmSync(this.home, { recursive: true, force: true });
  }

  /** Sends one POST as it is. */
  raw(
    body: string | Uint8Array,
    options: {
      path?: string;
      headers?: Record<string, string>;
      token?: string | null;
      onMessage?: (m: Loose) => void;
      signal?: AbortSignal;
    } = {},
  ): Promise<Answer> {
    const url = new URL(this.gateway.url);
    const token = options.token === undefined ? this.token : options.token;
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        {
          host: url.hostname,
          port: url.port,
          path: options.path ?? '/servers/t/mcp',
          method: 'POST',
          ca: this.gateway.tls?.caPem,
          servername: 'localhost',
          ...(options.signal && { signal: options.signal }),
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...(token !== null && { authorization: `Bearer ${token}` }),
            ...options.headers,
          },
        },
        (response) => {
          let text = '';
          const messages: Loose[] = [];
          response.setEncoding('utf8');
          const isStream = response.headers['content-type'] === 'text/event-stream';
          response.on('data', (chunk: string) => {
            text += chunk;
            if (!isStream) return;
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
              const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
              text = text.slice(end + 2);
              if (!data) continue;
              const message = JSON.parse(data);
              messages.push(message);
              options.onMessage?.(message);
            }
          });
          response.on('error', reject);
          response.on('end', () => {
            if (!isStream && text !== '') messages.push(JSON.parse(text));
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              messages,
              message: messages.at(-1) ?? {},
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  send(message: JsonRpcMessage, options: Parameters<TestGateway['raw']>[1] = {}): Promise<Answer> {
    return this.raw(JSON.stringify(message), options);
  }

  /** Opens a session of the session era and keeps it. */
  async initialize(capabilities: JsonObject = {}, path = '/servers/t/mcp', revision = '2025-11-25'): Promise<Answer> {
    const answer = await this.send(
      {
        jsonrpc: '2.0',
        id: 'init',
        method: 'initialize',
        params: { protocolVersion: revision, capabilities, clientInfo: { name: 'test', version: '1' } },
      },
      { path },
    );
    this.#session = answer.headers['mcp-session-id'] as string;
    return answer;
  }

  get sessionHeaders(): Record<string, string> {
    return this.#session === undefined ? {} : { 'mcp-session-id': this.#session, 'mcp-protocol-version': '2025-11-25' };
  }

  /** A request in the open session. */
  async request(
    method: string,
    params: JsonObject = {},
    options: Parameters<TestGateway['raw']>[1] = {},
  ): Promise<Answer> {
    if (this.#session === undefined) await this.initialize({}, options.path);
    return this.send(
      { jsonrpc: '2.0', id: this.#nextId++, method, params },
      { ...options, headers: { ...this.sessionHeaders, ...options.headers } },
    );
  }

  call(
    name: string,
    args: JsonObject = {},
    meta?: JsonObject,
    options: Parameters<TestGateway['raw']>[1] = {},
  ): Promise<Answer> {
    return this.request('tools/call', { name, arguments: args, ...(meta && { _meta: meta }) }, options);
  }

  /** A request of the stateless era. */
  stateless(
    method: string,
    params: JsonObject = {},
    capabilities: JsonObject = {},
    options: Parameters<TestGateway['raw']>[1] = {},
  ): Promise<Answer> {
    const name = params.name ?? params.uri;
    return this.send(
      {
        jsonrpc: '2.0',
        id: this.#nextId++,
        method,
        params: {
          ...params,
          _meta: {
            ...(params._meta as JsonObject | undefined),
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': capabilities,
          },
        },
      },
      {
        ...options,
        headers: {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(typeof name === 'string' && { 'mcp-name': name }),
          ...options.headers,
        },
      },
    );
  }

  /** The operator's decision, signed. */
  async decide(id: string, decision: 'approve' | 'deny' = 'approve'): Promise<void> {
    const request = await this.gateway.services.approvals.show(id);
    const signature = toBase64(operator.sign(approvalMessage(decision, request.over as `sha256:${string}`)));
    const input = { keyId: OPERATOR.keyId, signature };
    if (decision === 'approve') await this.gateway.services.approvals.approve(id, input);
    else await this.gateway.services.approvals.deny(id, input, 'no');
  }

  written(): string {
    try {
      return readFileSync(this.journal, 'utf8');
    } catch {
      return '';
    }
  }
}

export function receiptOf(answer: Answer): string {
  return answer.message.result?._meta?.['wardmesh/receipt'] ?? answer.message.error?.data?.receipt;
}

function configOf(journal: string, options: TestGatewayOptions): JsonObject {
  return {
    version: 1,
    listen: { port: 0 },
    servers: {
      t: {
        command: process.execPath,
        args: [SERVER, journal, ...(options.variant ? [options.variant] : [])],
        read: [SERVER],
        write: [join(journal, '..')],
        tools: {
          echo: { labels: [] },
          secret: { labels: ['private'] },
          slow: { labels: [] },
        },
        ...options.server,
      },
    },
    ...options.config,
  };
}
