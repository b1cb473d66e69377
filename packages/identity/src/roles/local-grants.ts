import type { Clock } from '@wardmesh/core';
import { CLOCK_SKEW, MAX_ROLE_EVENT_AGE } from '../limits.ts';
import type { SignedRoleEvent } from './event.ts';
import type { GrantSource, RoleEventStore } from './grant-source.ts';
import { type Grant, grantRefused, isInForce, RoleLog, type RoleLogRules } from './role-log.ts';

export interface LocalGrantsOptions {
  readonly store: RoleEventStore;
  readonly rules: RoleLogRules;
  readonly clock: Clock;
  /** ms without a successful {@link LocalGrants.refresh} after which nobody has a role. Default: never. */
  readonly staleAfter?: number;
}

/** Roles from the home's own log. Every replica replays and verifies the whole of it: the store is not believed. */
export class LocalGrants implements GrantSource {
  readonly #store: RoleEventStore;
  readonly #clock: Clock;
  readonly #log: RoleLog;
  readonly #bySubject = new Map<string, Grant[]>();
  readonly #listeners = new Set<(version: number) => void>();
  readonly #staleAfter: number;
  #busy: Promise<unknown> = Promise.resolve();
  #isGenuine = true;
  #loaded = Number.NEGATIVE_INFINITY;

  private constructor({ store, rules, clock, staleAfter }: LocalGrantsOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = new RoleLog(rules);
    this.#staleAfter = staleAfter ?? Number.POSITIVE_INFINITY;
  }

  /** @throws IdentityError IDENTITY_GRANT_REFUSED where the stored log is not genuine, or what the store throws */
  static async open(options: LocalGrantsOptions): Promise<LocalGrants> {
    const grants = new LocalGrants(options);
    await grants.refresh();
    return grants;
  }

  version(): number {
    return this.#log.length;
  }

  /** What the next change names as `sequence` and `previous`. */
  next(): { readonly sequence: number; readonly previous: string | null } {
    return { sequence: this.#log.length, previous: this.#log.head };
  }

  /** Nobody has a role where the log is not genuine or was not read lately. */
  grantsOf(subjects: readonly string[], now: number): readonly Grant[] {
    if (!this.#isGenuine || this.#clock.monotonic() - this.#loaded > this.#staleAfter) return [];
    return subjects.flatMap((subject) => (this.#bySubject.get(subject) ?? []).filter((grant) => isInForce(grant, now)));
  }

  /** All grants that were not revoked, in the order they were made; also those that expired. */
  all(): readonly Grant[] {
    return this.#log.grants;
  }

  subscribe(listener: (version: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes in what other processes appended. Call it every second where there are any. @throws like {@link open} */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#load());
  }

  /**
   * Makes a change durable, then in force. @throws IdentityError IDENTITY_GRANT_REFUSED: `sequence` where another came
   * first, and a new one must be signed
   */
  change(signed: SignedRoleEvent): Promise<void> {
    return this.#inTurn(async () => {
      await this.#load();
      const age = this.#clock.now() - signed.event.time;
      if (!(age <= MAX_ROLE_EVENT_AGE && age >= -CLOCK_SKEW)) throw grantRefused('time');
      // What is not genuine is never stored; what is not stored is never in force.
      this.#log.check(signed, this.#clock.now());
      if (!(await this.#store.append(this.#log.length, signed))) {
        await this.#load();
        throw grantRefused('sequence');
      }
      this.#take([signed]);
    });
  }

  async #load(): Promise<void> {
    const begin = this.#clock.monotonic();
    this.#take((await this.#store.load(this.#log.length)) as readonly SignedRoleEvent[]);
    this.#loaded = begin;
  }

  #take(events: readonly SignedRoleEvent[]): void {
    if (events.length === 0) return;
    try {
      for (const signed of events) this.#log.apply(signed);
    } catch (error) {
      this.#isGenuine = false;
      throw error;
    } finally {
      this.#bySubject.clear();
      for (const grant of this.#log.grants) {
        const others = this.#bySubject.get(grant.subject);
        if (others === undefined) this.#bySubject.set(grant.subject, [grant]);
        else others.push(grant);
      }
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(this.version());
      } catch {
        // One that fails must not keep the others from closing their connections.
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(work, work);
    this.#busy = turn.catch(() => {});
    return turn;
  }
}
