import type { Json, JsonObject } from '@wardmesh/core';
import { parseMessage, type ToolDefinition } from '@wardmesh/guard';
import type { Attached } from '../catalogue/attached.ts';
import type { Call, LayerOutcome } from '../pipeline/call.ts';
import { isVisible } from '../pipeline/lists.ts';
import { joinName, joinUri } from '../pipeline/names.ts';
import type { Services } from '../services.ts';
import { attachAll } from './attach-all.ts';
import { answer } from './index.ts';

interface ListKind {
  readonly member: string;
  readonly capability: string;
  qualify(server: string, item: JsonObject): JsonObject;
}

const byName = (server: string, item: JsonObject) => ({ ...item, name: joinName(server, String(item.name)) });

const KINDS: Readonly<Record<string, ListKind>> = {
  'tools/list': { member: 'tools', capability: 'tools', qualify: byName },
  'prompts/list': { member: 'prompts', capability: 'prompts', qualify: byName },
  'resources/list': {
    member: 'resources',
    capability: 'resources',
    qualify: (server, item) => ({ ...item, uri: joinUri(server, String(item.uri)) }),
  },
  'resources/templates/list': {
    member: 'resourceTemplates',
    capability: 'resources',
    qualify: (server, item) => ({ ...item, uriTemplate: joinUri(server, String(item.uriTemplate)) }),
  },
};

/** One list of all servers, each name qualified by its server: no collisions, one page, never cached. */
export async function listAll(call: Call, services: Services): Promise<LayerOutcome> {
  const kind = KINDS[call.request.method]!;
  const attached = await attachAll(call, services);
  const lists = await Promise.allSettled(attached.map((server) => listOne(call, services, kind, server)));
  const items = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const cache = call.era === 'stateless' ? { ttlMs: 0, cacheScope: 'private' } : {};
  return answer(call, { [kind.member]: items as Json, ...cache });
}

/** A server's part is held to the same schema as on its own route; one that does not fit takes no other with it. */
function fits(call: Call, services: Services, member: string, items: readonly JsonObject[]): boolean {
  const cache = call.era === 'stateless' ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } : {};
  const message = { jsonrpc: '2.0', id: 0, result: { ...cache, [member]: items } };
  return parseMessage(message as unknown as Json, {
    revision: call.revision,
    from: 'server',
    pendingMethod: call.request.method,
    unexpected: services.config().guard.strictResults ? 'refuse' : 'forward',
  }).ok;
}

async function listOne(call: Call, services: Services, kind: ListKind, attached: Attached): Promise<JsonObject[]> {
  if (attached.facts.capabilities[kind.capability] === undefined) return [];
  const entry = services.catalogue.server(attached.server);
  if (entry?.book === undefined) return [];
  const items = await attached.list(call.request.method, kind.member);
  if (!fits(call, services, kind.member, items)) {
    services.log.security('server.list_refused', { server: attached.server, method: call.request.method });
    return [];
  }
  if (kind.member !== 'tools') {
    if (items.length > 0) services.labels.add(call.session, entry.settings.labels);
    return items.map((item) => kind.qualify(attached.server, item));
  }
  const tools = items as unknown as ToolDefinition[];
  await attached.take(tools);
  return tools
    .filter((tool) => isVisible(services, call.principal, attached.server, tool))
    .map((tool) => kind.qualify(attached.server, tool));
}
