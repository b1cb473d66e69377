import type { Clock } from '@wardmesh/core';
import {
  AccessTokens,
  authenticate,
  Dpop,
  IdentityError,
  importTokenKey,
  MemorySingleUse,
  TokenKeys,
} from '@wardmesh/identity';
import type { Principal } from '../../pipeline/call.ts';
import type { Grants } from '../grants.ts';
import type { PeoplePort } from '../interaction/sign-in-port.ts';
import type { TokenKey } from '../keys/signing-keys.ts';
import { MAX_PROOFS, MAX_VERIFIED_TOKENS } from '../limits.ts';
import { clientRoles } from './client-roles.ts';
import { SinceStart } from './since-start.ts';

export interface TokenGateParts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly grants: Pick<Grants, 'find'>;
  readonly people: PeoplePort;
}

export interface TokenPresented {
  readonly authorization: string;
  /** The `DPoP` header, where it stands once. */
  readonly proof?: string;
  readonly method: string;
  /** Absolute, by a name of ours. */
  readonly url: string;
  readonly audience: string;
}

/** Three base64url parts: what no agent token looks like. */
const COMPACT = /^(?:Bearer|DPoP) +[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/i;
const DPOP_SCHEME = /^DPoP /i;

/**
 * Checks OAuth access tokens of one gateway. A token's signature is checked once; expiry, audience, its consent and the
 * person's roles are looked up on every request, in memory, so that what is revoked stops with the next one (A5).
 */
export class TokenGate {
  readonly #parts: TokenGateParts;
  readonly #dpop: Dpop;
  readonly issuer: string;
  #tokens: AccessTokens;

  private constructor(parts: TokenGateParts, tokens: AccessTokens) {
    this.#parts = parts;
    this.issuer = parts.issuer;
    this.#tokens = tokens;
    this.#dpop = new Dpop({
      clock: parts.clock,
      replays: new SinceStart(new MemorySingleUse(parts.clock, MAX_PROOFS), parts.clock.now()),
    });
  }

  static async open(parts: TokenGateParts, keys: readonly TokenKey[]): Promise<TokenGate> {
    return new TokenGate(parts, await tokensOf(parts, keys));
  }

  /** From now on tokens of these keys count, and of no others. */
  async useKeys(keys: readonly TokenKey[]): Promise<void> {
    this.#tokens = await tokensOf(this.#parts, keys);
  }

  /** Whether an `Authorization` header is for this gate, and not an agent's own token. */
  isFor(authorization: string): boolean {
    return COMPACT.test(authorization) || DPOP_SCHEME.test(authorization);
  }

  /** Who a token claims to be of, for lockout: nothing is proved. */
  claimedBy(authorization: string): string {
    try {
      const payload = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString();
      const { sub } = JSON.parse(payload.slice(0, 4_096)) as { sub?: unknown };
      return typeof sub === 'string' && sub.length <= 256 ? `oauth:${sub}` : 'oauth:-';
    } catch {
      return 'oauth:-';
    }
  }

  /** @throws IdentityError IDENTITY_TOKEN_REFUSED, IDENTITY_DPOP_REFUSED */
  async admit(presented: TokenPresented): Promise<Principal> {
    const claims = await authenticate(this.#tokens, this.#dpop, presented);
    const roles = this.#parts.people.rolesOf(claims.subject);
    if (roles === undefined || claims.session === undefined) {
      throw new IdentityError('IDENTITY_TOKEN_REFUSED', 'the access token was refused', {
        details: { reason: 'revoked' },
      });
    }
    return {
      id: claims.subject,
      roles: clientRoles(roles),
      client: claims.clientId,
      grant: claims.session.id,
      scopes: claims.scopes,
      expires: claims.expires * 1_000,
    };
  }
}

async function tokensOf({ issuer, clock, grants }: TokenGateParts, keys: readonly TokenKey[]): Promise<AccessTokens> {
  const imported = await Promise.all(
    keys.map((key) => importTokenKey(key.publicKey.export({ format: 'jwk' }) as never)),
  );
  return new AccessTokens({
    issuer,
    clock,
    keys: new TokenKeys(imported),
    revocations: {
      isRevoked: () => false,
      // A consent has one version: it stands or it does not.
      sessionVersion: (grant) => (grants.find(grant) === undefined ? undefined : 0),
    },
    capacity: MAX_VERIFIED_TOKENS,
  });
}
