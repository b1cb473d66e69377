import { type Clock, isJsonObject, type JsonObject } from '@wardmesh/core';
import {
  isNotification,
  isRequest,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
} from '../../protocol/message.ts';
import { abortedBy, crashed, isTimeLimit, type UpstreamError, unavailable, upstreamError } from '../errors.ts';
import {
  CANCEL_GRACE_MS,
  FLOOD_PER_SECOND,
  KILL_WAIT_MS,
  MAX_CANCELLED_IDS,
  MAX_IN_FLIGHT,
  MAX_NOTIFICATIONS_PER_SECOND,
  MAX_STDIN_BACKLOG,
  MAX_VIOLATIONS,
  VIOLATION_WINDOW_MS,
} from '../limits.ts';
import { WindowMeter } from '../meter.ts';
import { handOn } from '../notifications.ts';
import type { UpstreamReply } from '../port.ts';
import { parseMessage } from '../rpc/parse.ts';
import { WireReply } from '../rpc/reply.ts';
import { type ChildExit, type ChildLike, drained } from './child.ts';
import { encodeRequest, progressTokenOf } from './encode.ts';
import { LineSplitter } from './line-splitter.ts';
import { StderrTap } from './stderr-tap.ts';
import { TurnWriter } from './turn-writer.ts';

/** A request as the wire sees it. */
export interface WireCall {
  readonly message: JsonRpcRequest;
  readonly original?: Uint8Array;
  readonly signal: AbortSignal;
  notify(message: JsonRpcNotification): void;
}

/**
 * Requests whose memory is not theirs: in the handshake a server still loads its program, and a subscription lasts as long
 * as the client. The limit of the whole sandbox holds for them too.
 */
const NO_OPERATION: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'subscriptions/listen']);

export interface ConnectionSink {
  /** A notification that names no request in flight. */
  notification(message: JsonRpcNotification): void;
  /** A server-to-client request; its answer goes to {@link StdioConnection.respond}. */
  request(message: JsonRpcRequest): void;
  /** The child is gone or being ended; called once, after its requests have failed. */
  gone(error: UpstreamError, stderr: readonly string[]): void;
  violation(what: string, count: number): void;
  dropped(what: string, count: number): void;
  stderr(line: string): void;
}

interface Pending {
  readonly call: WireCall;
  readonly token: string | number | undefined;
  readonly resolve: (reply: UpstreamReply) => void;
  readonly reject: (error: UpstreamError) => void;
  readonly endOperation: () => void;
  readonly onAbort: () => void;
  grace?: NodeJS.Timeout;
}

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/**
 * One child process with many requests in flight: each gets an integer id of ours, which is its progress token too, so
 * clients cannot collide or reach each other's. Whatever the child writes that answers nothing is counted and dropped;
 * past the bounds, or when a time limit must really stop the work, the child's process group is ended.
 */
export class StdioConnection {
  readonly #child: ChildLike;
  readonly #sink: ConnectionSink;
  readonly #pending = new Map<number, Pending>();
  readonly #cancelled = new Set<number>();
  readonly #violations: WindowMeter;
  readonly #unsolicited: WindowMeter;
  readonly #lines: LineSplitter;
  readonly #stderr: StderrTap;
  readonly #stdin: TurnWriter;
  #lastId = 0;
  #goneWith: UpstreamError | undefined;
  #ended: Promise<void> | undefined;

