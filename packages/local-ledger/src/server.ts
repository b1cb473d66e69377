import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@wardmesh/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { runCommand } from './commands/index.ts';
import { RpcError } from './commands/rpc-error.ts';
import type { Params } from './commands/select.ts';
import { answerFaucet } from './faucet.ts';
import { type Faults, hits, noFaults } from './faults.ts';
import type { TestLedger } from './ledger.ts';
import { KEPT_REQUESTS, MAX_CONNECTIONS, MAX_REQUEST_BYTES } from './limits.ts';
import { isLoopbackCaller } from './loopback.ts';
import { Subscriptions } from './subscriptions.ts';
import { transactionHash } from './transaction.ts';

export interface LedgerServerOptions {
  readonly ledger: TestLedger;
  /** 0 takes a free port. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Close a ledger this often, ms. Default: on command only. */
  readonly closeEveryMs?: number;
  /** Speak TLS: `wss://localhost:PORT`. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** After each close: where state is persisted. */
  readonly onClose?: (ledger: TestLedger) => void;
}

/** A ledger node on loopback: WebSocket API, faucet at POST /accounts, and faults on command. */
export interface LedgerServer {
  readonly ledger: TestLedger;
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/accounts`, which speaks as the public faucets do. */
  readonly faucetUrl: string;
  readonly faults: Faults;
  /** Requests seen, oldest first; the last few thousand of them. */
  readonly requests: readonly string[];
  /** Closes the open ledger. */
  close(): void;
  /** Drops every connection at once. */
  dropConnections(): void;
  stop(): Promise<void>;
}

export async function startLedgerServer(options: LedgerServerOptions): Promise<LedgerServer> {
  const { ledger, clock = systemClock } = options;
  const faults = noFaults();
  const requests: string[] = [];
  const sockets = new Set<WebSocket>();
  const handler: RequestListener = (request, response) => {
    answerFaucet(ledger, request, response).catch(() => response.destroy());
  };
  const http = options.tls === undefined ? createServer(handler) : createSecureServer(options.tls, handler);
  http.maxConnections = MAX_CONNECTIONS;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES });
  const subscriptions = new Subscriptions(ledger);
  http.on('upgrade', (request, socket, head) => {
    if (faults.refuse || !isLoopbackCaller(request.headers)) {
      socket.destroy();
      return;
    }
    server.handleUpgrade(request, socket, head, (ws) => {
      sockets.add(ws);
      ws.on('error', () => ws.terminate());
      ws.on('close', () => {
        sockets.delete(ws);
        subscriptions.drop(ws);
      });
      ws.on('message', (data) => receive(ws, data.toString()));
    });
  });

  function receive(ws: WebSocket, text: string): void {
    const request = parseRequest(text);
    const command = String(request?.command ?? '');
    requests.push(command);
    if (requests.length > KEPT_REQUESTS) requests.splice(0, KEPT_REQUESTS / 2);
    if (hits(faults.dropOn, command)) {
      ws.terminate();
      return;
    }
    if (hits(faults.swallow, command)) {
      const id = request?.id;
      const said = faults.lie?.({ command, params: request ?? {} }, { id, result: swallowed(request) });
      if (said !== undefined) ws.send(JSON.stringify(said));
      return;
    }
    const response = respond(ws, request, command);
    if (hits(faults.silent, command)) return;
    const said = faults.lie?.({ command, params: request ?? {} }, response) ?? response;
    const out = hits(faults.malformed, command) ? '{"id": 1, "status": "succ' : JSON.stringify(said);
    if (faults.delayMs === 0) ws.send(out);
    else setTimeout(() => ws.readyState === ws.OPEN && ws.send(out), faults.delayMs).unref();
  }

  function respond(ws: WebSocket, request: Params | undefined, command: string): Record<string, unknown> {
    const id = request?.id;
    try {
      if (request === undefined) throw new RpcError('jsonInvalid');
      const isSubscription = command === 'subscribe' || command === 'unsubscribe';
      const result = isSubscription
        ? subscriptions.handle(ws, command, request)
        : runCommand({ ledger, now: clock.now() }, command, request);
      return {
        id,
        status: 'success',
        type: 'response',
        result,
        ...(request.api_version !== undefined && { api_version: request.api_version }),
      };
    } catch (error) {
      const refused = error instanceof RpcError ? error : new RpcError('internal', String(error));
      return { id, status: 'error', type: 'response', ...refused.fields(), request };
    }
  }

  function close(): void {
    ledger.close();
    options.onClose?.(ledger);
  }

  function dropConnections(): void {
    for (const ws of sockets) ws.terminate();
  }

  await listen(http, options.port ?? 0);
  const { port } = http.address() as AddressInfo;
  const timer = options.closeEveryMs === undefined ? undefined : setInterval(close, options.closeEveryMs);
  timer?.unref();
  return {
    ledger,
    url: options.tls === undefined ? `ws://127.0.0.1:${port}` : `wss://localhost:${port}`,
    faucetUrl: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/accounts`,
    faults,
    requests,
    close,
    dropConnections,
    async stop() {
      clearInterval(timer);
      subscriptions.end();
      dropConnections();
      server.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** What a lie about a swallowed submission can build on. */
function swallowed(request: Params | undefined): Record<string, unknown> {
  const blob = typeof request?.tx_blob === 'string' ? request.tx_blob : '';
  return { tx_json: { hash: transactionHash(blob) }, validated_ledger_index: 1 };
}

function parseRequest(text: string): Params | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Params) : undefined;
  } catch {
    return undefined;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
