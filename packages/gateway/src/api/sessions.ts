import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, fromBase64Url, type Random, toBase64Url } from '@wardmesh/core';
import { MAX_SESSIONS, MAX_SESSIONS_PER_PERSON, SESSION_IDLE_MS, SESSION_TOTAL_MS } from './limits.ts';

/** A person who signed in to the console. */
export interface WebSession {
  readonly id: string;
  /** CAIP-10 of the wallet that signed, or `passkey:` and its id. */
  readonly person: string;
  /** Unix ms. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Aborted when the session ends, so that its streams do too. */
  readonly ended: AbortSignal;
}

interface Held extends WebSession {
  readonly secretHash: Uint8Array;
  readonly end: AbortController;
  readonly openedAt: number;
  usedAt: number;
}

/**
 * Sessions of people, in memory: a restart signs everybody out. The cookie is an id and 32 random bytes; only their hash
 * is kept. Ages are by the monotonic clock, so that a clock set back keeps no session open.
 */
export class WebSessions {
  readonly #held = new Map<string, Held>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#held.size;
  }

  /** @returns the session and the cookie's value, which is not kept. */
  open(person: string): { readonly session: WebSession; readonly cookie: string } {
    this.sweep();
    const own = [...this.#held.values()].filter((held) => held.person === person);
    // The oldest goes: a person who signs in again must not be kept out by forgotten browsers.
    if (own.length >= MAX_SESSIONS_PER_PERSON) this.end(own[0]!.id);
    if (this.#held.size >= MAX_SESSIONS) this.end(this.#held.keys().next().value!);
    const id = toBase64Url(this.#random.bytes(16));
    const secret = this.#random.bytes(32);
    const now = this.#clock.now();
    const end = new AbortController();
    const at = this.#clock.monotonic();
    const session: Held = {
      id,
      person,
      createdAt: now,
      expiresAt: now + SESSION_TOTAL_MS,
      secretHash: sha256(secret),
      end,
      ended: end.signal,
      openedAt: at,
      usedAt: at,
    };
    this.#held.set(id, session);
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
    held.end.abort();
  }

  /** Ends every session of a person: their grant was taken away. */
  endPerson(person: string): void {
    for (const held of [...this.#held.values()]) if (held.person === person) this.end(held.id);
  }

  endAll(): void {
    for (const id of [...this.#held.keys()]) this.end(id);
  }

  sweep(): void {
    const at = this.#clock.monotonic();
    for (const held of [...this.#held.values()]) if (isOver(held, at)) this.end(held.id);
  }
}

function isOver({ usedAt, openedAt }: Held, at: number): boolean {
  return at - usedAt >= SESSION_IDLE_MS || at - openedAt >= SESSION_TOTAL_MS;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
