import type { CedarValueJson, Context, EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ShownArguments } from './arguments.ts';
import type { PolicyQuery, Resource } from './model.ts';
import { NAMESPACE } from './schema.ts';

/** A query in Cedar's words. */
export interface CedarRequest {
  readonly principal: EntityUidJson;
  readonly action: EntityUidJson;
  readonly resource: EntityUidJson;
  readonly context: Context;
  readonly entities: EntityJson[];
}

export function toRequest(query: PolicyQuery, args: ShownArguments): CedarRequest {
  const principal = uid('Agent', query.principal.id);
  const resource = resourceUid(query.resource);
  const server = uid('Server', query.resource.server);
  const roles = query.principal.roles.map((role) => uid('Role', role));
  return {
    principal,
    action: uid('Action', query.action),
    resource,
    context: toContext(query, args),
    entities: [
      {
        uid: principal,
        attrs: { name: query.principal.id, roles: [...query.principal.roles] },
        parents: roles,
      },
      ...roles.map((role) => ({ uid: role, attrs: {}, parents: [] })),
      { uid: resource, attrs: resourceAttributes(query.resource), parents: [server] },
      { uid: server, attrs: { name: query.resource.server }, parents: [] },
    ],
  };
}

/** `context` of the request; also what cache keys are read from. */
export function toContext(query: PolicyQuery, args: ShownArguments): Context {
  const at = new Date(query.now);
  return {
    arguments: args.shown,
    argumentNames: [...args.names],
    unreadArguments: [...args.unread],
    labels: [...(query.labels ?? [])].sort(),
    class: query.resource.kind === 'tool' ? query.resource.class : 'read_only',
    flow: query.flow ?? 'ok',
    sandboxed: query.sandboxed,
    // UTC; Monday is 1 and Sunday 7 (ISO 8601).
    time: { hour: at.getUTCHours(), weekday: at.getUTCDay() === 0 ? 7 : at.getUTCDay() },
    ...(query.budget !== undefined && { budget: { ...query.budget } }),
  };
}

export function resourceAttributes(resource: Resource): Record<string, CedarValueJson> {
  switch (resource.kind) {
    case 'tool':
      return {
        name: resource.name,
        server: resource.server,
        class: resource.class,
        outward: resource.outward,
        labels: [...resource.labels],
        quarantined: resource.quarantined,
        signer: resource.signer ?? false,
      };
    case 'resource':
      return { server: resource.server, uri: resource.uri };
    case 'prompt':
      return { server: resource.server, name: resource.name };
  }
}

/** `server.tool` for tools and prompts, `server:uri` for resources. */
export function resourceId(resource: Resource): string {
  return resource.kind === 'resource' ? `${resource.server}:${resource.uri}` : `${resource.server}.${resource.name}`;
}

function resourceUid(resource: Resource): EntityUidJson {
  const types = { tool: 'Tool', resource: 'Resource', prompt: 'Prompt' } as const;
  return uid(types[resource.kind], resourceId(resource));
}

function uid(type: string, id: string): { type: string; id: string } {
  return { type: `${NAMESPACE}::${type}`, id };
}