  constructor(
    child: ChildLike,
    options: { readonly maxLineBytes: number; readonly clock: Clock },
    sink: ConnectionSink,
  ) {
    this.#child = child;
    this.#sink = sink;
    this.#violations = new WindowMeter(options.clock, VIOLATION_WINDOW_MS);
    this.#unsolicited = new WindowMeter(options.clock, 1_000);
    this.#lines = new LineSplitter(options.maxLineBytes, {
      line: (bytes) => this.#receive(bytes),
      tooLong: (head) => this.#tooLong(head),
    });
    this.#stderr = new StderrTap(child.stderr, options.clock, (line) => sink.stderr(line));
    child.stdout.on('data', (chunk: Buffer) => this.#lines.push(chunk));
    child.stdout.on('error', () => {});
    this.#stdin = new TurnWriter(child.stdin);
    child.exited.then(
      (exit) => this.#onExit(exit),
      (cause: unknown) => this.end(crashed('the server process was lost', { cause })),
    );
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** The end of what it wrote to stderr, redacted: often the only word on why it failed. */
  get lastWords(): string | undefined {
    return this.#stderr.tail.at(-1);
  }

  get alive(): boolean {
    return this.#goneWith === undefined;
  }

  /** @throws UpstreamError */
  request(call: WireCall): Promise<UpstreamReply> {
    if (this.#goneWith !== undefined) return Promise.reject(this.#goneWith);
    if (call.signal.aborted) return Promise.reject(abortedBy(call.signal.reason));
    if (this.#pending.size >= MAX_IN_FLIGHT)
      return Promise.reject(unavailable('the server has too many requests in flight'));
    if (this.#stdin.backlog > MAX_STDIN_BACKLOG) {
      return Promise.reject(unavailable('the server does not read its requests'));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#abort(id);
      const token = progressTokenOf(call.message.params);
      const endOperation = NO_OPERATION.has(call.message.method) ? () => {} : this.#child.beginOperation();
      this.#pending.set(id, { call, token, resolve, reject, endOperation, onAbort });
      call.signal.addEventListener('abort', onAbort, { once: true });
      this.#stdin.write(encodeRequest(call.message, call.original, id));
    });
  }

  notify(message: JsonRpcNotification): void {
    if (this.alive) this.#stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Answers a server-to-client request. */
  respond(message: JsonRpcResponse): void {
    if (this.alive) this.#stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the process group; resolves when it is gone and every request in flight has failed. */
  end(error: UpstreamError): Promise<void> {
    this.#ended ??= this.#end(error);
    return this.#ended;
  }

  /** Counts a message that breaks the protocol; past the bound the child is ended. */
  violate(what: string): void {
    const count = this.#violations.add();
    this.#sink.violation(what, count);
    if (count > MAX_VIOLATIONS)
      void this.end(upstreamError('UPSTREAM_PROTOCOL', 'the server keeps breaking the protocol'));
  }

  #receive(line: Buffer): void {
    const parsed = parseMessage(line);
    if (!parsed.ok) {
      this.violate(parsed.error);
      return;
    }
    const message = parsed.value;
    if (isRequest(message) || isNotification(message)) {
      const count = this.#unsolicited.add();
      if (count > FLOOD_PER_SECOND) {
        void this.end(upstreamError('UPSTREAM_PROTOCOL', 'the server floods with messages'));
      } else if (isRequest(message)) {
        this.#sink.request(message);
      } else if (count > MAX_NOTIFICATIONS_PER_SECOND) {
        const over = count - MAX_NOTIFICATIONS_PER_SECOND;
        if (over === 1 || over % MAX_NOTIFICATIONS_PER_SECOND === 0)
          this.#sink.dropped('notifications above the rate', over);
      } else {
        this.#onNotification(message);
      }
      return;
    }
    this.#settle(line, message);
  }

  #settle(line: Buffer, message: JsonRpcResponse): void {
    const { id } = message;
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (pending === undefined) {
      if (typeof id === 'number' && this.#cancelled.delete(id)) return;
      this.violate('an answer to no request');
      return;
    }
    this.#remove(id as number, pending);
    // Answered within the grace after its time limit: the work has ended by itself.
    if (pending.grace !== undefined) {
      pending.reject(abortedBy(pending.call.signal.reason));
      return;
    }
    pending.resolve(new WireReply(line, message, pending.call.message.id));
  }

  #remove(id: number, pending: Pending): void {
    this.#pending.delete(id);
    clearTimeout(pending.grace);
    pending.call.signal.removeEventListener('abort', pending.onAbort);
    pending.endOperation();
  }

  #onNotification(message: JsonRpcNotification): void {
    if (message.method === 'notifications/progress') {
      this.#onProgress(message);
      return;
    }
    const meta = message.params?._meta;
    const subscription = isJsonObject(meta) ? meta[SUBSCRIPTION_ID] : undefined;
    if (subscription === undefined) {
      this.#sink.notification(message);
      return;
    }
    // Stateless era: the stream's request id rides along (2026-07-28 §subscriptions).
    const pending = typeof subscription === 'number' ? this.#pending.get(subscription) : undefined;
    if (pending === undefined) {
      this.#foreign(subscription, 'a notification of an unknown subscription');
      return;
    }
    const _meta = { ...(meta as JsonObject), [SUBSCRIPTION_ID]: pending.call.message.id };
    handOn(() => pending.call.notify({ ...message, params: { ...message.params, _meta } }));
  }

  #onProgress(message: JsonRpcNotification): void {
    const wire = message.params?.progressToken;
    const pending = typeof wire === 'number' ? this.#pending.get(wire) : undefined;
    if (pending?.token === undefined) {
      this.#foreign(wire, 'progress with a foreign token');
      return;
    }
    const params: JsonObject = { ...message.params, progressToken: pending.token };
    handOn(() => pending.call.notify({ ...message, params }));
  }

  /** Dropped; only an id that was never ours is a fault, since progress may race with the answer. */
  #foreign(id: unknown, what: string): void {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= this.#lastId) return;
    this.violate(what);
  }

  #abort(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const { reason } = pending.call.signal;
    const { method } = pending.call.message;
    // A subscription's stream does no work: leaving it needs no force.
    const isLimit = isTimeLimit(reason) && method !== 'subscriptions/listen';
    // initialize must not be cancelled (2025-11-25 §cancellation).
    if (method !== 'initialize') {
      const params = { requestId: id, reason: isLimit ? 'time limit' : 'cancelled by the client' };
      this.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    }
    if (isLimit) {
      // Politeness proves nothing: without an answer the work is taken to go on, so its process group ends (XR-EXEC-1).
      pending.grace = setTimeout(() => void this.end(abortedBy(reason)), CANCEL_GRACE_MS);
      return;
    }
    this.#remove(id, pending);
    if (this.#cancelled.size >= MAX_CANCELLED_IDS) this.#cancelled.clear();
    this.#cancelled.add(id);
    pending.reject(abortedBy(reason));
  }

  #tooLong(head: Buffer): void {
    const error = upstreamError('UPSTREAM_TOO_LARGE', 'the answer is larger than allowed');
    const id = /^\{"jsonrpc":"2\.0","id":(\d{1,15})[,}]/.exec(head.toString('latin1', 0, 64))?.[1];
    const pending = id === undefined ? undefined : this.#pending.get(Number(id));
    if (pending !== undefined) {
      this.#remove(Number(id), pending);
      void this.end(crashed('the server was ended for an oversized answer to another request', { cause: error })).then(
        () => pending.reject(error),
      );
    } else {
      // Whose answer it was cannot be told without reading it: all learn the true reason.
      void this.end(error);
    }
  }

  async #onExit(exit: ChildExit): Promise<void> {
    await drained(this.#child.stdout);
    const details = { exitCode: exit.code, signal: exit.signal, reason: exit.reason };
    await this.end(
      /memory/i.test(exit.reason)
        ? upstreamError('UPSTREAM_MEMORY', 'the server passed its memory limit and was ended', { details })
        : crashed('the server exited', { details }),
    );
  }

  async #end(error: UpstreamError): Promise<void> {
    this.#goneWith = error;
    this.#lines.stop();
    const failing = [...this.#pending];
    for (const [id, pending] of failing) this.#remove(id, pending);
    await Promise.race([
      this.#child.kill().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, KILL_WAIT_MS).unref()),
    ]);
    this.#stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr?.destroy();
    for (const [, pending] of failing) pending.reject(this.#failureOf(pending, error));
    this.#sink.gone(error, this.#stderr.tail);
  }

  #failureOf(pending: Pending, error: UpstreamError): UpstreamError {
    const { signal } = pending.call;
    if (signal.aborted) return abortedBy(signal.reason);
    if (error.code === 'UPSTREAM_TIMEOUT') {
      return crashed('the server was ended because another of its requests passed the time limit', { cause: error });
    }
    return error;
  }
}
