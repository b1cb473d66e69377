import type { JsonObject } from '@wardmesh/core';
import type { JsonRpcNotification } from '../protocol/message.ts';
import { unavailable, upstreamError } from '../upstream/errors.ts';
import { MAX_SUBSCRIPTIONS } from '../upstream/limits.ts';
import { pause } from '../upstream/pause.ts';
import { honouredFilter, type ListenFilter, unstamped } from './listen-filter.ts';

export interface SubscriptionStreamOptions {
  /** Of the stateless server. */
  readonly capabilities: JsonObject;
  /** Holds one `subscriptions/listen` open; settles when it ends. */
  readonly listen: (
    filter: ListenFilter,
    signal: AbortSignal,
    notify: (message: JsonRpcNotification) => void,
  ) => Promise<unknown>;
  /** Receives changes in session form. */
  readonly deliver: (message: JsonRpcNotification) => void;
}

const ACKNOWLEDGE_MS = 10_000;
const REOPEN_FIRST_MS = 500;
const REOPEN_LARGEST_MS = 30_000;

/**
 * A session client's subscriptions, kept as one `subscriptions/listen` of a stateless server: opened for the
 * `list_changed` the server offers, opened anew with each change of the subscribed resources (the old stream ends only
 * when the new one is acknowledged), and opened again when it breaks.
 */
export class SubscriptionStream {
  readonly #options: SubscriptionStreamOptions;
  readonly #uris = new Set<string>();
  #current: AbortController | undefined;
  #isClosed = false;
  #isSuspended = false;
  #changes: Promise<void> = Promise.resolve();

  constructor(options: SubscriptionStreamOptions) {
    this.#options = options;
  }

  /** Opens what needs no subscribing. Failures are retried in the background. */
  start(): void {
    this.#isSuspended = false;
    this.#changes = this.#changes.then(() => this.#open()).catch(() => {});
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /** The server went away: nothing is opened until {@link start} says that it is wanted again. */
  suspend(): void {
    this.#isSuspended = true;
    this.#current?.abort(unavailable('the server went away'));
  }

  /** @throws UpstreamError where the server does not acknowledge */
  subscribe(uri: string): Promise<void> {
    if (this.#uris.size >= MAX_SUBSCRIPTIONS) return Promise.reject(unavailable('too many subscriptions'));
    return this.#change(() => this.#uris.add(uri));
  }

  unsubscribe(uri: string): Promise<void> {
    return this.#change(() => this.#uris.delete(uri));
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.abort(unavailable('the channel is closed'));
  }

  #change(apply: () => unknown): Promise<void> {
    const before = new Set(this.#uris);
    const change = this.#changes.then(async () => {
      apply();
      try {
        await this.#open();
      } catch (error) {
        this.#uris.clear();
        for (const uri of before) this.#uris.add(uri);
        throw error;
      }
    });
    this.#changes = change.catch(() => {});
    return change;
  }

  async #open(): Promise<void> {
    const previous = this.#current;
    const wanted = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: [...this.#uris],
    };
    const filter = honouredFilter(wanted, this.#options.capabilities) ?? {};
    if (!this.#isClosed && Object.keys(filter).length > 0) {
      const next = new AbortController();
      await this.#acknowledged(filter, next);
      this.#current = next;
    }
    previous?.abort(unavailable('replaced'));
  }

  /** Resolves when the stream is acknowledged. */
  #acknowledged(filter: ListenFilter, controller: AbortController): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        controller.abort(unavailable('not acknowledged'));
        reject(upstreamError('UPSTREAM_TIMEOUT', 'the server did not acknowledge the subscription in time'));
      }, ACKNOWLEDGE_MS);
      let isOpen = false;
      const onMessage = (message: JsonRpcNotification) => {
        if (message.method === 'notifications/subscriptions/acknowledged') {
          isOpen = true;
          clearTimeout(timer);
          resolve();
        } else if (isOpen && !controller.signal.aborted) this.#options.deliver(unstamped(message));
      };
      this.#options.listen(filter, controller.signal, onMessage).then(
        () => {
          clearTimeout(timer);
          reject(unavailable('the server ended the subscription'));
          if (isOpen) void this.#reopen(controller);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error);
          if (isOpen) void this.#reopen(controller);
        },
      );
    });
  }

  /** A stream that was open broke: it is opened again, for as long as it takes. */
  async #reopen(broken: AbortController): Promise<void> {
    for (let wait = REOPEN_FIRST_MS; ; wait = Math.min(2 * wait, REOPEN_LARGEST_MS)) {
      await pause(wait, broken.signal).catch(() => {});
      if (this.#isClosed || this.#current !== broken || broken.signal.aborted) return;
      try {
        await this.#open();
        return;
      } catch {}
    }
  }
}
