import { ACCOUNT_TYPES } from './types/account-types.ts';
import { BRIDGE_TYPES } from './types/bridge-types.ts';
import type { TransactionTypeFacts } from './types/facts.ts';
import { PAYMENT_TYPES } from './types/payment-types.ts';
import { POOL_TYPES } from './types/pool-types.ts';
import { TOKEN_TYPES } from './types/token-types.ts';

export type { Category, Tier, TransactionTypeFacts, UnboundedMovement } from './types/facts.ts';

/** Fields that every transaction may carry (rippled TxFormats, common fields) and that we let through. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  'TransactionType',
  'Flags',
  'SourceTag',
  'Account',
  'Sequence',
  'LastLedgerSequence',
  'AccountTxnID',
  'Fee',
  'Memos',
  'SigningPubKey',
  'TicketSequence',
  'NetworkID',
]);

/**
 * Common fields that we refuse, each with its reason: the emitted-transaction leftovers do nothing on the ledger; the
 * others make someone else the signer or the payer, which no policy here describes.
 */
export const REFUSED_COMMON_FIELDS: Readonly<Record<string, string>> = {
  PreviousTxnID: 'has no meaning in a transaction',
  OperationLimit: 'has no meaning on the XRP Ledger',
  Delegate: 'someone else would sign for the account',
  Sponsor: 'someone else would pay',
  SponsorFlags: 'someone else would pay',
};

/** Common fields that mean the transaction is signed, in whole or in part. */
export const SIGNATURE_FIELDS: ReadonlySet<string> = new Set([
  'TxnSignature',
  'Signers',
  'SponsorSignature',
  'BatchSigners',
  'CounterpartySignature',
  'MasterSignature',
]);

/** Every user transaction type that the codec knows. A test fails where the codec knows a type or a field that is not here. */
export const TRANSACTION_TYPES = {
  ...PAYMENT_TYPES,
  ...ACCOUNT_TYPES,
  ...TOKEN_TYPES,
  ...POOL_TYPES,
  ...BRIDGE_TYPES,
} as const satisfies Readonly<Record<string, TransactionTypeFacts>>;

export type TransactionType = keyof typeof TRANSACTION_TYPES;

export function isTransactionType(name: unknown): name is TransactionType {
  return typeof name === 'string' && Object.hasOwn(TRANSACTION_TYPES, name);
}

export function factsOf(type: TransactionType): TransactionTypeFacts {
  return TRANSACTION_TYPES[type];
}
