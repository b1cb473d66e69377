import { bindingHash } from '@wardmesh/approvals';
import { contentHash } from '@wardmesh/crypto';
import type { Approval } from './control-types.ts';
import { cliError } from './error.ts';
import { facts } from './output/table.ts';
import { relative, when } from './output/time.ts';

/**
 * Holds a request to its own hash: what is shown must be what would be signed, or a taken-over gateway could show one
 * call and have another one approved. @throws CodedError NOT_VERIFIED
 */
export function assertBound(approval: Approval, who: 'the gateway' | 'the signer' = 'the gateway'): void {
  if (bindingHash(approval.binding, contentHash) === approval.over) return;
  throw cliError('NOT_VERIFIED', `${who} shows another call than it asks to sign`, {
    hint: `Sign nothing. Stop ${who} and run ward audit verify.`,
  });
}

/** One request for a person: every member that the signature covers. */
export function approvalLines(approval: Approval, now: number): string[] {
  const { binding } = approval;
  return [
    ...facts([
      ['call', `${binding.server}.${binding.tool}`],
      ['asked by', binding.principal],
      ['because of', approval.reason.join(', ') || '-'],
      ['state', `${approval.state}, expires ${relative(approval.expiresAt, now)} (${when(approval.expiresAt)})`],
      ['signatures', `${approval.signatures.length} of ${approval.quorum}${signers(approval)}`],
      ['tool pin', binding.pin],
      ['policy', binding.policyVersion],
      ['arguments', binding.argumentsHash],
      ['signed hash', approval.over],
    ]),
    'with',
    ...JSON.stringify(binding.arguments, null, 2)
      .split('\n')
      .map((line) => `  ${line}`),
    ...(approval.denyReason === undefined ? [] : [`denied because: ${approval.denyReason}`]),
  ];
}

function signers(approval: Approval): string {
  const names = approval.signatures.map((signature) => signature.by);
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}
