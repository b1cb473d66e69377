import type { Clock, JsonObject } from '@wardmesh/core';
import type { OauthRepository } from '@wardmesh/store';
import type { GrantFacts, GrantHooks } from './adapter.ts';

/** One consent in force, as operators see it. */
export interface ActiveGrant extends GrantFacts {
  readonly id: string;
}

export type GrantEnd = 'revoked' | 'expired';
export type OnGrantEnded = (grant: ActiveGrant, why: GrantEnd) => void;

/**
 * The consents in force, in memory: whether a token's grant still stands costs one look-up on each request. The home is
 * this process's alone, so nothing else ends or begins one.
 */
export class Grants implements GrantHooks {
  readonly #active = new Map<string, GrantFacts>();
  readonly #clock: Clock;
  readonly #repository: OauthRepository;
  readonly #onEnded: OnGrantEnded;

  private constructor(repository: OauthRepository, clock: Clock, onEnded: OnGrantEnded) {
    this.#repository = repository;
    this.#clock = clock;
    this.#onEnded = onEnded;
  }

  static async open(repository: OauthRepository, clock: Clock, onEnded: OnGrantEnded): Promise<Grants> {
    const grants = new Grants(repository, clock, onEnded);
    for (const { id, value } of await repository.list('Grant:', clock.now())) {
      const facts = factsOf(value);
      if (facts) grants.#active.set(id.slice('Grant:'.length), facts);
    }
    return grants;
  }

  begun(id: string, grant: GrantFacts): void {
    this.#active.set(id, grant);
  }

  ended(id: string, why: GrantEnd = 'revoked'): void {
    const grant = this.#active.get(id);
    if (grant === undefined) return;
    this.#active.delete(id);
    this.#onEnded({ id, ...grant }, why);
  }

  /** The consent of that fingerprint, unless it was revoked or is over. */
  find(id: string): GrantFacts | undefined {
    const grant = this.#active.get(id);
    if (grant === undefined) return undefined;
    if (grant.expires * 1_000 > this.#clock.now()) return grant;
    this.ended(id, 'expired');
    return undefined;
  }

  list(person?: string): readonly ActiveGrant[] {
    return [...this.#active]
      .filter(([, grant]) => person === undefined || grant.person === person)
      .map(([id, grant]) => ({ id, ...grant }));
  }

  /** Ends a consent and everything that came of it: tokens, codes, open streams. @returns whether it was in force */
  async revoke(id: string): Promise<boolean> {
    const known = this.#active.has(id);
    this.ended(id);
    await this.#repository.removeGroup(`grant:${id}`);
    return known;
  }

  /** Ends all of a person. @returns how many */
  async revokeAll(person: string): Promise<number> {
    const own = this.list(person);
    for (const { id } of own) this.ended(id);
    for (const { id } of own) await this.#repository.removeGroup(`grant:${id}`);
    return own.length;
  }
}

function factsOf(value: JsonObject): GrantFacts | undefined {
  const { accountId, clientId, exp } = value;
  if (typeof accountId !== 'string' || typeof clientId !== 'string' || typeof exp !== 'number') return undefined;
  return { person: accountId, client: clientId, expires: exp };
}
