import { type Clock, isCoded, type Random, redactText } from '@wardmesh/core';
import type { JsonRpcRequest } from '../../protocol/message.ts';
import type { Era } from '../../protocol/revision.ts';
import { Asks } from '../asks.ts';
import { Coalescer } from '../coalesce.ts';
import { type UpstreamError, unavailable, upstreamError } from '../errors.ts';
import type { OnUpstreamEvent } from '../event.ts';
import type { Introduction } from '../handshake.ts';
import { LONELY_REAP_MS } from '../limits.ts';
import { handOn } from '../notifications.ts';
import type { ServerFacts } from '../port.ts';
import { WrongEra } from '../wrong-era.ts';
import { type Attached, lowestOf } from './attached.ts';
import { Breaker, type BreakerOptions } from './breaker.ts';
import type { ChildLike } from './child.ts';
import { StdioConnection } from './connection.ts';
import { routeNotification, whomToAsk } from './routing.ts';
import { shakeHands } from './start.ts';

export interface LaneOptions {
  readonly upstream: string;
  /** Whose child it is. */
  readonly principal: string;
  readonly era: Era;
  readonly self: Introduction;
  /** Several principals use this child: the server asks nobody, since it could ask the wrong one. */
  readonly shared: boolean;
  readonly launch: () => Promise<ChildLike>;
  readonly handshakeTimeoutMs: number;
  /** 0: never. */
  readonly idleReapMs: number;
  readonly maxLineBytes: number;
  readonly breaker: BreakerOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent: OnUpstreamEvent;
}

/**
 * At most one child for one kind of client, started when it is needed (one start at a time), reaped when idle, started
 * again with back-off after a crash. What the clients had set on it (log level, subscriptions) is set again.
 */
