import type { Attached } from '../catalogue/attached.ts';
import type { Call } from '../pipeline/call.ts';
import type { Services } from '../services.ts';
import { reasonOf } from '../telemetry/reason.ts';

/** Attaches to every server of the aggregate route; one that cannot be had is left out and noted, not waited for again. */
export async function attachAll(call: Call, services: Services): Promise<Attached[]> {
  const ids = services.catalogue.servers().map((entry) => entry.id);
  const settled = await Promise.allSettled(
    ids.map(async (id) => {
      const attached = await call.session.channel(id);
      await attached.fresh();
      return attached;
    }),
  );
  return settled.flatMap((outcome, i) => {
    if (outcome.status === 'fulfilled') return [outcome.value];
    const { reason } = outcome;
    services.log.warn('server.unavailable', {
      server: ids[i],
      requestId: call.correlationId,
      ...reasonOf(reason),
    });
    return [];
  });
}
