import { isJsonObject } from '@wardmesh/core';
import type { Attached } from '../catalogue/attached.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import type { JsonRpcRequest } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import type { Call, Layer, LayerOutcome, Target } from './call.ts';
import { splitName, splitUri } from './names.ts';

/**
 * Layer 5. What the call acts on. On the aggregate route names are taken apart and the request is rewritten to what the
 * server knows. A tool must be reviewed and pinned, and what the server offers *now* must have that pin (WM-PIN-1).
 */
export function resolveLayer(services: Services): Layer {
  return {
    name: 'resolve',
    run(call) {
      const target = targetOf(call);
      return 'code' in target ? target : attach(call, services, target);
    },
  };
}

/** Layer 5 once more, for a call whose names were taken apart: what changed while a person was asked counts. */
export function resolveAgain(call: Call, services: Services): LayerOutcome | Promise<LayerOutcome> {
  return attach(call, services, call.target);
}

function attach(call: Call, services: Services, target: Named): LayerOutcome | Promise<LayerOutcome> {
  call.target = target as Target;
  if (target.kind === 'gateway') return undefined;
  const entry = services.catalogue.server(target.server);
  if (!entry) return deny('SERVER_UNKNOWN');
  if (entry.book === undefined && !BEFORE_REVIEW.has(call.request.method)) {
    return services.catalogue.whyNot(target.server, '');
  }
  if (target.kind === 'tool') {
    const tool = services.catalogue.tool(target.server, target.name);
    if (!tool) return services.catalogue.whyNot(target.server, target.name);
    call.target = { ...target, tool };
  }
  const attached = call.session.channel(target.server);
  return attached instanceof Promise
    ? attached.then((late) => freshen(call, services, late))
    : freshen(call, services, attached);
}

function freshen(call: Call, services: Services, attached: Attached): LayerOutcome | Promise<LayerOutcome> {
  const reading = call.target.kind === 'tool' ? attached.fresh() : undefined;
  return reading === undefined
    ? settle(call, services, attached)
    : reading.then(() => settle(call, services, attached));
}

function settle(call: Call, services: Services, attached: Attached): Denial | undefined {
  call.attached = attached;
  if (call.target.kind !== 'tool') return undefined;
  const { tool, server, name } = call.target;
  const offered = attached.offered.get(name);
  if (offered === tool.pin) return undefined;
  // Attaching may have found that the tool changed.
  return services.catalogue.whyNot(server, name, offered !== undefined);
}

/** What a client may ask a server that nobody reviewed: enough to connect, and to see no tools. */
const BEFORE_REVIEW = new Set(['server/discover', 'tools/list', 'logging/setLevel', 'subscriptions/listen']);

/** A target whose tool is not looked up yet. */
type Named = Exclude<Target, { kind: 'tool' }> | { kind: 'tool'; server: string; name: string };

function targetOf(call: Call): Named | Denial {
  const { method, params } = call.request;
  switch (method) {
    case 'tools/call':
      return byName(call, 'tool');
    case 'prompts/get':
      return byName(call, 'prompt');
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return byUri(call);
    case 'completion/complete':
      return byReference(call, params?.ref);
    default:
      return call.route.kind === 'server' && !OURS.has(method)
        ? { kind: 'server', server: call.route.server }
        : { kind: 'gateway' };
  }
}

/** Answered by the gateway itself, whatever the route. */
const OURS = new Set(['ping', 'initialize']);

function byName(call: Call, kind: 'tool' | 'prompt'): Named | Denial {
  const name = call.request.params?.name;
  const unknown = deny('TOOL_UNKNOWN', kind === 'prompt' ? { hint: 'Unknown prompt.' } : {});
  if (typeof name !== 'string') return unknown;
  if (call.route.kind === 'server') return { kind, server: call.route.server, name };
  const split = splitName(name);
  if (!split) return { ...unknown, hint: 'Names here are server.name.' };
  rewrite(call, { ...call.request.params, name: split.name });
  return { kind, server: split.server, name: split.name };
}

function byUri(call: Call): Named | Denial {
  const uri = call.request.params?.uri;
  if (typeof uri !== 'string') return deny('PARAMS_INVALID');
  if (call.route.kind === 'server') return { kind: 'resource', server: call.route.server, uri };
  const split = splitUri(uri);
  if (!split) return deny('PARAMS_INVALID', { hint: 'Resource URIs here are server+uri.' });
  rewrite(call, { ...call.request.params, uri: split.uri });
  return { kind: 'resource', server: split.server, uri: split.uri };
}

function byReference(call: Call, reference: unknown): Named | Denial {
  if (call.route.kind === 'server') return { kind: 'server', server: call.route.server };
  if (!isJsonObject(reference)) return deny('PARAMS_INVALID');
  const { name, uri } = reference;
  const byPrompt = typeof name === 'string' ? splitName(name) : undefined;
  const byTemplate = typeof uri === 'string' ? splitUri(uri) : undefined;
  if (byPrompt) rewrite(call, { ...call.request.params, ref: { ...reference, name: byPrompt.name } });
  else if (byTemplate) rewrite(call, { ...call.request.params, ref: { ...reference, uri: byTemplate.uri } });
  else return deny('PARAMS_INVALID', { hint: 'References here are server.name or server+uri.' });
  return { kind: 'server', server: (byPrompt ?? byTemplate)!.server };
}

function rewrite(call: Call, params: NonNullable<JsonRpcRequest['params']>): void {
  call.request = { ...call.request, params };
  call.original = undefined;
}
