import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, fromBase64Url, type Random, toBase64Url } from '@wardmesh/core';
import { MAX_SESSIONS, MAX_SESSIONS_PER_PERSON, SESSION_IDLE_MS, SESSION_TOTAL_MS } from './limits.ts';

/** A person who signed in to the console. */
export interface WebSession {
  readonly id: string;
  /** CAIP-10 of the wallet that signed, or that the passkey stands for. */
  readonly person: string;
  /** `wallet`, or `passkey:` and its credential id. */
  readonly openedBy: string;
  /** By the monotonic clock, ms. */
  readonly openedAt: number;
  /** Unix ms. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Aborted when the session ends, so that its streams do too. */
  readonly ended: AbortSignal;
}

interface Held extends WebSession {
  readonly secretHash: Uint8Array;
  readonly end: AbortController;
  usedAt: number;
}

/**
 * Sessions of people, in memory: a restart signs everybody out. The cookie is an id and 32 random bytes; only their hash
 * is kept. Ages are by the monotonic clock, so that a clock set back keeps no session open.
 */
export class WebSessions {
  readonly #held = new Map<string, Held>();
  /** Ids of each person's, the oldest first. */
  readonly #byPerson = new Map<string, Set<string>>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #isKnown: (person: string) => boolean;

  /** @param isKnown whether somebody holds any role; by default everybody does */
  constructor(clock: Clock, random: Random, isKnown: (person: string) => boolean = () => true) {
    this.#clock = clock;
    this.#random = random;
    this.#isKnown = isKnown;
  }

  get size(): number {
    return this.#held.size;
  }

  /** @returns the session and the cookie's value, which is not kept. */
  open(person: string, openedBy = 'wallet'): { readonly session: WebSession; readonly cookie: string } {
    if (this.#held.size >= MAX_SESSIONS) this.sweep();
    // The oldest goes: a person who signs in again must not be kept out by forgotten browsers.
    const [oldest, ...others] = this.#byPerson.get(person) ?? [];
    if (oldest !== undefined && others.length + 1 >= MAX_SESSIONS_PER_PERSON) this.end(oldest);
    if (this.#held.size >= MAX_SESSIONS) this.end(this.#leastOf().id);
    const id = toBase64Url(this.#random.bytes(16));
    const secret = this.#random.bytes(32);
    const now = this.#clock.now();
    const end = new AbortController();
    const at = this.#clock.monotonic();
    const session: Held = {
      id,
      person,
      openedBy,
      createdAt: now,
      expiresAt: now + SESSION_TOTAL_MS,
      secretHash: sha256(secret),
      end,
      ended: end.signal,
      openedAt: at,
      usedAt: at,
    };
    this.#held.set(id, session);
    this.#byPerson.set(person, (this.#byPerson.get(person) ?? new Set()).add(id));
    return { session, cookie: `${id}.${toBase64Url(secret)}` };
  }

  /** The session of a cookie's value, and uses it; undefined where there is none. */
  find(cookie: string): WebSession | undefined {
    const match = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(cookie);
    const held = match === null ? undefined : this.#held.get(match[1]!);
    if (held === undefined) return undefined;
    const at = this.#clock.monotonic();
    if (isOver(held, at)) {
      this.end(held.id);
      return undefined;
    }
    let secret: Uint8Array;
    try {
      secret = fromBase64Url(match![2]!);
    } catch {
      return undefined;
    }
    if (!timingSafeEqual(sha256(secret), held.secretHash)) return undefined;
    held.usedAt = at;
    return held;
  }

  end(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    const own = this.#byPerson.get(held.person);
    own?.delete(id);
    if (own?.size === 0) this.#byPerson.delete(held.person);
    held.end.abort();
  }

  /** Ends every session of a person: their grant was taken away. */
  endPerson(person: string): void {
    for (const id of [...(this.#byPerson.get(person) ?? [])]) this.end(id);
  }

  /** Ends every session that a passkey opened: it was removed. */
  endOpenedBy(way: string): void {
    for (const held of [...this.#held.values()]) if (held.openedBy === way) this.end(held.id);
  }

  endAll(): void {
    for (const id of [...this.#held.keys()]) this.end(id);
  }

  /** Who makes room: anybody can make wallets without end, so a stranger goes before anybody who has a role. */
  #leastOf(): Held {
    for (const held of this.#held.values()) if (!this.#isKnown(held.person)) return held;
    return this.#held.values().next().value!;
  }

  /** Ends what is over. */
  sweep(): void {
    const at = this.#clock.monotonic();
    for (const held of this.#held.values()) if (isOver(held, at)) this.end(held.id);
  }
}

function isOver({ usedAt, openedAt }: Held, at: number): boolean {
  return at - usedAt >= SESSION_IDLE_MS || at - openedAt >= SESSION_TOTAL_MS;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
