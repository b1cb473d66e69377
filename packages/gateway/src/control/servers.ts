import type { JsonObject } from '@wardmesh/core';
import { formatDiff, readableDiff, type ToolDefinition } from '@wardmesh/guard';
import type { Gateway } from '../gateway.ts';
import type { ControlRouter } from './router.ts';

export function describeServers(gateway: Gateway) {
  return gateway.catalogue.servers().map((entry) => {
    const status = entry.upstream.status();
    return {
      id: entry.id,
      state: status.state,
      sandbox: status.sandbox,
      profile: entry.upstream.profile,
      processes: status.processes,
      restarts: status.restarts,
      tools: entry.tools.size,
      quarantined: entry.comparison?.quarantined.length ?? 0,
      reviewed: entry.book !== undefined,
      ...(entry.book && { reviewedBy: entry.book.pins.reviewedBy, reviewedAt: entry.book.pins.reviewedAt }),
      ...(status.lastError !== undefined && { lastError: status.lastError }),
    };
  });
}

export function serverRoutes(router: ControlRouter, gateway: Gateway): void {
  const { catalogue } = gateway;
  router.on('GET', '/v1/servers', () => ({ servers: describeServers(gateway) }));
  router.on('GET', '/v1/servers/:id', ({ parameters }) => {
    const entry = catalogue.server(parameters.id!);
    catalogue.diff(parameters.id!);
    return {
      id: parameters.id,
      tools: [...(entry?.tools.values() ?? [])].map((tool) => ({
        name: tool.name,
        pin: tool.pin,
        class: tool.toolClass,
        tier: tool.tier,
        outward: tool.outward,
        labels: tool.labels,
      })),
    };
  });
  router.on('GET', '/v1/servers/:id/diff', ({ parameters }) => {
    const { added, ...diff } = describeDiff(gateway, parameters.id!);
    return { ...diff, added: added.map(({ tool }) => tool), definitions: added };
  });
  router.on('POST', '/v1/servers/:id/login', async ({ parameters, body }) => ({
    url: await gateway.signIns.begin(parameters.id!, String(body.redirectUri ?? ''), String(body.state ?? '')),
  }));
  router.on('POST', '/v1/servers/:id/login/answer', async ({ parameters, body }) => {
    const done = await gateway.signIns.finish(parameters.id!, new URLSearchParams(String(body.query ?? '')));
    // What it offers is seen as soon as it may be; the operator need not wait for slow servers.
    void gateway.look();
    return { server: parameters.id, ...done };
  });
  router.on('POST', '/v1/servers/:id/logout', async ({ parameters }) => ({
    server: parameters.id,
    signedOut: await gateway.signIns.signOut(parameters.id!),
  }));
  router.on('POST', '/v1/servers/:id/pin', async ({ parameters, body }) => {
    const only = Array.isArray(body.tools) ? body.tools.map(String) : undefined;
    await gateway.look();
    const by = typeof body.by === 'string' ? body.by : 'operator';
    const offer = typeof body.offer === 'string' ? body.offer : undefined;
    const pinned = await catalogue.pin(parameters.id!, by, only, offer);
    return { server: parameters.id, pinned };
  });
}

/** What a server offers now against what was reviewed. What is new is given whole: its name alone is no review. */
export function describeDiff({ catalogue }: Gateway, id: string) {
  const { added, removed, changed, quarantined } = catalogue.diff(id);
  const news = new Set(added);
  return {
    offer: catalogue.offer(id),
    added: (catalogue.server(id)?.offered ?? [])
      .filter((tool) => news.has(tool.name))
      .map((tool) => ({ tool: tool.name, lines: linesOf({}, tool) })),
    removed: [...removed],
    quarantined: [...quarantined],
    changed: changed.map(({ name, diff }) => ({ tool: name, lines: formatDiff(diff).split('\n') })),
  };
}

function linesOf(before: JsonObject, now: ToolDefinition): string[] {
  try {
    return formatDiff(readableDiff(before, now)).split('\n');
  } catch {
    return ['@@ its definition holds text that is not Unicode and cannot be pinned'];
  }
}
