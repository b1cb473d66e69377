import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { relative } from '../output/time.ts';

const STATES = ['pending', 'approved', 'denied', 'expired', 'released', 'all'];

export async function approvalsList(context: Context, options: { readonly state: string }): Promise<ExitCode> {
  if (!STATES.includes(options.state)) throw usage(`--state must be one of: ${STATES.join(', ')}`);
  const approvals = await controlOf(context).approvals(options.state === 'all' ? undefined : options.state);
  const now = context.clock.now();
  const rows = approvals.map((approval) => [
    approval.id,
    `${approval.binding.server}.${approval.binding.tool}`,
    approval.binding.principal,
    approval.state,
    relative(approval.expiresAt, now),
  ]);
  const empty = options.state === 'all' ? 'no calls' : `no ${options.state} calls`;
  print(
    context,
    approvals,
    approvals.length === 0 ? empty : table(['id', 'call', 'asked by', 'state', 'expires'], rows),
  );
  return EXIT.ok;
}
