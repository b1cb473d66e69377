export { type Amount, assetKey, formatAmount, isZeroAmount, parseAmount } from './amount/amount.ts';
export {
  addDecimals,
  ceilDecimal,
  compareDecimals,
  type Decimal,
  decimal,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from './amount/decimal.ts';
export { formatXrp, parseDrops, parseXrp } from './amount/drops.ts';
export { WalletError, type WalletErrorCode } from './error.ts';
export { MAX_BLOB_BYTES, MAX_DROPS, MAX_LEDGERS_AHEAD, MAX_SIGNERS } from './limits.ts';
export { type Address, accountId, isClassicAddress, type ParsedAddress, parseAddress } from './xrpl/address.ts';
export { decodeStrict, decodeUnsigned } from './xrpl/decode.ts';
export type { Intent, SequenceUse } from './xrpl/intent.ts';
export { type Memo, type MemoPart, memoTexts } from './xrpl/memos.ts';
export type { Direction, Extent, Movement, MovementKind } from './xrpl/movement.ts';
export { parseUnsigned } from './xrpl/parse-unsigned.ts';
export {
  type Category,
  factsOf,
  isTransactionType,
  type Tier,
  TRANSACTION_TYPES,
  type TransactionType,
  type TransactionTypeFacts,
} from './xrpl/transaction-types.ts';
