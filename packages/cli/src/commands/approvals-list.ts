import { isCoded } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import type { Approval } from '../control-types.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { relative } from '../output/time.ts';
import { listRequests } from '../wallet/list-requests.ts';
import { callOf, standing } from '../wallet/request-lines.ts';

const STATES = ['pending', 'approved', 'denied', 'expired', 'released', 'all'];

export async function approvalsList(context: Context, options: { readonly state: string }): Promise<ExitCode> {
  if (!STATES.includes(options.state)) throw usage(`--state must be one of: ${STATES.join(', ')}`);
  const asked = await listRequests(context, options.state);
  const approvals = await ofGateway(context, options.state, asked !== undefined);
  const now = context.clock.now();
  const rows = [
    ...approvals.map((approval) => [
      approval.id,
      `${approval.binding.server}.${approval.binding.tool}`,
      approval.binding.principal,
      approval.state,
      relative(approval.expiresAt, now),
    ]),
    ...(asked ?? []).map(({ approval }) => [
      approval.approvalId,
      callOf(approval),
      approval.principal,
      standing(approval, now),
      relative(approval.expiresAt, now),
    ]),
  ];
  const all = [...approvals, ...(asked ?? []).map(({ approval, request }) => ({ ...request, signer: approval }))];
  const empty = options.state === 'all' ? 'no calls' : `no ${options.state} calls`;
  print(context, all, rows.length === 0 ? empty : table(['id', 'call', 'asked by', 'state', 'expires'], rows));
  return EXIT.ok;
}

/** A signer that runs alone has requests too: then the gateway may be missing. */
async function ofGateway(context: Context, state: string, isOptional: boolean): Promise<readonly Approval[]> {
  try {
    return await controlOf(context).approvals(state === 'all' ? undefined : state);
  } catch (error) {
    if (isOptional && (isCoded(error, 'GATEWAY_NOT_RUNNING') || isCoded(error, 'HOME_MISSING'))) return [];
    throw error;
  }
}
