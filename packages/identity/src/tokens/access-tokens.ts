import { BoundedCache, type Clock } from '@wardmesh/core';
import { sha256Text } from '@wardmesh/crypto';
import { compactVerify } from 'jose';
import { MAX_CHECKED_TOKENS, MAX_TOKEN_LENGTH } from '../limits.ts';
import { type AccessClaims, checkTimes, parseClaims } from './claims.ts';
import { readCompact } from './compact.ts';
import { tokenRefused } from './fault.ts';
import type { TokenKeys } from './keys.ts';

/** What was revoked, in memory: asked at every call. @throws and the token is refused */
export interface Revocations {
  isRevoked(tokenId: string): boolean;
  /** The version a session is at; undefined where it is over. Raising it ends all its tokens at once. */
  sessionVersion(session: string): number | undefined;
}

export interface AccessTokensOptions {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
  /** Checked tokens kept. Default {@link MAX_CHECKED_TOKENS}. */
  readonly capacity?: number;
}

interface Checked {
  readonly claims: AccessClaims;
  readonly kid: string;
}

/** Header members of our tokens. Others could name another key, or a rule we do not follow (RFC 8725 §3). */
const HEADER = new Set(['alg', 'typ', 'kid']);

/**
 * Checks access tokens (CM-AUTH-2; RFC 9068, RFC 8725). A token is verified once; after that its hash finds the claims,
 * and what can change is asked every time: expiry, audience, its key, its revocation, its session.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #checked: BoundedCache<string, Checked>;

  constructor(options: AccessTokensOptions) {
    this.#options = options;
    this.#checked = new BoundedCache(options.capacity ?? MAX_CHECKED_TOKENS);
  }

  /**
   * What a token says, where it counts now and for that audience. Says nothing about the key it may be bound to:
   * {@link authenticate} does. @throws IdentityError IDENTITY_TOKEN_REFUSED
   */
  async check(token: string, audience: string): Promise<AccessClaims> {
    if (token.length > MAX_TOKEN_LENGTH) throw tokenRefused('oversized');
    const digest = Buffer.from(sha256Text(token)).toString('base64');
    let checked = this.#checked.get(digest);
    if (checked === undefined) {
      checked = await this.#verify(token);
      this.#checked.set(digest, checked);
    }
    this.#assertStillCounts(checked, audience);
    return checked.claims;
  }

  #assertStillCounts({ claims, kid }: Checked, audience: string): void {
    const { keys, revocations, clock } = this.#options;
    const now = clock.now();
    if (keys.find(kid, now) === undefined) throw tokenRefused('unknown key');
    if (claims.audience !== audience) throw tokenRefused('audience');
    const fault = checkTimes(claims, now);
    if (fault !== undefined) throw tokenRefused(fault);
    if (revocations.isRevoked(claims.tokenId)) throw tokenRefused('revoked');
    const { session } = claims;
    if (session && revocations.sessionVersion(session.id) !== session.version) throw tokenRefused('session over');
  }

  async #verify(token: string): Promise<Checked> {
    const { keys, issuer, clock } = this.#options;
    const parts = readCompact(token);
    if (typeof parts === 'string') throw tokenRefused(parts);
    const { alg, typ, kid } = parts.header;
    if (Object.keys(parts.header).some((name) => !HEADER.has(name))) throw tokenRefused('header');
    if (typ !== 'at+jwt') throw tokenRefused('type');
    const key = typeof kid === 'string' ? keys.find(kid, clock.now()) : undefined;
    if (key === undefined) throw tokenRefused('unknown key');
    // The key decides the algorithm, never the token (RFC 8725 §3.1).
    if (alg !== key.alg) throw tokenRefused('algorithm');
    try {
      await compactVerify(token, key.key, { algorithms: [key.alg] });
    } catch {
      throw tokenRefused('signature');
    }
    const claims = parseClaims(parts.payload, issuer);
    if (!claims.ok) throw tokenRefused(claims.error);
    return { claims: claims.value, kid: key.kid };
  }
}
