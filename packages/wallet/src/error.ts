import { CodedError, type ErrorFields } from '@wardmesh/core';

/** Everything this package refuses with. Policy verdicts are not errors: they are the violations of a decision. */
export type WalletErrorCode =
  | 'INVALID_ADDRESS'
  | 'INVALID_AMOUNT'
  | 'AMOUNT_OUT_OF_RANGE'
  | 'INVALID_HEX_FORMAT'
  | 'TRANSACTION_TOO_SHORT'
  | 'TRANSACTION_TOO_LARGE'
  | 'DECODE_FAILED'
  | 'TRANSACTION_NOT_CANONICAL'
  | 'TRANSACTION_ALREADY_SIGNED'
  | 'INVALID_TRANSACTION'
  | 'SEQUENCE_ERROR'
  | 'INVALID_MEMO'
  | 'INVALID_BATCH'
  | 'INVALID_POLICY'
  | 'INVALID_PATTERN'
  | 'INVALID_VERSION'
  | 'RESERVATION_CONFLICT'
  | 'RESERVATION_NOT_FOUND'
  | 'RESERVATION_CLOSED'
  | 'RESERVATION_STILL_VALID'
  | 'INVALID_SIGNER_LIST'
  | 'INVALID_SIGNER'
  | 'DUPLICATE_SIGNATURE'
  | 'SIGNATURE_INVALID'
  | 'QUORUM_NOT_MET'
  | 'TRANSACTION_MISMATCH'
  | 'FEE_TOO_LOW'
  | 'INVALID_CONDITION'
  | 'INVALID_ESCROW';

/** An error of this package; `details` may name a field, never a secret. */
export class WalletError extends CodedError<WalletErrorCode> {
  constructor(code: WalletErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
    this.name = 'WalletError';
  }
}
