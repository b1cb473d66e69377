import type { SignerApproval } from '@wardmesh/signer/client';
import { approvalLines } from '../approval-lines.ts';
import { cliError, usage } from '../error.ts';
import { facts } from '../output/table.ts';
import { relative } from '../output/time.ts';
import type { SignerRequest } from './request.ts';

/** What each kind is called in a list. */
const CALLS: Readonly<Record<SignerApproval['kind'], string>> = {
  sign: 'wallet.sign',
  policy: 'wallet.policy',
  rotation: 'wallet.rotate',
  create: 'wallet.create',
  import: 'wallet.import',
  mainnet: 'wallet.mainnet',
  approvers: 'approvers.set',
};

export function callOf(approval: SignerApproval): string {
  return CALLS[approval.kind];
}

/** Where it stands, in words: a tier 2 request is signed by itself once its delay is over. */
export function standing(approval: SignerApproval, now: number): string {
  const { status, releaseAt, quorum } = approval;
  switch (status) {
    case 'waiting':
      return `waiting: signed ${releaseAt === null ? 'later' : relative(releaseAt, now)} unless denied`;
    case 'pending':
      return `pending: ${quorum.collected} of ${quorum.required} signatures`;
    default:
      return status;
  }
}

/** One request for a person: what it does and why it waits, then every member that a signature covers. */
export function requestLines({ approval, request }: SignerRequest, now: number): string[] {
  const { network, address, requiredSigners, signed } = approval;
  return [
    ...approval.explanation,
    '',
    ...facts([
      ['kind', `${callOf(approval)}, tier ${approval.tier}`],
      ['wallet', approval.kind === 'approvers' ? 'all of them' : `${network}${address === null ? '' : ` ${address}`}`],
      ['standing', standing(approval, now)],
      ...(requiredSigners.length === 0 ? [] : ([['co-signers', requiredSigners.join(', ')]] as const)),
      ...(signed === null ? [] : ([['transaction', signed.hash]] as const)),
    ]),
    '',
    // Its reasons are the explanation above.
    ...approvalLines({ ...request, reason: reasonOf(approval) }, now),
  ];
}

function reasonOf({ reason }: SignerApproval): readonly string[] {
  return reason === null ? [] : [reason];
}

/** The command that fulfils an agent's wish, with a password; undefined where signatures decide. */
export function wishCommand({ approval, request }: SignerRequest): string | undefined {
  const { kind, approvalId } = approval;
  if (kind === 'create' || kind === 'import') return `ward wallet ${kind} --request ${approvalId}`;
  // A rotation is wished for by an agent, and then consented to by people: only the consent names the new key.
  if (kind === 'rotation' && request.binding.arguments.rotationId === undefined) {
    return `ward wallet rotate --request ${approvalId} --reason REASON`;
  }
  return undefined;
}

/** What a person can do about it now. */
export function nextSteps(asked: SignerRequest): string[] {
  const { approvalId: id, status, requiredSigners } = asked.approval;
  if (status === 'waiting') return ['', `Stop it:  ward approvals deny ${id}`];
  if (status !== 'pending') return [];
  const signed =
    requiredSigners.length === 0 ? `ward approvals approve ${id}` : `ward approvals cosign ${id} --blob FILE`;
  return ['', `Approve: ${wishCommand(asked) ?? signed}`, `Deny:    ward approvals deny ${id}`];
}

/** @throws CodedError APPROVAL_CLOSED */
export function assertOpen(approval: SignerApproval): void {
  if (approval.status === 'pending' || approval.status === 'waiting' || approval.status === 'ready') return;
  throw cliError('APPROVAL_CLOSED', `the request is ${approval.status}`, {
    hint: 'Ask for it again.',
  });
}

/** Refuses what a signature of an approver does not decide. @throws CodedError APPROVAL_CLOSED, USAGE */
export function assertSignable(asked: SignerRequest): void {
  const { approval } = asked;
  assertOpen(approval);
  const id = approval.approvalId;
  if (approval.status === 'waiting') {
    throw usage(
      'nobody needs to approve this: it is signed once its delay is over',
      `Stop it: ward approvals deny ${id}`,
    );
  }
  const command = wishCommand(asked);
  if (command !== undefined) throw usage('this needs a password, not a signature', `Do it: ${command}`);
  if (approval.requiredSigners.length > 0) {
    throw usage('the ledger asks for signatures of its own', `Hand one in: ward approvals cosign ${id} --blob FILE`);
  }
}

/** Where it stands after a signature. */
export function approvedLine(approval: SignerApproval): string {
  const { collected, required } = approval.quorum;
  if (approval.status === 'released') return `approved ${callOf(approval)}; it is done`;
  return collected < required
    ? `signed; ${required - collected} more of ${required} signatures are needed`
    : `approved ${callOf(approval)}; it is done once, when it is asked for again`;
}
