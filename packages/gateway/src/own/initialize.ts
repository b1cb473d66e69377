import type { Call, LayerOutcome } from '../pipeline/call.ts';
import type { Services } from '../services.ts';
import { attachAll } from './attach-all.ts';
import { AGGREGATE_INFO, joinInstructions, unionCapabilities } from './facts.ts';
import { answer } from './index.ts';

/** Opens a session of the session era: on a server's route with that server's own words, else for all of them. */
export async function initialize(call: Call, services: Services): Promise<LayerOutcome> {
  const { session } = call;
  if (call.route.kind === 'server') {
    const { facts } = await session.channel(call.route.server);
    const reviewed = services.catalogue.server(call.route.server)?.book !== undefined;
    return answer(call, {
      protocolVersion: session.revision,
      capabilities: facts.capabilities,
      serverInfo: facts.info,
      ...(facts.instructions !== undefined && reviewed && { instructions: facts.instructions }),
    });
  }
  const attached = await attachAll(call, services);
  const instructions = joinInstructions(attached, services.catalogue);
  return answer(call, {
    protocolVersion: session.revision,
    capabilities: unionCapabilities(attached),
    serverInfo: AGGREGATE_INFO,
    ...(instructions !== undefined && { instructions }),
  });
}
