import type { Call, LayerOutcome } from '../pipeline/call.ts';
import type { Services } from '../services.ts';
import { attachAll } from './attach-all.ts';
import { answer } from './index.ts';
import { toUpstream } from './to-upstream.ts';

/** Sets the log level on every server that logs. */
export async function setLevelAll(call: Call, services: Services): Promise<LayerOutcome> {
  const attached = await attachAll(call, services);
  await Promise.allSettled(
    attached
      .filter(({ facts }) => facts.capabilities.logging !== undefined)
      .map((server) => server.request(toUpstream(call, call.request))),
  );
  return answer(call, {});
}
