import type { JsonObject } from '@wardmesh/core';

/** What an approval is bound to: all of it is under the signed hash. */
export interface ApprovalBinding {
  readonly server: string;
  readonly tool: string;
  /** Pin of the tool's definition, `sha256:…`. */
  readonly pin: string;
  /** The arguments as the person is shown them. */
  readonly arguments: JsonObject;
  /** Hash of the canonical arguments that will run, `sha256:…`. */
  readonly argumentsHash: string;
  /** Who asks. */
  readonly principal: string;
  readonly policyVersion: string;
  /** Random, so that no two requests have one hash. */
  readonly nonce: string;
  /** Same as `expiresAt`, ms since the epoch. */
  readonly expiry: number;
}

/** The call as it stands when it is asked for or released; nonce and expiry come from the request. */
export type ApprovalCall = Omit<ApprovalBinding, 'nonce' | 'expiry'>;

/**
 * pending → approved → released, or → denied, or → expired from pending and approved. The last three are final.
 */
export type ApprovalState = 'pending' | 'approved' | 'denied' | 'expired' | 'released';

export interface ApprovalSignature {
  /** Name of the person or service the key belongs to. */
  readonly by: string;
  readonly keyId: string;
  /** As it was handed in. */
  readonly signature: string;
  /** ms since the epoch. */
  readonly at: number;
}

export interface ApprovalRequest {
  /** UUID version 4. */
  readonly id: string;
  /** Counts the changes; a store replaces a request only by the next revision. */
  readonly revision: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly binding: ApprovalBinding;
  /** Hash of the canonical binding, `sha256:…`; what approvers sign. */
  readonly over: string;
  /** The rules that asked for it. */
  readonly reason: readonly string[];
  /** Distinct signers needed, at least 1. */
  readonly quorum: number;
  /** Names of those who may decide; absent means every approver. */
  readonly eligible?: readonly string[];
  readonly state: ApprovalState;
  readonly signatures: readonly ApprovalSignature[];
  /** Who denied it, with the signature that proves it. */
  readonly denial?: ApprovalSignature;
  /** Name of who denied, or names of those whose signatures released it. */
  readonly decidedBy?: readonly string[];
  readonly denyReason?: string;
  /** ms since the epoch. */
  readonly releasedAt?: number;
}

export function isFinal(state: ApprovalState): boolean {
  return state === 'denied' || state === 'expired' || state === 'released';
}
