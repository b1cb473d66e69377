import { approvalLines, assertBound } from '../approval-lines.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function approvalsShow(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const approval = await controlOf(context).approval(id);
  assertBound(approval);
  const lines = approvalLines(approval, context.clock.now());
  if (approval.state === 'pending')
    lines.push('', `Approve: ward approvals approve ${id}`, `Deny:    ward approvals deny ${id}`);
  print(context, approval, lines);
  return EXIT.ok;
}
