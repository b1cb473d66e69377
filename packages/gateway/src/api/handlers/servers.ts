import { CodedError } from '@wardmesh/core';

import { describeDiff, describeServers } from '../../control/servers.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../handler.ts';

export const serverHandlers: Handlers<'servers.list' | 'servers.show' | 'servers.diff' | 'servers.pin'> = {
  'servers.list': (_request, { gateway }) => ({ servers: describeServers(gateway).map(toView) }),

  'servers.show': ({ params }, deps) => {
    const server = require(params.id, deps);
    const entry = deps.gateway.catalogue.server(params.id);
    return {
      server,
      tools: [...(entry?.tools.values() ?? [])].map((tool) => ({
        name: tool.name,
        pin: tool.pin,
        class: tool.toolClass,
        tier: tool.tier,
        outward: tool.outward,
        labels: [...tool.labels],
      })),
    };
  },

  'servers.diff': ({ params }, deps) => {
    require(params.id, deps);
    return describeDiff(deps.gateway, params.id);
  },

  'servers.pin': async ({ params, body, caller }, deps) => {
    require(params.id, deps);
    await deps.gateway.look();
    const pinned = await deps.gateway.catalogue.pin(params.id, caller!.id, body.tools, body.offer);
    return { pinned: [...pinned], at: deps.gateway.services.clock.now() };
  },
};

function require(id: string, { gateway }: ApiDeps) {
  const found = describeServers(gateway).find((server) => server.id === id);
  if (found === undefined) throw new CodedError('SERVER_UNKNOWN', `There is no server ${id}.`);
  return toView(found);
}

function toView(server: ReturnType<typeof describeServers>[number]) {
  return {
    ...server,
    reviewedBy: server.reviewedBy ?? null,
    reviewedAt: server.reviewedAt === undefined ? null : String(server.reviewedAt),
    lastError: server.lastError ?? null,
  };
}
