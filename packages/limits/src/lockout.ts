import { LOCK_QUIET_PERIOD, MAX_LOCK, MAX_LOCKOUT_IDS, UNSAVED_RETRY } from './limits.ts';
import type { LockoutState, LockoutStore } from './lockout-store.ts';

export interface LockoutRules {
  /** Failures within the window that lock. */
  readonly attempts: number;
  /** Seconds in which failures count. */
  readonly window: number;
  /** Seconds of the first lock; each next one is twice as long. */
  readonly duration: number;
  /** Seconds no lock exceeds. */
  readonly cap: number;
  /** Seconds without failure or lock after which the doubling starts anew. */
  readonly quiet: number;
}

/** XR-LOCK-1; cap 24 h, quiet period 7 d. */
export const LOCKOUT_RULES: LockoutRules = Object.freeze({
  attempts: 5,
  window: 900,
  duration: 1_800,
  cap: MAX_LOCK / 1_000,
  quiet: LOCK_QUIET_PERIOD / 1_000,
});

export type LockoutDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** `unsaved`: the store failed, so nothing is believed. `full`: too many identities are being tracked. */
      readonly reason: 'locked' | 'unsaved' | 'full';
      /** Whole seconds, at least 1. */
      readonly retryAfter: number;
    };

const ALLOWED: LockoutDecision = Object.freeze({ allowed: true });

/**
 * Authentication lockout (XR-LOCK-1; seed §Authentication Lockout). All state is in memory and every change is durable
 * before `fail` or `succeed` resolves; where it cannot be made so, the identity is denied until it can (XR-FAIL-1).
 * A clock set back neither lifts a lock nor makes it longer than it was given: times ahead of `now` are taken as `now`.
 */
export class Lockout {
  readonly #store: LockoutStore;
  readonly #rules: LockoutRules;
  readonly #maxIds: number;
  readonly #states: Map<string, LockoutState>;
  readonly #unsaved = new Set<string>();
  readonly #writes = new Map<string, Promise<void>>();
  #lastRetry = Number.NEGATIVE_INFINITY;
  #lastSweep = Number.NEGATIVE_INFINITY;

  private constructor(store: LockoutStore, rules: LockoutRules, maxIds: number, states: Map<string, LockoutState>) {
    this.#store = store;
    this.#rules = rules;
    this.#maxIds = maxIds;
    this.#states = states;
  }

  /** Loads what earlier processes left. @throws whatever the store throws: without its lockouts a gateway does not start */
  static async open(
    store: LockoutStore,
    options: { readonly rules?: Partial<LockoutRules>; readonly maxIds?: number } = {},
  ): Promise<Lockout> {
    const states = new Map(await store.all());
    return new Lockout(store, { ...LOCKOUT_RULES, ...options.rules }, options.maxIds ?? MAX_LOCKOUT_IDS, states);
  }

