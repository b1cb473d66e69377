import type { Context } from '../context.ts';
import type { Agent } from '../control-types.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { when } from '../output/time.ts';

export async function agentsList(context: Context): Promise<ExitCode> {
  const agents = await onlineOrHome<readonly Agent[]>(
    context,
    (control) => control.agents(),
    async (home) => home.agents.list().map(({ tokenHash: _secret, ...agent }) => agent as Agent),
  );
  const rows = agents.map((agent) => [
    agent.id,
    agent.name ?? '-',
    agent.roles.join(', ') || '-',
    when(agent.createdAt),
    agent.revokedAt === undefined ? 'active' : `revoked ${when(agent.revokedAt)}`,
  ]);
  print(
    context,
    agents,
    agents.length === 0
      ? 'no agents; add one with ward agents add'
      : table(['agent', 'name', 'roles', 'added', 'token'], rows),
  );
  return EXIT.ok;
}
