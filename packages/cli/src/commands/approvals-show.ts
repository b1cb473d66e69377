import { approvalLines } from '../approval-lines.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { withApproval } from '../wallet/locate-approval.ts';
import { nextSteps, requestLines } from '../wallet/request-lines.ts';

export async function approvalsShow(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const now = context.clock.now();
  return withApproval(context, id, async (located) => {
    if (located.at === 'signer') {
      const { asked } = located;
      print(context, { ...asked.request, signer: asked.approval }, [...requestLines(asked, now), ...nextSteps(asked)]);
      return EXIT.ok;
    }
    const { approval } = located;
    const lines = approvalLines(approval, now);
    if (approval.state === 'pending')
      lines.push('', `Approve: ward approvals approve ${id}`, `Deny:    ward approvals deny ${id}`);
    print(context, approval, lines);
    return EXIT.ok;
  });
}
