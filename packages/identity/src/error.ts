import { CodedError } from '@wardmesh/core';

/**
 * Every error code of this package; all of them deny. Why a sign-in, token or proof was refused stands in
 * `details.reason` for the operator's log and never reaches the client (XR-ERR-2).
 */
export type IdentityErrorCode =
  /** A challenge was asked for what is not served: a foreign domain, an unknown chain, a malformed address. */
  | 'IDENTITY_CHALLENGE_INVALID'
  | 'IDENTITY_SIGN_IN_REFUSED'
  /** Too many failures; `retryAfter` says how long. */
  | 'IDENTITY_LOCKED'
  /** A store this decision needs failed (XR-FAIL-1). */
  | 'IDENTITY_UNAVAILABLE'
  | 'IDENTITY_TOKEN_REFUSED'
  | 'IDENTITY_DPOP_REFUSED'
  /** A key of our own key set is malformed or of an algorithm we do not use. */
  | 'IDENTITY_KEY_INVALID'
  | 'IDENTITY_PASSKEY_REFUSED'
  /** A role grant or revocation that is malformed, out of order, unsigned or not the signer's to make. */
  | 'IDENTITY_GRANT_REFUSED'
  /** A change to a person's wallets or passkeys without the sign-ins it needs. */
  | 'IDENTITY_PERSON_REFUSED';

export class IdentityError extends CodedError<IdentityErrorCode> {}
