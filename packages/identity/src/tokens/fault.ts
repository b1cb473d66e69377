import { IdentityError } from '../error.ts';

/** Why a token was refused: for the operator's log only. */
export type TokenFault =
  | 'oversized'
  | 'malformed'
  /** A header member we never write: `jwk`, `jku`, `x5u`, `crit` and all others. */
  | 'header'
  | 'type'
  | 'algorithm'
  | 'unknown key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'claims'
  | 'lifetime'
  | 'future'
  | 'expired'
  | 'revoked'
  | 'session over'
  /** A token bound to a key came without its proof, or as a bearer token. */
  | 'proof missing'
  | 'scheme';

/** Why a DPoP proof was refused. `nonce` asks the client to repeat with the nonce it is given (RFC 9449 §9). */
export type DpopFault =
  | 'oversized'
  | 'malformed'
  | 'header'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'claims'
  | 'method'
  | 'URI'
  | 'stale'
  | 'future'
  | 'access token'
  | 'other key'
  | 'nonce'
  | 'replayed';

export function tokenRefused(reason: TokenFault): IdentityError {
  return new IdentityError('IDENTITY_TOKEN_REFUSED', 'the access token was refused', { details: { reason } });
}

export function dpopRefused(reason: DpopFault): IdentityError {
  return new IdentityError('IDENTITY_DPOP_REFUSED', 'the DPoP proof was refused', { details: { reason } });
}
