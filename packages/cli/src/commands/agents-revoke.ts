import type { JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome, recordOffline } from '../offline.ts';
import { print } from '../output/print.ts';

export async function agentsRevoke(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const outcome = await onlineOrHome<JsonObject>(
    context,
    (control) => control.revokeAgent(id),
    async (home) => {
      await home.agents.revoke(id);
      await recordOffline(home, 'agent.revoke', { agent: id });
      return {};
    },
  );
  print(context, { id, revoked: true, ...outcome }, `revoked ${id}; its next call is refused`);
  return EXIT.ok;
}
