import { isJsonObject } from '@wardmesh/core';
import type { MethodResult } from '@wardmesh/signer/client';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { readInput } from '../read-input.ts';
import { findWallet, refOf, type WalletOptions } from '../wallet/find.ts';
import { policyText } from '../wallet/policy-text.ts';
import { assertRequestId } from '../wallet/request.ts';
import { withSigner } from '../wallet/signer.ts';

interface Options extends WalletOptions {
  readonly set?: string;
  readonly merge?: boolean;
  readonly reason?: string;
  readonly approval?: string;
}

export async function walletPolicy(context: Context, options: Options, name = ''): Promise<ExitCode> {
  if (options.set === undefined) return show(context, options, name);
  const { set, reason, approval = null } = options;
  if (reason === undefined || reason.length < 10 || reason.length > 500) {
    throw usage('--set needs --reason TEXT of 10 to 500 characters', 'The history of the policy keeps it.');
  }
  if (approval !== null) assertRequestId(approval);
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const policy =
      options.merge === true ? await readInput(context, set) : await policyText(context, set, found.network);
    const { result } = await signer.request('policy.set', {
      ...refOf(found),
      policy,
      mode: options.merge === true ? 'merge' : 'replace',
      reason,
      approvalId: approval,
    });
    print(context, result, [...result.changes.map(changeLine), ...outcomeLines(result, name, set)]);
    return result.status === 'applied' ? EXIT.ok : EXIT.denied;
  });
}

async function show(context: Context, options: Options, name: string): Promise<ExitCode> {
  if (options.merge || options.reason !== undefined || options.approval !== undefined) {
    throw usage('--merge, --reason and --approval go with --set FILE');
  }
  return withSigner(context, async (signer) => {
    const found = await findWallet(signer, name, options);
    const { result } = await signer.request('policy.get', refOf(found));
    // The text alone on stdout: it can be edited and set again.
    print(context, result, JSON.stringify(result.policy, null, 2));
    return EXIT.ok;
  });
}

function outcomeLines(result: MethodResult<'policy.set'>, name: string, file: string): string[] {
  if (result.status === 'applied') {
    const { previous, current } = result;
    return [`applied: ${previous.version} → ${current.version} (${current.hash})`];
  }
  const { approvalId, quorum } = result.approval;
  return [
    `it allows more than before, so people decide: nothing has changed yet (${quorum.required} signatures)`,
    `  approval ${approvalId}`,
    `Approve: ward approvals approve ${approvalId}`,
    `Then:    ward wallet policy ${JSON.stringify(name)} --set ${file} --reason … --approval ${approvalId}`,
  ];
}

function changeLine(change: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown): string =>
    value === undefined ? '-' : isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  const where = text(change.field ?? change.path);
  return `  ${where}: ${text(change.previous_value ?? change.from)} → ${text(change.new_value ?? change.to)}`;
}
