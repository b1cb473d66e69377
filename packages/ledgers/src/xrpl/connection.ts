import type { Duplex } from 'node:stream';
import { isJsonObject, type JsonObject, MAX_RESPONSE_BYTES, parseStrictJson } from '@wardmesh/core';
import { type ClientOptions, WebSocket } from 'ws';
import { LedgersError } from '../error.ts';
import { MAX_PENDING_REQUESTS } from '../limits.ts';
import type { ProxyChoice } from '../proxy/from-environment.ts';
import { openTunnel } from '../proxy/tunnel.ts';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** Which HTTP proxy leads to a URL. Default: none. */
  readonly proxy?: ProxyChoice;
}

interface Pending {
  readonly resolve: (response: JsonObject) => void;
  readonly reject: (error: LedgersError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One WebSocket to one node. Anything that is not a well-formed message ends it: a node that cannot speak is not asked
 * again. Answers are matched by id; those nobody waits for are dropped.
 */
export class Connection {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #options: ConnectionOptions;
  #nextId = 1;
  #ended: LedgersError | undefined;
  /** Called with each message that answers nothing: the streams. */
  onStream: ((message: JsonObject) => void) | undefined;
  onEnd: (() => void) | undefined;

  private constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#receive(isBinary ? '' : data.toString()));
    socket.on('error', (cause) => this.end(lost(cause)));
    socket.on('close', () => this.end(lost()));
  }

  /** @throws LedgersError CONNECTION_FAILED */
  static open(url: URL, options: ConnectionOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        handshakeTimeout: options.connectTimeoutMs,
        maxPayload: MAX_RESPONSE_BYTES,
        perMessageDeflate: false,
        followRedirects: false,
        minVersion: 'TLSv1.2',
        ...(options.ca !== undefined && { ca: options.ca }),
        ...throughProxy(url, options),
      });
      // The handshake timeout of ws does not cover name resolution.
      const timer = setTimeout(() => socket.terminate(), options.connectTimeoutMs);
      const fail = (cause?: Error): void => {
        clearTimeout(timer);
        reject(new LedgersError('CONNECTION_FAILED', `no connection to ${url.host}`, { cause }));
      };
      socket.once('error', fail);
      socket.once('close', fail);
      socket.once('open', () => {
        clearTimeout(timer);
        socket.off('error', fail);
        socket.off('close', fail);
        resolve(new Connection(socket, options));
      });
    });
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** The whole response. @throws LedgersError CONNECTION_LOST, REQUEST_TIMEOUT, MALFORMED_ANSWER */
  request(command: string, params: JsonObject): Promise<JsonObject> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#pending.size >= MAX_PENDING_REQUESTS) {
      return Promise.reject(new LedgersError('REQUEST_REFUSED', 'too many requests wait for an answer'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // A node that is silent once is not trusted with the next request.
        this.end(new LedgersError('REQUEST_TIMEOUT', `no answer to ${command} in time`));
      }, this.#options.requestTimeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ...params, id, command, api_version: 2 }));
    });
  }

  #receive(text: string): void {
    const parsed = parseStrictJson(text);
    if (!parsed.ok || !isJsonObject(parsed.value)) {
      this.end(new LedgersError('MALFORMED_ANSWER', 'the node sent what is not a JSON object'));
      return;
    }
    const message = parsed.value;
    if (message.type !== 'response') {
      this.onStream?.(message);
      return;
    }
    const pending = typeof message.id === 'number' ? this.#pending.get(message.id) : undefined;
    if (pending === undefined) return;
    this.#pending.delete(message.id as number);
    clearTimeout(pending.timer);
    pending.resolve(message);
  }

  /** Ends the connection for good: not a failure. */
  close(): void {
    this.onEnd = undefined;
    this.end(new LedgersError('CLIENT_CLOSED', 'the ledger client was closed'));
  }

  /** Ends the connection; every request that waits fails with `reason`. */
  end(reason: LedgersError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#socket.terminate();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#pending.clear();
    this.onEnd?.();
  }
}

function lost(cause?: Error): LedgersError {
  return new LedgersError('CONNECTION_LOST', 'the connection to the node ended', cause === undefined ? {} : { cause });
}

/** What makes ws connect through a proxy, where one leads to the URL. */
function throughProxy(url: URL, options: ConnectionOptions): ClientOptions {
  const proxy = options.proxy?.(url);
  if (proxy === undefined) return {};
  const { connectTimeoutMs: timeoutMs, ca } = options;
  const createConnection = (_: unknown, done: (error: Error | null, socket?: Duplex) => void): undefined => {
    openTunnel(proxy, url, { timeoutMs, ...(ca !== undefined && { ca }) }).then((socket) => done(null, socket), done);
  };
  // Node calls it with a callback (http.request, `createConnection`); the types of ws know only the other form.
  return { createConnection: createConnection as unknown as NonNullable<ClientOptions['createConnection']> };
}
