import { approvalLines } from '../approval-lines.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type KeyOptions, signDecision } from '../operator/sign.ts';
import { note, print } from '../output/print.ts';
import { type Located, withApproval } from '../wallet/locate-approval.ts';
import { approvedLine, assertSignable, requestLines } from '../wallet/request-lines.ts';

interface Options extends KeyOptions {
  readonly yes?: boolean;
}

export async function approvalsApprove(context: Context, options: Options, id = ''): Promise<ExitCode> {
  return withApproval(context, id, async (located) => {
    if (located.at === 'signer') assertSignable(located.asked);
    if (!(await isWanted(context, options, located))) {
      note(context, 'not approved');
      return EXIT.failed;
    }
    const { over } = located.at === 'signer' ? located.asked.request : located.approval;
    const signed = await signDecision(context, options, 'approve', over);
    if (located.at === 'signer') {
      const { result } = await located.signer.request('approvals.approve', { approvalId: id, ...signed });
      print(context, { ...result.request, signer: result.approval }, approvedLine(result.approval));
      return EXIT.ok;
    }
    const after = await located.control.approve(id, signed);
    const missing = located.approval.quorum - (after.signatures?.length ?? 1);
    const { server, tool } = located.approval.binding;
    print(context, after, [
      missing > 0
        ? `signed; ${missing} more of ${located.approval.quorum} signatures are needed`
        : `approved ${server}.${tool}; it may run once`,
    ]);
    return EXIT.ok;
  });
}

/** Shows exactly what would be signed, and asks. */
async function isWanted(context: Context, options: Options, located: Located): Promise<boolean> {
  if (options.yes === true) return true;
  const now = context.clock.now();
  const lines = located.at === 'signer' ? requestLines(located.asked, now) : approvalLines(located.approval, now);
  note(context, lines.join('\n'));
  // Without a terminal nobody can be asked; the command names the request, and the signature is the act.
  if (context.stdin.isTTY !== true || context.json) return true;
  return confirm(context, 'Approve exactly this call, once?');
}
