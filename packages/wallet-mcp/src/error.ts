import { CodedError, type ErrorFields } from '@wardmesh/core';

/**
 * Errors that this package makes. Those of the signer, of packages/wallet and of packages/ledgers pass with their own
 * codes; what nobody foresaw is INTERNAL_ERROR with a correlation id and nothing else.
 */
export type WalletMcpErrorCode =
  /** An argument is missing, unknown or not of its type. */
  | 'VALIDATION_ERROR'
  /** An argument looks like a seed, a mnemonic or a key. It was not read, kept or repeated. */
  | 'SECRET_REFUSED'
  | 'INVALID_ADDRESS'
  | 'INVALID_AMOUNT'
  | 'INVALID_MEMO'
  | 'INVALID_MARKER'
  | 'INVALID_DATE_RANGE'
  | 'INVALID_TRANSACTION'
  | 'WALLET_NOT_FOUND'
  /** A wallet, a transaction or an address belongs to another network than the one that was asked. */
  | 'NETWORK_MISMATCH'
  /** The tool does not work on this network. */
  | 'NETWORK_NOT_SUPPORTED'
  | 'FAUCET_UNAVAILABLE'
  /** The blob carries no signature. */
  | 'MISSING_SIGNATURE'
  /** This wallet's signer did not sign it, and the operator allows nothing else. */
  | 'NOT_SIGNED_HERE'
  /** Not decided in the time given. It may still be validated. */
  | 'VALIDATION_TIMEOUT'
  | 'ESCROW_NOT_FOUND'
  /** A flag of the command line. */
  | 'INVALID_OPTION'
  | 'INTERNAL_ERROR';

/** An error of this package; its message never repeats a value that an agent gave. */
export class WalletMcpError extends CodedError<WalletMcpErrorCode> {
  constructor(code: WalletMcpErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
    this.name = 'WalletMcpError';
  }
}
