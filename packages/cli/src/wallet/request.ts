import type { SignerApproval, SignerClient } from '@wardmesh/signer/client';
import { assertBound } from '../approval-lines.ts';
import type { Approval } from '../control-types.ts';
import { cliError, usage } from '../error.ts';

/** A request that waits in the signer: its state, and the bound form that people sign. */
export interface SignerRequest {
  readonly approval: SignerApproval;
  readonly request: Approval;
}

/**
 * A request of the signer, held to its own hash: what is shown is what would be signed.
 * @throws CodedError NOT_VERIFIED, and the signer's APPROVAL_UNKNOWN
 */
export async function signerRequest(signer: SignerClient, approvalId: string): Promise<SignerRequest> {
  assertRequestId(approvalId);
  return bound((await signer.request('approvals.show', { approvalId })).result);
}

export function isRequestId(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

/** @throws CodedError USAGE */
export function assertRequestId(id: string): void {
  if (isRequestId(id)) return;
  throw usage('a request is named by its id', 'ward approvals list shows them.');
}

/** @throws CodedError NOT_VERIFIED where the request is not the one that its hash names */
export function bound(full: {
  readonly approval: SignerApproval;
  readonly request: Readonly<Record<string, unknown>>;
}): SignerRequest {
  const request = full.request as unknown as Approval;
  if (request.id !== full.approval.approvalId || request.binding?.server !== 'signer') {
    throw cliError('NOT_VERIFIED', 'the signer shows another request than the one asked for', {
      hint: 'Sign nothing. Stop the signer and look at its log.',
    });
  }
  assertBound(request, 'the signer');
  return { approval: full.approval, request };
}
