import { approvalLines, assertBound } from '../approval-lines.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type KeyOptions, signDecision } from '../operator/sign.ts';
import { note, print } from '../output/print.ts';

interface Options extends KeyOptions {
  readonly yes?: boolean;
}

export async function approvalsApprove(context: Context, options: Options, id = ''): Promise<ExitCode> {
  const control = controlOf(context);
  const approval = await control.approval(id);
  assertBound(approval);
  if (options.yes !== true) {
    note(context, approvalLines(approval, context.clock.now()).join('\n'));
    // Without a terminal nobody can be asked; the command names the request, and the signature is the act.
    if (
      context.stdin.isTTY === true &&
      !context.json &&
      !(await confirm(context, 'Approve exactly this call, once?'))
    ) {
      note(context, 'not approved');
      return EXIT.failed;
    }
  }
  const signed = await signDecision(context, options, 'approve', approval.over);
  const after = await control.approve(id, signed);
  const missing = approval.quorum - (after.signatures?.length ?? 1);
  const { server, tool } = approval.binding;
  print(context, after, [
    missing > 0
      ? `signed; ${missing} more of ${approval.quorum} signatures are needed`
      : `approved ${server}.${tool}; it may run once`,
  ]);
  return EXIT.ok;
}