  /** Whether `id` may try. One map look-up for whoever never failed. @param now ms since the epoch */
  check(id: string, now: number): LockoutDecision {
    if (this.#unsaved.size > 0) {
      this.#retryUnsaved(now);
      if (this.#unsaved.has(id)) return { allowed: false, reason: 'unsaved', retryAfter: seconds(UNSAVED_RETRY) };
    }
    const state = this.#states.get(id);
    if (state === undefined) return this.#states.size < this.#maxIds ? ALLOWED : this.#checkFull(now);
    const left = this.#timeLeft(id, state, now);
    return left > 0 ? { allowed: false, reason: 'locked', retryAfter: seconds(left) } : ALLOWED;
  }

  /** Records a failure and answers what {@link check} now says. Never throws: a store that fails denies. */
  async fail(id: string, now: number): Promise<LockoutDecision> {
    const state = this.#states.get(id);
    if (state === undefined && this.#states.size >= this.#maxIds) {
      const decision = this.#checkFull(now);
      if (!decision.allowed) return decision;
    }
    if (state === undefined || this.#timeLeft(id, state, now) <= 0) {
      this.#states.set(id, this.#afterFailure(state, now));
      await this.#save(id);
    }
    return this.check(id, now);
  }

  /** Forgets the failures of `id`, not the doubling. A lock in force stays. Never throws: a store that fails denies. */
  async succeed(id: string, now: number): Promise<LockoutDecision> {
    const state = this.#states.get(id);
    if (state === undefined || this.#timeLeft(id, state, now) > 0) return this.check(id, now);
    const kept = this.#recentLocks(state, now);
    if (kept > 0) this.#states.set(id, { ...state, failures: [], locks: kept });
    else this.#states.delete(id);
    if (state.failures.length > 0 || kept !== state.locks || this.#unsaved.has(id)) await this.#save(id);
    return this.check(id, now);
  }

  #afterFailure(state: LockoutState | undefined, now: number): LockoutState {
    const since = now - this.#rules.window * 1_000;
    const failures = (state?.failures ?? []).map((time) => Math.min(time, now)).filter((time) => time > since);
    failures.push(now);
    const locks = state === undefined ? 0 : this.#recentLocks(state, now);
    if (failures.length < this.#rules.attempts) {
      return {
        failures,
        locks,
        ...(locks > 0 && { lockedAt: state!.lockedAt!, lockedFor: state!.lockedFor! }),
      };
    }
    const lockedFor = Math.min(this.#rules.cap, this.#rules.duration * 2 ** Math.min(locks, 40)) * 1_000;
    return { failures: [], lockedAt: now, lockedFor, locks: locks + 1 };
  }

  /** Locks that still count towards the doubling. */
  #recentLocks(state: LockoutState, now: number): number {
    const last = Math.max((state.lockedAt ?? 0) + (state.lockedFor ?? 0), state.failures.at(-1) ?? 0);
    return now - last >= this.#rules.quiet * 1_000 ? 0 : state.locks;
  }

  /** Milliseconds the lock still lasts; zero or less where there is none. */
  #timeLeft(id: string, state: LockoutState, now: number): number {
    if (state.lockedAt === undefined || state.lockedFor === undefined) return 0;
    if (state.lockedAt > now) {
      this.#states.set(id, { ...state, lockedAt: now });
      return state.lockedFor;
    }
    return state.lockedAt + state.lockedFor - now;
  }

  /** The table is full: what has expired makes room, else whoever is unknown is denied (fails closed). */
  #checkFull(now: number): LockoutDecision {
    if (now - this.#lastSweep >= UNSAVED_RETRY || now < this.#lastSweep) {
      this.#lastSweep = now;
      const since = now - this.#rules.window * 1_000;
      for (const [id, state] of this.#states) {
        const stale = this.#recentLocks(state, now) === 0 && (state.failures.at(-1) ?? 0) <= since;
        if (!stale || this.#unsaved.has(id) || this.#timeLeft(id, state, now) > 0) continue;
        this.#states.delete(id);
        void this.#save(id);
      }
    }
    if (this.#states.size < this.#maxIds) return ALLOWED;
    return { allowed: false, reason: 'full', retryAfter: seconds(UNSAVED_RETRY) };
  }

  #retryUnsaved(now: number): void {
    if (now - this.#lastRetry < UNSAVED_RETRY && now >= this.#lastRetry) return;
    this.#lastRetry = now;
    for (const id of this.#unsaved) void this.#save(id);
  }

  /** Writes of one identity go one after the other, each with the newest state. */
  #save(id: string): Promise<void> {
    const write = (this.#writes.get(id) ?? Promise.resolve()).then(async () => {
      try {
        await this.#store.save(id, this.#states.get(id));
        this.#unsaved.delete(id);
      } catch {
        this.#unsaved.add(id);
      }
    });
    this.#writes.set(id, write);
    return write.finally(() => {
      if (this.#writes.get(id) === write) this.#writes.delete(id);
    });
  }
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
