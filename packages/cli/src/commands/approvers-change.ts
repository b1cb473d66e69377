import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options {
  readonly reason: string;
}

export function approversAdd(context: Context, options: Options, wallet = ''): Promise<ExitCode> {
  return propose(context, options, 'add', wallet);
}

export function approversRemove(context: Context, options: Options, keyId = ''): Promise<ExitCode> {
  return propose(context, options, 'remove', keyId);
}

/** The command only asks: who may approve is decided by those who may, over exactly this change. */
function propose(context: Context, { reason }: Options, act: 'add' | 'remove', keyId: string): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const { approval } = (await signer.request('approvers.propose', { act, keyId, reason })).result;
    print(context, approval, [
      ...approval.explanation,
      '',
      `It waits for ${approval.quorum.required} of those who may approve:`,
      `Approve: ward approvals approve ${approval.approvalId}`,
      `Deny:    ward approvals deny ${approval.approvalId}`,
    ]);
    return EXIT.denied;
  });
}
