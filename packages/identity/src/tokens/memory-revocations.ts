import type { Revocations } from './access-tokens.ts';

/**
 * Revocations in memory, as the hot path asks them. Whoever owns it makes each change durable first and loads them all
 * at start: a restart must not bring a revoked token back.
 */
export class MemoryRevocations implements Revocations {
  readonly #tokens = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  isRevoked(tokenId: string): boolean {
    return this.#tokens.has(tokenId);
  }

  sessionVersion(session: string): number | undefined {
    return this.#sessions.get(session);
  }

  /** @param expires when the token would have expired, ms since the epoch */
  revokeToken(tokenId: string, expires: number): void {
    this.#tokens.set(tokenId, expires);
  }

  setSession(session: string, version: number): void {
    this.#sessions.set(session, version);
  }

  endSession(session: string): void {
    this.#sessions.delete(session);
  }

  /** Forgets revoked tokens that expired anyway. */
  sweep(now: number): void {
    for (const [tokenId, expires] of this.#tokens) if (expires <= now) this.#tokens.delete(tokenId);
  }
}
