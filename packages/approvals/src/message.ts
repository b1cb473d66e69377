import { canonicalBytes, utf8 } from '@wardmesh/core';
import type { ApprovalBinding } from './request.ts';

export type ApprovalDecision = 'approve' | 'deny';

/** `sha256:` and hex of the SHA-256 of the bytes; @wardmesh/crypto's contentHash. */
export type ContentHash = (bytes: Uint8Array) => string;

/** The hash approvers sign: of the canonical binding, all nine members and no other (WM-APR-1; design, §Approval). */
export function bindingHash(binding: ApprovalBinding, contentHash: ContentHash): string {
  return contentHash(
    canonicalBytes({
      server: binding.server,
      tool: binding.tool,
      pin: binding.pin,
      arguments: binding.arguments,
      argumentsHash: binding.argumentsHash,
      principal: binding.principal,
      policyVersion: binding.policyVersion,
      nonce: binding.nonce,
      expiry: binding.expiry,
    }),
  );
}

/** The bytes an approver's key signs. The first line keeps the signature from meaning anything elsewhere. */
export function approvalMessage(decision: ApprovalDecision, over: string): Uint8Array {
  return utf8(`wardmesh approval v1\n${decision}\n${over}`);
}
