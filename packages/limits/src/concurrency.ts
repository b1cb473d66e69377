import { CodedError } from '@wardmesh/core';
import type { LimitsErrorCode } from './error.ts';
import { MAX_CONCURRENT, MAX_QUEUED, QUEUE_TIMEOUT } from './limits.ts';

/** Gives the slot back. Further calls do nothing. */
export type Release = () => void;

export interface ConcurrencyOptions {
  /** In flight per principal; default {@link MAX_CONCURRENT}. */
  readonly max?: number;
  /** Waiting per principal; default {@link MAX_QUEUED}. */
  readonly queue?: number;
  /** Longest wait, ms; default {@link QUEUE_TIMEOUT}. */
  readonly timeout?: number;
}

interface Slots {
  active: number;
  readonly waiting: Set<(release: Release) => void>;
}

/** At most so many operations in flight per principal; the rest wait in turn or are refused with retryAfter (XR-EXEC-3). */
export class Concurrency {
  readonly #max: number;
  readonly #queue: number;
  readonly #timeout: number;
  readonly #slots = new Map<string, Slots>();
  #total = 0;

  constructor(options: ConcurrencyOptions = {}) {
    this.#max = options.max ?? MAX_CONCURRENT;
    this.#queue = options.queue ?? MAX_QUEUED;
    this.#timeout = options.timeout ?? QUEUE_TIMEOUT;
  }

  /** Operations of `principal` in flight. */
  active(principal: string): number {
    return this.#slots.get(principal)?.active ?? 0;
  }

  /** Operations of all principals in flight. */
  get total(): number {
    return this.#total;
  }

  /** A slot at once, or undefined. Whoever waits goes first. */
  tryAcquire(principal: string): Release | undefined {
    let slots = this.#slots.get(principal);
    if (slots === undefined) {
      slots = { active: 0, waiting: new Set() };
      this.#slots.set(principal, slots);
    }
    if (slots.active >= this.#max || slots.waiting.size > 0) return undefined;
    slots.active++;
    this.#total++;
    return this.#releaseOnce(principal, slots);
  }

  /**
   * A slot, waiting in turn for one where all are taken.
   * @throws CodedError LIMITS_CONCURRENCY_EXCEEDED, LIMITS_QUEUE_TIMEOUT (both with retryAfter), LIMITS_QUEUE_ABORTED
   */
  async acquire(principal: string, signal?: AbortSignal): Promise<Release> {
    if (signal?.aborted) throw aborted(signal);
    const release = this.tryAcquire(principal);
    if (release !== undefined) return release;
    const slots = this.#slots.get(principal)!;
    if (slots.waiting.size >= this.#queue) {
      throw refused('LIMITS_CONCURRENCY_EXCEEDED', 'too many operations at once for this principal');
    }
    return new Promise<Release>((resolve, reject) => {
      const leave = () => {
        slots.waiting.delete(take);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const take = (slot: Release) => {
        leave();
        resolve(slot);
      };
      const onAbort = () => {
        leave();
        reject(aborted(signal!));
      };
      const timer = setTimeout(() => {
        leave();
        reject(refused('LIMITS_QUEUE_TIMEOUT', 'no operation of this principal ended in time'));
      }, this.#timeout);
      signal?.addEventListener('abort', onAbort, { once: true });
      slots.waiting.add(take);
    });
  }

  #releaseOnce(principal: string, slots: Slots): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = slots.waiting.values().next();
      if (!next.done) {
        // The slot passes on without being free in between, so nobody overtakes.
        next.value(this.#releaseOnce(principal, slots));
        return;
      }
      slots.active--;
      this.#total--;
      if (slots.active === 0) this.#slots.delete(principal);
    };
  }
}

function refused(code: LimitsErrorCode, message: string): CodedError<LimitsErrorCode> {
  return new CodedError(code, message, { retryAfter: 1, hint: 'let running calls end, then repeat' });
}

function aborted(signal: AbortSignal): CodedError<LimitsErrorCode> {
  return new CodedError('LIMITS_QUEUE_ABORTED', 'the caller left the queue', { cause: signal.reason });
}
