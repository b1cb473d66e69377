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
export type { DecisionContext } from './decide/context.ts';
export { type ApprovalReason, approvalReason, type Decision, decide, type LimitsAfter } from './decide/decide.ts';
export type { Finding, FindingCode } from './decide/finding.ts';
export { leavesOf, recipientsOf, type Spend, spendOf } from './decide/spend.ts';
export { emptyUsage, type UsageSnapshot } from './decide/usage.ts';
export { WalletError, type WalletErrorCode } from './error.ts';
export {
  conditionOf,
  fulfills,
  generateCondition,
  type PreimageCondition,
  parseCondition,
  parseFulfillment,
} from './escrow/condition.ts';
export {
  checkEscrowCreate,
  checkEscrowFinish,
  type EscrowState,
  type EscrowTerms,
  escrowFinishFee,
  escrowState,
  escrowTermsOf,
} from './escrow/escrow.ts';
export { fromRippleTime, RIPPLE_EPOCH, toRippleTime } from './escrow/time.ts';
export { type LimitRequest, Limits, type ReserveOutcome, type ReserveRequest, sequencesOf } from './limits/limits.ts';
export { MemoryUsageStore } from './limits/memory-store.ts';
export { isCounted, type Reservation, type ReservationState } from './limits/reservation.ts';
export { snapshotAt } from './limits/snapshot.ts';
export type { UsageStore, UsageTransaction } from './limits/usage-store.ts';
export { dayOf } from './limits/windows.ts';
export { MAX_BLOB_BYTES, MAX_DROPS, MAX_LEDGERS_AHEAD, MAX_SIGNERS } from './limits.ts';
export {
  combineSignatures,
  type MultisignedTransaction,
  multisignBytes,
  multisignFee,
  type SignerSignature,
  signaturesOf,
  verifySignature,
} from './multisign/multisign.ts';
export { checkSignerList, compareSigners, type SignerList } from './multisign/signer-list.ts';
export { Pattern } from './pattern/pattern.ts';
export { type CompiledPolicy, compilePolicy, policyHash } from './policy/compile.ts';
export { type PolicyHistoryEntry, policyChange } from './policy/history.ts';
export { POLICY_FORMAT, policyToJson } from './policy/json.ts';
export { canonical, loadPolicy, mergePatch, type PolicyFault } from './policy/load.ts';
export { NETWORKS, type Network, type WalletPolicy } from './policy/model.ts';
export { NETWORK_IDS, presetPolicy } from './policy/presets.ts';
export type { Condition, Rule, RuleField, RuleOperator, RuleReference, RuleValue } from './policy/rule.ts';
export { compareStrictness, type PolicyChange, type StrictnessComparison } from './policy/strictness.ts';
export { type Bump, checkVersion, nextVersion } from './policy/version.ts';
export { completeBlob, nextSequence, type SequenceFacts } from './sequence/plan.ts';
export { type Address, accountId, isClassicAddress, type ParsedAddress, parseAddress } from './xrpl/address.ts';
export { decodeStrict, decodeUnsigned } from './xrpl/decode.ts';
export { encodeTransaction, withSignature } from './xrpl/encode.ts';
export type { Intent, SequenceUse } from './xrpl/intent.ts';
export { type Memo, type MemoPart, memoTexts } from './xrpl/memos.ts';
export type { Direction, Extent, Movement, MovementKind } from './xrpl/movement.ts';
export { parseCompleted, parseUnsigned } from './xrpl/parse-unsigned.ts';
export {
  type Category,
  factsOf,
  isTransactionType,
  type Tier,
  TRANSACTION_TYPES,
  type TransactionType,
  type TransactionTypeFacts,
} from './xrpl/transaction-types.ts';
