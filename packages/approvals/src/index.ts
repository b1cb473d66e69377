export { Approvals, type ApprovalsOptions, type Reevaluate } from './approvals.ts';
export type { ApprovalAsk } from './create.ts';
export { ApprovalError, type ApprovalErrorCode } from './error.ts';
export { mayBeOne } from './holder.ts';
export { DEFAULT_LIFETIME, MAX_LIFETIME, MAX_PENDING_PER_PRINCIPAL, MAX_QUORUM } from './limits.ts';
export { MemoryApprovalStore } from './memory-store.ts';
export { type ApprovalDecision, approvalMessage, bindingHash, type ContentHash } from './message.ts';
export type {
  ApprovalFilter,
  ApprovalStore,
  ApproverKey,
  ApproverKeys,
  Ed25519Verify,
  PasskeyVerify,
  WalletVerify,
} from './ports.ts';
export {
  type ApprovalBinding,
  type ApprovalCall,
  type ApprovalRequest,
  type ApprovalSignature,
  type ApprovalState,
  isFinal,
} from './request.ts';
export type { SignatureInput } from './signers.ts';
