import type { MethodResult } from '@wardmesh/signer/client';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { readInput } from '../read-input.ts';
import { changeLine } from '../wallet/change-line.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { policyText } from '../wallet/policy-text.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options extends WalletOptions {
  readonly set?: string;
  readonly merge?: boolean;
  readonly reason?: string;
}

export async function walletPolicy(context: Context, options: Options, name = ''): Promise<ExitCode> {
  if (options.set === undefined) return show(context, options, name);
  const { set, reason } = options;
  if (reason === undefined || reason.length < 10 || reason.length > 500) {
    throw usage('--set needs --reason TEXT of 10 to 500 characters', 'The history of the policy keeps it.');
  }
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const policy =
      options.merge === true ? await readInput(context, set) : await policyText(context, set, found.network);
    const { result } = await signer.request('policy.set', {
      ...refOf(found),
      policy,
      mode: options.merge === true ? 'merge' : 'replace',
      reason,
      // An approved change takes effect by itself: it is not asked for again.
      approvalId: null,
    });
    print(context, result, [...result.changes.map(changeLine), ...outcomeLines(result)]);
    return result.status === 'applied' ? EXIT.ok : EXIT.denied;
  });
}

async function show(context: Context, options: Options, name: string): Promise<ExitCode> {
  if (options.merge || options.reason !== undefined) throw usage('--merge and --reason go with --set FILE');
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const { result } = await signer.request('policy.get', refOf(found));
    // The text alone on stdout: it can be edited and set again.
    print(context, result, JSON.stringify(result.policy, null, 2));
    return EXIT.ok;
  });
}

function outcomeLines(result: MethodResult<'policy.set'>): string[] {
  if (result.status === 'applied') {
    const { previous, current } = result;
    return [`applied: ${previous.version} → ${current.version} (${current.hash})`];
  }
  const { approvalId, quorum } = result.approval;
  return [
    `it allows more than before, so people decide: nothing has changed yet (${quorum.required} signatures)`,
    `  approval ${approvalId}`,
    `Approve: ward approvals approve ${approvalId}, and it takes effect`,
  ];
}
