import type { Clock } from '@wardmesh/core';
import { MAX_LABELLED_SESSIONS, MAX_LABELS, SPILLED_LABELS_FOR } from '../limits.ts';
import type { Label } from './labels.ts';

export interface SessionLabelsOptions {
  readonly clock: Clock;
  /**
   * Milliseconds for which labels stick to the principal after they were last added, also across its sessions: a new
   * session does not launder what the agent may remember. 0 forgets with the session.
   */
  readonly stickyFor: number;
  /** Sessions and principals remembered; default {@link MAX_LABELLED_SESSIONS}. */
  readonly capacity?: number;
}

interface Held {
  readonly labels: Set<Label>;
  /** Monotonic milliseconds after which they no longer count for new sessions. */
  until: number;
}

const NONE: ReadonlySet<Label> = new Set();

/**
 * Labels that sessions have read. Within a session they only grow. Where there is no room for another session, the oldest
 * one's labels spill over every session for a day: forgetting them would be a way around the rule (XR-FAIL-1).
 */
export class SessionLabels {
  readonly #clock: Clock;
  readonly #stickyFor: number;
  readonly #capacity: number;
  readonly #sessions = new Map<string, Set<Label>>();
  readonly #principals = new Map<string, Held>();
  readonly #spilled: Held = { labels: new Set(), until: 0 };

  constructor(options: SessionLabelsOptions) {
    this.#clock = options.clock;
    this.#stickyFor = options.stickyFor;
    this.#capacity = options.capacity ?? MAX_LABELLED_SESSIONS;
  }

  /** Notes that a result with these labels reached the session. */
  add(principal: string, session: string, labels: Iterable<Label>): void {
    const added = [...labels];
    if (added.length === 0) return;
    this.#grow(keyOf(principal, session), added);
    if (this.#stickyFor <= 0) return;
    const held = this.#held(principal) ?? { labels: new Set<Label>(), until: 0 };
    merge(held.labels, added);
    held.until = this.#clock.monotonic() + this.#stickyFor;
    this.#principals.delete(principal);
    this.#principals.set(principal, held);
    this.#trim(this.#principals, (oldest) => oldest.labels);
  }

  /** Labels that count for the next call of this session: its own, and those that stick to its principal. */
  of(principal: string, session: string): ReadonlySet<Label> {
    const key = keyOf(principal, session);
    const inherited = [...(this.#held(principal)?.labels ?? NONE), ...this.#spill()];
    // What stuck when the session first asked stays with it, or waiting would loosen a running session.
    if (inherited.length > 0) this.#grow(key, inherited);
    return this.#sessions.get(key) ?? NONE;
  }

  /** The session has ended; what sticks to the principal stays. */
  end(principal: string, session: string): void {
    this.#sessions.delete(keyOf(principal, session));
  }

  #grow(key: string, added: readonly Label[]): void {
    const own = this.#sessions.get(key) ?? new Set<Label>();
    merge(own, added);
    // Put last, so that the first of the map is the one used longest ago.
    this.#sessions.delete(key);
    this.#sessions.set(key, own);
    this.#trim(this.#sessions, (oldest) => oldest);
  }

  #trim<T>(map: Map<string, T>, labelsOf: (oldest: T) => Set<Label>): void {
    for (const [key, oldest] of map) {
      if (map.size <= this.#capacity) return;
      merge(this.#spilled.labels, [...labelsOf(oldest)]);
      this.#spilled.until = this.#clock.monotonic() + Math.max(this.#stickyFor, SPILLED_LABELS_FOR);
      map.delete(key);
    }
  }

  #spill(): ReadonlySet<Label> {
    if (this.#spilled.labels.size > 0 && this.#clock.monotonic() >= this.#spilled.until) this.#spilled.labels.clear();
    return this.#spilled.labels;
  }

  #held(principal: string): Held | undefined {
    const held = this.#principals.get(principal);
    if (held === undefined || this.#clock.monotonic() < held.until) return held;
    this.#principals.delete(principal);
    return undefined;
  }
}

/** Beyond the bound only the two labels of the rule are added: they are never left out. */
function merge(into: Set<Label>, added: readonly Label[]): void {
  for (const label of added) {
    if (into.size < MAX_LABELS || label === 'untrusted' || label === 'private') into.add(label);
  }
}

/** Length first, so that no principal and session spell another pair. */
function keyOf(principal: string, session: string): string {
  return `${principal.length}:${principal}${session}`;
}
