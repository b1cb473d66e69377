import type { AccessTokens } from './access-tokens.ts';
import type { AccessClaims } from './claims.ts';
import type { Dpop } from './dpop.ts';
import { tokenRefused } from './fault.ts';

/** The parts of an HTTP request that say who calls. */
export interface TokenRequest {
  /** The `Authorization` header. */
  readonly authorization: string;
  /** The `DPoP` header; a request with two is malformed before it comes here. */
  readonly proof?: string;
  readonly method: string;
  /** Absolute, from our configuration. */
  readonly url: string;
  /** The resource that is asked. */
  readonly audience: string;
}

/**
 * Who calls: the token's claims, where the token counts and, if it is bound to a key, the request carries that key's
 * proof. A bound token never passes as a bearer token, and the DPoP scheme never carries an unbound one (RFC 9449 §7.1,
 * §7.2). @throws IdentityError IDENTITY_TOKEN_REFUSED, IDENTITY_DPOP_REFUSED, or what a store throws
 */
export async function authenticate(tokens: AccessTokens, dpop: Dpop, request: TokenRequest): Promise<AccessClaims> {
  const match = /^(Bearer|DPoP) ([A-Za-z0-9\-._~+/]+=*)$/i.exec(request.authorization);
  if (match === null) throw tokenRefused('scheme');
  const isBound = match[1]!.toLowerCase() === 'dpop';
  const token = match[2]!;
  const claims = await tokens.check(token, request.audience);
  if (isBound !== (claims.keyThumbprint !== undefined)) throw tokenRefused('scheme');
  if (claims.keyThumbprint === undefined) return claims;
  if (request.proof === undefined) throw tokenRefused('proof missing');
  await dpop.verify({
    proof: request.proof,
    method: request.method,
    url: request.url,
    accessToken: token,
    thumbprint: claims.keyThumbprint,
  });
  return claims;
}
