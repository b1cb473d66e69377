import { BoundedCache, type Clock } from '@wardmesh/core';
import { MAX_LABELLED_SESSIONS, MAX_LABELS } from '../limits.ts';
import type { Label } from './labels.ts';

export interface SessionLabelsOptions {
  readonly clock: Clock;
  /**
   * Milliseconds for which labels stick to the principal after they were last added, also across its sessions: a new
   * session does not launder what the agent may remember. 0 forgets with the session.
   */
  readonly stickyFor: number;
}

interface Held {
  readonly labels: Set<Label>;
  /** Monotonic milliseconds after which they no longer count for new sessions. */
  until: number;
}

/** Labels that sessions have read. Only ever grows within a session. */
export class SessionLabels {
  readonly #clock: Clock;
  readonly #stickyFor: number;
  readonly #sessions = new BoundedCache<string, Set<Label>>(MAX_LABELLED_SESSIONS);
  readonly #principals = new BoundedCache<string, Held>(MAX_LABELLED_SESSIONS);

  constructor(options: SessionLabelsOptions) {
    this.#clock = options.clock;
    this.#stickyFor = options.stickyFor;
  }

  /** Notes that a result with these labels reached the session. */
  add(principal: string, session: string, labels: Iterable<Label>): void {
    const own = this.#open(principal, session);
    const held = this.#held(principal) ?? { labels: new Set<Label>(), until: 0 };
    let any = false;
    for (const label of labels) {
      any = true;
      // Beyond the bound nothing is forgotten: both labels of the rule are always kept.
      if (own.size < MAX_LABELS || label === 'untrusted' || label === 'private') own.add(label);
      if (held.labels.size < MAX_LABELS || label === 'untrusted' || label === 'private') held.labels.add(label);
    }
    if (!any) return;
    held.until = this.#clock.monotonic() + this.#stickyFor;
    if (this.#stickyFor > 0) this.#principals.set(principal, held);
  }

  /** Labels that count for the next call of this session: its own, and those that stick to its principal. */
  of(principal: string, session: string): ReadonlySet<Label> {
    const own = this.#open(principal, session);
    const held = this.#held(principal);
    // What stuck when the session first asked stays with it, or waiting would loosen a running session.
    if (held !== undefined) for (const label of held.labels) own.add(label);
    return own;
  }

  /** The session has ended; what sticks to the principal stays. */
  end(principal: string, session: string): void {
    this.#sessions.delete(keyOf(principal, session));
  }

  #open(principal: string, session: string): Set<Label> {
    const key = keyOf(principal, session);
    let labels = this.#sessions.get(key);
    if (labels === undefined) {
      labels = new Set();
      this.#sessions.set(key, labels);
    }
    return labels;
  }

  #held(principal: string): Held | undefined {
    const held = this.#principals.get(principal);
    if (held === undefined || this.#clock.monotonic() < held.until) return held;
    this.#principals.delete(principal);
    return undefined;
  }
}

function keyOf(principal: string, session: string): string {
  return `${principal.length}:${principal}${session}`;
}
