import { CodedError, type ErrorFields } from '@wardmesh/core';

/** Everything this package refuses or fails with. What a ledger decided about a transaction is an outcome, not an error. */
export type LedgersErrorCode =
  /** A URL that is not wss://, nor ws:// to loopback. */
  | 'INVALID_ENDPOINT'
  /** A request that could not be right: an address, a hash or a marker that is malformed. */
  | 'INVALID_REQUEST'
  /** No endpoint could be reached. */
  | 'CONNECTION_FAILED'
  /** The connection ended before the answer. */
  | 'CONNECTION_LOST'
  /** No answer in time. */
  | 'REQUEST_TIMEOUT'
  /** An endpoint, or a transaction, belongs to another network. */
  | 'NETWORK_MISMATCH'
  /** An answer that is not what the API promises. */
  | 'MALFORMED_ANSWER'
  /** The endpoint refused the request. */
  | 'REQUEST_REFUSED'
  | 'ACCOUNT_NOT_FOUND'
  | 'LEDGER_NOT_FOUND'
  /** The blob is not a signed transaction in canonical form, or says no last ledger. */
  | 'INVALID_TRANSACTION'
  /** Its last ledger has passed already. */
  | 'TRANSACTION_EXPIRED'
  /** Two endpoints tell different stories of a validated ledger: one lies or is on a fork. */
  | 'ENDPOINTS_DISAGREE'
  /** The client was closed. */
  | 'CLIENT_CLOSED';

/** An error of this package. `details` name endpoints and fields, never a secret. */
export class LedgersError extends CodedError<LedgersErrorCode> {
  constructor(code: LedgersErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
    this.name = 'LedgersError';
  }
}
