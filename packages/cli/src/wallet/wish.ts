import type { SignerClient } from '@wardmesh/signer/client';
import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { note } from '../output/print.ts';
import { signerRequest } from './request.ts';
import { assertOpen } from './request-lines.ts';

/** What an agent asked a person to do with a password. */
export interface Wish {
  readonly approvalId: string;
  readonly network: Network;
  readonly address: string | null;
  readonly name: string | null;
  /** Text of the policy that the agent proposes. */
  readonly policy: string | null;
  readonly reason: string | null;
  readonly force: boolean;
}

/** The open wish of this id, shown to the person who is about to fulfil it. @throws CodedError USAGE, APPROVAL_UNKNOWN */
export async function readWish(
  context: Context,
  signer: SignerClient,
  kind: 'create' | 'import' | 'rotation',
  id: string,
): Promise<Wish> {
  const { approval, request } = await signerRequest(signer, id);
  if (approval.kind !== kind) {
    throw usage(`request ${id} asks for something else (${approval.kind})`, `ward approvals show ${id} tells what.`);
  }
  assertOpen(approval);
  note(context, [`${approval.principal} asks:`, ...approval.explanation.map((line) => `  ${line}`)].join('\n'));
  const asked = request.binding.arguments;
  return {
    approvalId: id,
    network: approval.network,
    address: approval.address,
    name: typeof asked.name === 'string' ? asked.name : null,
    policy: typeof asked.policy === 'string' ? asked.policy : null,
    reason: typeof asked.reason === 'string' ? asked.reason : null,
    force: asked.force === true,
  };
}
