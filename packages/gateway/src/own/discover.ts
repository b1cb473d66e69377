import type { Call, LayerOutcome } from '../pipeline/call.ts';
import { STATELESS_REVISIONS } from '../protocol/revision.ts';
import type { Services } from '../services.ts';
import { attachAll } from './attach-all.ts';
import { AGGREGATE_INFO, joinInstructions, unionCapabilities } from './facts.ts';
import { answer } from './index.ts';

/** `server/discover` of the aggregate route (2026-07-28). Never cached: what one agent sees, another may not. */
export async function discover(call: Call, services: Services): Promise<LayerOutcome> {
  const attached = await attachAll(call, services);
  const instructions = joinInstructions(attached, services.catalogue);
  return answer(call, {
    supportedVersions: STATELESS_REVISIONS,
    capabilities: unionCapabilities(attached),
    ttlMs: 0,
    cacheScope: 'private',
    ...(instructions !== undefined && { instructions }),
    _meta: { 'io.modelcontextprotocol/serverInfo': AGGREGATE_INFO },
  });
}
