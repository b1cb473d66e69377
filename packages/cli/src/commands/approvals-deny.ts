import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type KeyOptions, signDecision } from '../operator/sign.ts';
import { print } from '../output/print.ts';
import { withApproval } from '../wallet/locate-approval.ts';
import { assertOpen, callOf } from '../wallet/request-lines.ts';

interface Options extends KeyOptions {
  readonly reason: string;
}

export async function approvalsDeny(context: Context, options: Options, id = ''): Promise<ExitCode> {
  const { reason } = options;
  return withApproval(context, id, async (located) => {
    if (located.at === 'signer') {
      const { signer, asked } = located;
      assertOpen(asked.approval);
      const signed = await signDecision(context, options, 'deny', asked.request.over);
      const { result } = await signer.request('approvals.deny', { approvalId: id, ...signed, reason });
      print(
        context,
        { ...result.request, signer: result.approval },
        `denied ${callOf(asked.approval)}: it is never signed`,
      );
      return EXIT.ok;
    }
    const { control, approval } = located;
    const signed = await signDecision(context, options, 'deny', approval.over);
    const after = await control.deny(id, { ...signed, reason });
    print(context, after, `denied ${approval.binding.server}.${approval.binding.tool}`);
    return EXIT.ok;
  });
}
