import { CodedError } from '@wardmesh/core';

/** Every error code of this package. All of them mean that nothing is released. */
export type ApprovalErrorCode =
  /** A member of the request is missing, malformed or out of bounds. */
  | 'APPROVAL_INVALID'
  /** The principal has too many requests open. */
  | 'APPROVAL_TOO_MANY'
  /** No request has this id. */
  | 'APPROVAL_UNKNOWN'
  /** The call differs from the one approved, in at least one byte. */
  | 'APPROVAL_BINDING_CHANGED'
  /** The stored request contradicts itself. */
  | 'APPROVAL_NOT_GENUINE'
  | 'APPROVAL_EXPIRED'
  /** Denied, for good. */
  | 'APPROVAL_DENIED'
  /** Released before; an approval works once. */
  | 'APPROVAL_REPLAYED'
  /** Too few signatures that count now. */
  | 'APPROVAL_QUORUM_NOT_MET'
  /** The policy in force now denies the call, or could not be asked. */
  | 'APPROVAL_POLICY_DENIES'
  /** No approver has this key. */
  | 'APPROVAL_KEY_UNKNOWN'
  | 'APPROVAL_KEY_REVOKED'
  /** The signature does not verify over this request and decision. */
  | 'APPROVAL_SIGNATURE_NOT_GENUINE'
  /** The signer is not among the approvers this request names. */
  | 'APPROVAL_NOT_ELIGIBLE'
  /** The principal that asks cannot approve its own request. */
  | 'APPROVAL_SELF'
  /** Others kept changing the request. */
  | 'APPROVAL_CONFLICT'
  /** The store or the key directory failed (XR-FAIL-1). */
  | 'APPROVAL_STORE_FAILED'
  /** The waiting client left, or too many wait. */
  | 'APPROVAL_WAIT_ENDED';

export class ApprovalError extends CodedError<ApprovalErrorCode> {}
