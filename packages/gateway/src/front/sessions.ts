import { type Clock, canonicalize, type JsonObject, type Random, toBase64Url } from '@wardmesh/core';
import type { Principal, Route } from '../pipeline/call.ts';
import { LATEST_STATELESS, type Revision } from '../protocol/revision.ts';
import { MAX_SESSIONS, MAX_SESSIONS_PER_PRINCIPAL, SESSION_IDLE_MS } from './limits.ts';
import { routeKey } from './route.ts';
import { type Attach, Session } from './session.ts';

/** All sessions. A session is found by its id *and* its principal: holding an id is not a proof of anything (SBP4). */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #implicit = new Map<string, Session>();
  readonly #attach: Attach;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(attach: Attach, clock: Clock, random: Random) {
    this.#attach = attach;
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#sessions.size + this.#implicit.size;
  }

  /** Opens a session of the session era. */
  open(principal: Principal, route: Route, revision: Revision, capabilities: JsonObject, info?: JsonObject): Session {
    this.#makeRoom(principal.id);
    const id = toBase64Url(this.#random.bytes(24));
    const session = new Session(
      { id, principal, route, era: 'session', revision, capabilities, ...(info && { info }) },
      this.#attach,
      this.#clock.monotonic(),
    );
    this.#sessions.set(id, session);
    return session;
  }

  /** The session of that id, if it is this principal's and was opened on this route. */
  find(id: string, principal: Principal, route: Route): Session | undefined {
    const session = this.#sessions.get(id);
    if (!session || !isSame(session.principal, principal) || routeKey(session.route) !== routeKey(route))
      return undefined;
    // The consent may be a newer one, with other scopes.
    session.principal = principal;
    session.lastUsed = this.#clock.monotonic();
    return session;
  }

  /** The shared state of a stateless client, made on first use. */
  implicit(principal: Principal, route: Route, capabilities: JsonObject, info?: JsonObject): Session {
    const key = `${principal.id} ${principal.client ?? ''} ${routeKey(route)} ${canonicalize(capabilities)}`;
    let session = this.#implicit.get(key);
    if (!session || session.closed) {
      this.#makeRoom(principal.id);
      session = new Session(
        {
          id: `stateless-${toBase64Url(this.#random.bytes(12))}`,
          principal,
          route,
          era: 'stateless',
          revision: LATEST_STATELESS,
          capabilities,
          ...(info && { info }),
        },
        this.#attach,
        this.#clock.monotonic(),
      );
      this.#implicit.set(key, session);
    }
    session.principal = principal;
    session.lastUsed = this.#clock.monotonic();
    return session;
  }

  async end(session: Session): Promise<void> {
    this.#sessions.delete(session.id);
    for (const [key, value] of this.#implicit) if (value === session) this.#implicit.delete(key);
    await session.close();
  }

  /** Ends what has been idle too long, and what belongs to principals that `gone` names. */
  async sweep(gone: (principal: string) => boolean = () => false): Promise<number> {
    const now = this.#clock.monotonic();
    const over = this.#all().filter(
      (session) => gone(session.principal.id) || (!session.busy && now - session.lastUsed > SESSION_IDLE_MS),
    );
    await Promise.all(over.map((session) => this.end(session)));
    return over.length;
  }

  /** Ends what is open on behalf of those principals. @returns how many */
  async endOf(isOver: (principal: Principal) => boolean): Promise<number> {
    const over = this.#all().filter((session) => isOver(session.principal));
    await Promise.all(over.map((session) => this.end(session)));
    return over.length;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#all().map((session) => this.end(session)));
  }

  /** Open streams of a principal, in all of its sessions. */
  streamsOf(principal: string): number {
    return this.#all().reduce((sum, session) => (session.principal.id === principal ? sum + session.streams : sum), 0);
  }

  all(): readonly Session[] {
    return this.#all();
  }

  #all(): Session[] {
    return [...this.#sessions.values(), ...this.#implicit.values()];
  }

  /** The longest idle session of the principal (or, past the total, of anyone) makes room. */
  #makeRoom(principal: string): void {
    if (this.size < MAX_SESSIONS_PER_PRINCIPAL) return;
    const own = this.#all().filter((session) => session.principal.id === principal);
    const candidates = own.length >= MAX_SESSIONS_PER_PRINCIPAL ? own : this.size >= MAX_SESSIONS ? this.#all() : [];
    let oldest: Session | undefined;
    for (const session of candidates) if (!oldest || session.lastUsed < oldest.lastUsed) oldest = session;
    if (oldest) void this.end(oldest);
  }
}

/** One person's clients are apart: what one of them is told, another must not see. */
function isSame(a: Principal, b: Principal): boolean {
  return a.id === b.id && a.client === b.client;
}
