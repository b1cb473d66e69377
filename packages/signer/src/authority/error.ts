import { CodedError, type ErrorFields } from '@wardmesh/core';

/** What the authority itself refuses with. Codes of wallet, approvals, vault and store pass through unchanged. */
export type AuthorityErrorCode =
  /** The state on disk is not genuine, or older than the log says. Nothing is signed. */
  | 'AUTHORITY_STATE_NOT_GENUINE'
  /** The wallet has no policy: nothing is signed for it. */
  | 'POLICY_MISSING'
  /** Another change of this policy came first: look at the one in force and ask again. */
  | 'CONCURRENT_MODIFICATION'
  /** The mainnet was never acknowledged, or the acknowledgement is older than 24 hours. */
  | 'MAINNET_NOT_ACKNOWLEDGED'
  | 'MAINNET_ACK_EXPIRED'
  /** The transaction leaves open what only facts of the ledger can fill. */
  | 'LEDGER_FACTS_MISSING'
  /** The facts are of another network than the wallet. */
  | 'NETWORK_MISMATCH'
  /** SigningPubKey is neither empty nor the wallet's key. */
  | 'SIGNING_KEY_MISMATCH'
  /** The wallet has no key that may sign now. */
  | 'WALLET_KEY_UNAVAILABLE'
  /** Another transaction that may still be included uses this sequence or ticket. */
  | 'SEQUENCE_IN_USE'
  /** The signature just made does not verify: it is discarded. */
  | 'SIGNATURE_NOT_GENUINE'
  /** The wallet has been signing this transaction too often without success. */
  | 'TOO_MANY_ATTEMPTS'
  /** No request has this id. */
  | 'APPROVAL_NOT_FOUND'
  /** The request is of another kind, wallet or transaction. */
  | 'APPROVAL_MISMATCH'
  /** The wallet has as many requests open, or made in the last hour, as it may. */
  | 'APPROVAL_LIMIT'
  /** Too many signatures that did not verify: the request takes no more of them. */
  | 'APPROVAL_LOCKED'
  /** The request is decided by co-signatures of the ledger, or by approvers' signatures, and this was the other. */
  | 'APPROVAL_WRONG_SIGNATURE'
  /** It is not ready: time or signatures are missing. */
  | 'APPROVAL_NOT_READY'
  /** Approvers are too few for the quorum, or would be. */
  | 'APPROVERS_TOO_FEW'
  /** It is no wallet that can be an approver. */
  | 'APPROVER_INVALID'
  /** The wallet is an approver already. */
  | 'APPROVER_KNOWN'
  /** No approver has this key. */
  | 'APPROVER_UNKNOWN';

export class AuthorityError extends CodedError<AuthorityErrorCode> {}

export function authorityError(code: AuthorityErrorCode, message: string, fields?: ErrorFields): AuthorityError {
  return new AuthorityError(code, message, fields);
}
