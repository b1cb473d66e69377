import type { Clock } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { ANCHOR_RECORDS } from '../limits.ts';
import type { LogStorage } from '../ports.ts';
import { encodeHead, type Head } from './head.ts';
import { HEAD } from './names.ts';

export interface HeadWriterOptions {
  readonly storage: LogStorage;
  readonly key: HmacKey;
  readonly origin: string;
  readonly clock: Clock;
  /** Longest time that a head stays unsynced, ms. */
  readonly syncMs: number;
}

/**
 * Keeps the head anchor: a record behind the others with each commit, which costs no sync, and the whole file anew from
 * time to time, which is one. A record is written only when what it covers is durable.
 */
export class HeadWriter {
  readonly #options: HeadWriterOptions;
  #head: Omit<Head, 'time'> | undefined;
  #records = 1;
  #syncedAt: number;
  #timer: NodeJS.Timeout | undefined;
  /** The file is written by one call at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: HeadWriterOptions) {
    this.#options = options;
    this.#syncedAt = options.clock.monotonic();
  }

  /** The head after a commit. */
  note(head: Omit<Head, 'time'>): Promise<void> {
    return this.#inTurn(() => this.#note(head));
  }

  /** The same, durable when it resolves. */
  sync(head: Omit<Head, 'time'>): Promise<void> {
    return this.#inTurn(() => this.#sync(head));
  }

  async #note(head: Omit<Head, 'time'>): Promise<void> {
    const { clock, storage, syncMs } = this.#options;
    this.#head = head;
    this.#armTimer();
    if (this.#records >= ANCHOR_RECORDS || clock.monotonic() - this.#syncedAt >= syncMs) return this.#sync(head);
    // A record that is cut would put those behind it out of step: after a failure the file is written anew.
    const records = this.#records;
    this.#records = ANCHOR_RECORDS;
    await storage.append(HEAD, this.#encode(head));
    this.#records = records + 1;
  }

  async #sync(head: Omit<Head, 'time'>): Promise<void> {
    await this.#options.storage.writeAtomic(HEAD, this.#encode(head));
    this.#records = 1;
    this.#head = undefined;
    this.#syncedAt = this.#options.clock.monotonic();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#head = undefined;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  #encode(head: Omit<Head, 'time'>): Uint8Array {
    const { key, origin, clock } = this.#options;
    return encodeHead(key, origin, { ...head, time: clock.now() });
  }

  /** Makes the last head durable soon, where no further commit does. */
  #armTimer(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#inTurn(async () => {
        if (this.#head !== undefined) await this.#sync(this.#head).catch(() => this.#armTimer());
      });
    }, this.#options.syncMs);
    this.#timer.unref();
  }
}