export class Lane {
  readonly attached = new Set<Attached>();
  readonly #options: LaneOptions;
  readonly #breaker: Breaker;
  #connection: StdioConnection | undefined;
  #starting: Promise<StdioConnection> | undefined;
  #facts: ServerFacts | undefined;
  #calls = 0;
  #lastUse = 0;
  #reaper: NodeJS.Timeout | undefined;
  #reaped: StdioConnection | undefined;
  #closed = false;
  restarts = 0;
  lastError: string | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#breaker = new Breaker(options.breaker, options.clock, options.random);
  }

  get facts(): ServerFacts | undefined {
    return this.#facts;
  }

  get era(): Era {
    return this.#options.era;
  }

  get self(): Introduction {
    return this.#options.self;
  }

  get principal(): string {
    return this.#options.principal;
  }

  get isShared(): boolean {
    return this.#options.shared;
  }

  get state(): 'idle' | 'ready' | 'starting' | 'backing-off' | 'broken' {
    if (this.#connection !== undefined) return 'ready';
    if (this.#starting !== undefined) return 'starting';
    const { state } = this.#breaker;
    return state === 'open' ? 'broken' : state === 'closed' ? 'idle' : state;
  }

  get isForgettable(): boolean {
    return this.attached.size === 0 && this.state === 'idle' && this.#breaker.isQuiet;
  }

  /** The live child, without waiting; most calls take this way. */
  get live(): StdioConnection | undefined {
    return this.#connection?.alive ? this.#connection : undefined;
  }

  /** Starts where needed. @throws UpstreamError · WrongEra */
  ensure(): Promise<StdioConnection> {
    if (this.live !== undefined) return Promise.resolve(this.live);
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Counts a call for routing and for the reaper. */
  begin(): number {
    this.#lastUse = this.#options.clock.monotonic();
    return ++this.#calls;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#reaper);
    await this.#starting?.catch(() => {});
    await this.#connection?.end(unavailable('the gateway is closing'));
  }

  async #start(): Promise<StdioConnection> {
    // A child on its way out is waited for: never two at once.
    await this.#connection?.end(unavailable('replaced'));
    const options = this.#options;
    const connection = this.#connect(await this.#launch());
    try {
      const facts = await shakeHands(connection, options.era, options.self, options.handshakeTimeoutMs);
      if (!connection.alive || this.#closed) throw unavailable('the server went away right after the handshake');
      this.#facts = facts;
      this.#connection = connection;
      options.onEvent({ type: 'ready', upstream: options.upstream, era: facts.era, revision: facts.revision });
      this.#restore(connection);
      this.begin();
      this.#watchIdle();
      return connection;
    } catch (error) {
      await connection.end(unavailable('the handshake failed'));
      if (error instanceof WrongEra) throw error;
      this.#noteCrash(error, connection.lastWords);
      if (isCoded(error, 'UPSTREAM_CRASHED')) throw unavailable('the server exited in the handshake', { cause: error });
      throw error;
    }
  }

  async #launch(): Promise<ChildLike> {
    const options = this.#options;
    const wait = this.#breaker.admit();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#closed) throw unavailable('the gateway is closing');
    try {
      const child = await this.#launchInTime();
      options.onEvent({
        type: 'started',
        upstream: options.upstream,
        ...(child.pid !== undefined && { pid: child.pid }),
      });
      if (this.#facts !== undefined) this.restarts++;
      return child;
    } catch (cause) {
      // The operator must learn why (a sandbox that cannot be made, a missing secret); clients do not.
      const hint = isCoded(cause) ? cause.hint : undefined;
      const error = unavailable('the server could not be started', { cause, ...(hint !== undefined && { hint }) });
      this.#noteCrash(error);
      throw error;
    }
  }

  /** A launch that hangs is given up; what comes of it later is ended. */
  #launchInTime(): Promise<ChildLike> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(unavailable('the launch did not end in time'));
      }, this.#options.handshakeTimeoutMs);
      this.#options.launch().then(
        (child) => {
          clearTimeout(timer);
          resolve(child);
          if (isLate) child.kill().catch(() => {});
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  #connect(child: ChildLike): StdioConnection {
    const { upstream, onEvent, self, shared, era } = this.#options;
    const coalescer = new Coalescer((message) => {
      if (!routeNotification(message, this.attached, shared)) {
        onEvent({ type: 'dropped', upstream, what: 'an unknown notification', count: 1 });
      }
    });
    const connection = new StdioConnection(child, this.#options, {
      notification: (message) => {
        if (message.method === 'notifications/cancelled') return asks.withdraw(message.params?.requestId);
        if (!coalescer.push(message))
          onEvent({ type: 'dropped', upstream, what: 'different notifications at once', count: 1 });
      },
      request: (message) => asks.receive(message),
      gone: (error, stderr) => {
        coalescer.stop();
        this.#onGone(connection, error, stderr);
      },
      violation: (what, count) => onEvent({ type: 'violation', upstream, what, count }),
      dropped: (what, count) => onEvent({ type: 'dropped', upstream, what, count }),
      stderr: (line) => onEvent({ type: 'stderr', upstream, line }),
    });
    const asks = new Asks({
      // The stateless era has no server-to-client requests at all (2026-07-28 §basic).
      capabilities: shared || era === 'stateless' ? {} : self.capabilities,
      route: () => whomToAsk(this.attached),
      respond: (message) => connection.respond(message),
      violation: (what) => connection.violate(what),
    });
    return connection;
  }

  #onGone(connection: StdioConnection, error: UpstreamError, stderr: readonly string[]): void {
    const { upstream, onEvent } = this.#options;
    onEvent({ type: 'exited', upstream, reason: error.message, stderr });
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    clearTimeout(this.#reaper);
    if (this.#closed || this.#reaped === connection) return;
    // A child ended for a time limit did what it was told to: no crash loop.
    if (error.code === 'UPSTREAM_TIMEOUT') this.lastError = error.message;
    else this.#noteCrash(error, stderr.at(-1));
    for (const one of [...this.attached]) handOn(() => one.attachment.lost(error.code));
  }

  #noteCrash(error: unknown, lastWords?: string): void {
    const reason = isCoded(error) && isCoded(error.cause) ? error.cause : error;
    const text = isCoded(reason) ? `${reason.code}: ${redactText(reason.message)}` : 'the server could not be used';
    this.lastError = lastWords === undefined ? text : `${text}: ${lastWords}`;
    const open = this.#breaker.crashed();
    if (open !== undefined) {
      this.#options.onEvent({ type: 'breaker-open', upstream: this.#options.upstream, retryAfter: open });
    }
  }

  #watchIdle(): void {
    const { idleReapMs, clock, upstream, onEvent } = this.#options;
    if (idleReapMs <= 0) return;
    const check = () => {
      const connection = this.#connection;
      if (connection === undefined) return;
      const idle = clock.monotonic() - this.#lastUse;
      const isHeld = connection.inFlight > 0 || [...this.attached].some((one) => one.uris.size > 0);
      const patience = this.#patience();
      if (!isHeld && idle >= patience) {
        this.#reaped = connection;
        onEvent({ type: 'reaped', upstream });
        void connection.end(upstreamError('UPSTREAM_UNAVAILABLE', 'the idle server was stopped', { retryAfter: 1 }));
        return;
      }
      this.#reaper = setTimeout(check, isHeld ? patience : patience - idle + 1);
      this.#reaper.unref();
    };
    this.#reaper = setTimeout(check, this.#patience());
    this.#reaper.unref();
  }

  /** A child that nobody is attached to is wanted back sooner, if at all. */
  #patience(): number {
    const { idleReapMs } = this.#options;
    return this.attached.size === 0 ? Math.min(idleReapMs, LONELY_REAP_MS) : idleReapMs;
  }

  /** Sets on a new child what the clients had set on its predecessor. Failures are the server's own loss. */
  #restore(connection: StdioConnection): void {
    if (this.#options.era !== 'session') return;
    const never = new AbortController().signal;
    const send = (method: string, params: JsonRpcRequest['params']) => {
      const message = { jsonrpc: '2.0', id: 'ward-restore', method, ...(params !== undefined && { params }) } as const;
      connection.request({ message, signal: never, notify: () => {} }).catch(() => {});
    };
    const level = lowestOf(this.attached);
    if (level !== undefined) send('logging/setLevel', { level });
    for (const uri of new Set([...this.attached].flatMap((one) => [...one.uris]))) send('resources/subscribe', { uri });
  }
}
