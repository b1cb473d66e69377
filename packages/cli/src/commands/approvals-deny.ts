import { assertBound } from '../approval-lines.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type KeyOptions, signDecision } from '../operator/sign.ts';
import { print } from '../output/print.ts';

interface Options extends KeyOptions {
  readonly reason: string;
}

export async function approvalsDeny(context: Context, options: Options, id = ''): Promise<ExitCode> {
  const control = controlOf(context);
  const approval = await control.approval(id);
  assertBound(approval);
  const signed = await signDecision(context, options, 'deny', approval.over);
  const after = await control.deny(id, { ...signed, reason: options.reason });
  print(context, after, `denied ${approval.binding.server}.${approval.binding.tool}`);
  return EXIT.ok;
}
