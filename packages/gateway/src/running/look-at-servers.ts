import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Sessions } from '../front/sessions.ts';
import { LATEST_SESSION } from '../protocol/revision.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import { reasonOf } from '../telemetry/reason.ts';

/** All of it is declared, so that tools which depend on a capability are seen. */
const CAPABILITIES = { sampling: {}, elicitation: {}, roots: { listChanged: true } };

/** Attaches to every server in a session of the gateway's own, which sees what each offers; then ends that session. */
export async function lookAtServers(sessions: Sessions, catalogue: Catalogue, log: OperatorLog): Promise<void> {
  const session = sessions.open({ id: 'wardmesh', roles: [] }, { kind: 'aggregate' }, LATEST_SESSION, CAPABILITIES);
  await Promise.allSettled(
    catalogue.servers().map(async ({ id }) => {
      try {
        const attached = await session.channel(id);
        await attached.fresh();
      } catch (error) {
        log.warn('server.unavailable', { server: id, ...reasonOf(error) });
      }
    }),
  );
  await sessions.end(session);
}
