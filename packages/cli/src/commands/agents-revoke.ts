import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function agentsRevoke(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const outcome = await controlOf(context).revokeAgent(id);
  print(context, { id, revoked: true, ...outcome }, `revoked ${id}; its next call is refused`);
  return EXIT.ok;
}
