import { CodedError, type ErrorFields } from '@wardmesh/core';

/** Codes the command line itself ends with; codes of the gateway and of packages below pass through unchanged. */
export type CliErrorCode =
  /** The command line was not understood. */
  | 'USAGE'
  /** An argument is not JSON, or not of the form it must have. */
  | 'INPUT_INVALID'
  /** A file named on the command line cannot be read or written. */
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  /** There is no home where one was expected. */
  | 'HOME_MISSING'
  /** A file of the home cannot be used: missing, damaged or open to others. */
  | 'HOME_DAMAGED'
  /** Nothing listens on the control socket. */
  | 'GATEWAY_NOT_RUNNING'
  /** A gateway runs on this home, and the command needs it stopped. */
  | 'GATEWAY_RUNNING'
  /** The gateway's address does not answer, or its TLS is not the pinned one. */
  | 'GATEWAY_UNREACHABLE'
  /** The gateway answered with something that is no answer. */
  | 'GATEWAY_PROTOCOL'
  /** There is no token for the agent. */
  | 'TOKEN_MISSING'
  /** The gateway refused a call; `cause` codes of the gateway stand in its place where they are known. */
  | 'CALL_FAILED'
  /** A secret must be typed and there is no terminal. */
  | 'PASSPHRASE_NEEDED'
  | 'PASSPHRASE_WRONG'
  /** A password or a wallet's secret must be typed and there is no terminal. */
  | 'SECRET_NEEDED'
  /** What was typed the second time is not what was typed the first time. */
  | 'SECRET_MISMATCH'
  /** The system keychain cannot be read. */
  | 'KEYCHAIN_UNSUPPORTED'
  /** The account that was confirmed is none of the secret's. Nothing was stored. */
  | 'ADDRESS_NOT_CONFIRMED'
  /** No wallet, or more than one, has the name or address. */
  | 'WALLET_UNKNOWN'
  | 'WALLET_AMBIGUOUS'
  /** The network gives no money away, or its faucet did not. */
  | 'NETWORK_NOT_SUPPORTED'
  | 'FAUCET_UNAVAILABLE'
  /** The ledger does not know the account: nobody has funded it yet. */
  | 'ACCOUNT_NOT_FUNDED'
  /** The request is decided, released or expired already. */
  | 'APPROVAL_CLOSED'
  /** A receipt, a log or a backup is not genuine. */
  | 'NOT_VERIFIED'
  /** A check of `ward doctor` failed. */
  | 'DOCTOR_FAILED'
  /** A process beside the gateway did not come up. */
  | 'LEDGER_NOT_STARTED'
  /** Nobody is signed in; the sign-in is over; a person or the gateway declined it; nobody came in time. */
  | 'NOT_LOGGED_IN'
  | 'LOGIN_ENDED'
  | 'LOGIN_DENIED'
  | 'LOGIN_EXPIRED'
  /** A sign-in's server is not the one that was asked for. */
  | 'LOGIN_ISSUER'
  /** Stopped by a signal. */
  | 'INTERRUPTED'
  /** A fault of ours. */
  | 'INTERNAL';

export function cliError(code: CliErrorCode, message: string, fields: ErrorFields = {}): CodedError<CliErrorCode> {
  return new CodedError<CliErrorCode>(code, message, fields);
}

export function usage(message: string, hint?: string): CodedError<CliErrorCode> {
  return cliError('USAGE', message, hint === undefined ? {} : { hint });
}
