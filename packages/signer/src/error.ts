import { CodedError, type ErrorFields } from '@wardmesh/core';

/** Every error code of this package beside those of vault, wallet, approvals and store, which pass with theirs. */
export type SignerErrorCode =
  /** Nothing listens on the socket. */
  | 'SIGNER_NOT_RUNNING'
  /** The connection ended before the answer came; whether the request was done is unknown. */
  | 'SIGNER_CONNECTION_LOST'
  /** A frame or message that is none of ours. The connection is closed. */
  | 'SIGNER_PROTOCOL'
  /** Too many requests in flight, or connections open. */
  | 'SIGNER_BUSY'
  /** No answer in time. */
  | 'SIGNER_TIMEOUT'
  /** No method of this socket: an agent's socket has none of the operator's. */
  | 'SIGNER_METHOD_UNKNOWN'
  /** The parameters, or the number of secrets, are not what the method takes. */
  | 'SIGNER_BAD_PARAMS'
  /** Something unforeseen: refused, and only the operator's log says more. */
  | 'SIGNER_INTERNAL'
  /** The process is not protected as it must be; it does not start. */
  | 'SIGNER_UNPROTECTED'
  | 'SIGNER_START_FAILED'
  /** It died too often in too short a time and is not started again. */
  | 'SIGNER_CRASH_LOOP'
  /** The path of a socket is longer than the system takes. */
  | 'SIGNER_PATH_TOO_LONG'
  /** The store's key or the approvers' file is not what it should be. */
  | 'SIGNER_HOME_DAMAGED'
  | 'WALLET_NOT_FOUND'
  | 'WALLET_LOCKED'
  | 'WALLET_ARCHIVED'
  /** Its keys were revoked: nothing signs with them again. */
  | 'WALLET_REVOKED'
  /** The name is taken on this network, or a wallet of this account is there. */
  | 'WALLET_EXISTS'
  /** The wish of an agent does not fit what is being done for it. */
  | 'WALLET_WISH_MISMATCH'
  /** The key's provider was asked and gave no answer in time, or none that is one: it may have signed. */
  | 'WALLET_SIGNATURE_UNKNOWN'
  /** No provider of keys of this name is configured, or it is not as its wallet has it. */
  | 'PROVIDER_UNKNOWN'
  /** providers.json is not what it should be. */
  | 'PROVIDERS_INVALID'
  /** The key is where this step does not expect it. */
  | 'WALLET_STATE'
  /** The operator's client does not answer questions about the ledger. */
  | 'LEDGER_UNAVAILABLE'
  /** The ledger took the transaction and refused its effect, or let it expire. */
  | 'LEDGER_REFUSED';

export class SignerError extends CodedError<SignerErrorCode> {}

export function signerError(code: SignerErrorCode, message: string, fields?: ErrorFields): SignerError {
  return new SignerError(code, message, fields);
}
