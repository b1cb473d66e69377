export { LedgersError, type LedgersErrorCode } from './error.ts';
export { type ProxyChoice, proxyFromEnvironment } from './proxy/from-environment.ts';
export { createXrplLedger, type XrplLedgerOptions } from './xrpl/client.ts';
export { parseEndpoint } from './xrpl/endpoint.ts';
export type {
  AccountInfo,
  Fee,
  HistoryRequest,
  LedgerAmount,
  LedgerEvent,
  LedgerHeader,
  LedgerObjectType,
  Page,
  PageRequest,
  Provisional,
  ServerInfo,
  SignerListInfo,
  SubmissionOutcome,
  TransactionStatus,
  ValidatedLedger,
  ValidatedTransaction,
  WaitOptions,
  XrplLedger,
} from './xrpl/port.ts';
export {
  type FailureCategory,
  isFinalResult,
  isResultName,
  type ResultCategory,
  type ResultFacts,
  resultFacts,
} from './xrpl/result.ts';
export { transactionHash } from './xrpl/signed.ts';
