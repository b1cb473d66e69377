import { isJsonObject } from '@wardmesh/core';
import type { PolicyQuery, Resource } from '@wardmesh/policy';
import { covers, scopesFor } from '../oauth/scopes.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Call, CatalogueTool, Layer } from './call.ts';
import { splitUri } from './names.ts';

/**
 * Layer 7. Cedar decides: principal, action, target, arguments, labels. The information-flow rule (WM-IFC-1) is decided in
 * code first and only ever tightens: what it wants approved or denied no policy can allow.
 */
export function authoriseLayer(services: Services): Layer {
  return {
    name: 'authorise',
    run(call) {
      // Handshakes and pings touch nothing; lists are filtered name by name with this same decision (`visible`).
      const lacking = lackingScope(call, services.oauth?.()?.issuer);
      if (lacking) return lacking;
      const completed = completionOf(call);
      if (completed !== undefined) return complete(call, services, completed);
      if (call.target.kind === 'gateway' || call.target.kind === 'server') {
        if (call.request.method === 'subscriptions/listen') onlyReadable(call, services);
        call.decision = { effect: 'allow', rules: ['ward.protocol'], version: services.policy().version };
        return undefined;
      }
      call.labelsIn = services.labels.of(call.session);
      const flow =
        call.target.kind === 'tool'
          ? services.labels.decide(call.labelsIn, call.target.tool, services.config().flow.decision)
          : 'ok';
      if (flow === 'deny') {
        call.decision = { effect: 'deny', rules: ['ward.flow'], version: services.policy().version };
        return deny('POLICY_DENIED', {
          hint: 'Untrusted input and private data met in this session, and this tool sends outward.',
          detail: 'ward.flow',
        });
      }
      const decided = services.policy().decide(queryOf(call, flow, services));
      const effect = flow === 'confirm' && decided.effect === 'allow' ? 'confirm' : decided.effect;
      const rules = flow === 'confirm' ? [...decided.rules, 'ward.flow'] : decided.rules;
      call.decision = {
        effect,
        rules,
        version: decided.version,
        ...(effect === 'confirm' && { quorum: Math.max(decided.quorum ?? 1, services.config().approvals.quorum) }),
      };
      if (effect !== 'deny') return undefined;
      return deny('POLICY_DENIED', { detail: rules.join() || 'no policy permits this' });
    },
  };
}

/** What a client of a person was not let do, whatever the person may do; told with all scopes it takes (A6). */
function lackingScope(call: Call, publicUrl: string | undefined): Denial | undefined {
  const { scopes } = call.principal;
  if (scopes === undefined || call.target.kind === 'gateway') return undefined;
  const needed = scopesFor(call.target.kind === 'tool' ? call.target.tool.toolClass : undefined);
  if (covers(scopes, needed)) return undefined;
  return deny('SCOPE_INSUFFICIENT', {
    hint: `Ask the person again, for the scopes ${needed.join(' ')}.`,
    challenge: { error: 'insufficient_scope', scopes: needed, ...(publicUrl !== undefined && { publicUrl }) },
    detail: needed.join(' '),
  });
}

/** The prompt or resource template whose argument a call wants completed. */
function completionOf(call: Call): Resource | undefined {
  if (call.request.method !== 'completion/complete' || call.target.kind !== 'server') return undefined;
  const { server } = call.target;
  const reference = call.request.params?.ref;
  if (!isJsonObject(reference)) return { kind: 'prompt', server, name: '' };
  return reference.type === 'ref/resource'
    ? { kind: 'resource', server, uri: String(reference.uri) }
    : { kind: 'prompt', server, name: String(reference.name) };
}

/** Completion shows what a server holds: it is asked for as reading is, and never approved. */
function complete(call: Call, services: Services, resource: Resource): Denial | undefined {
  call.labelsIn = services.labels.of(call.session);
  call.decision = services.policy().decide({ ...commonOf(call, services, 'ok'), action: 'complete', resource });
  return call.decision.effect === 'allow' ? undefined : deny('POLICY_DENIED', { detail: call.decision.rules.join() });
}

/** Cuts a subscription to those resources that the principal may read (2026-07-28 `subscriptions/listen`). */
function onlyReadable(call: Call, services: Services): void {
  const { params } = call.request;
  const wanted = params?.notifications;
  if (!isJsonObject(wanted) || !Array.isArray(wanted.resourceSubscriptions)) return;
  call.labelsIn = services.labels.of(call.session);
  const readable = wanted.resourceSubscriptions.filter((uri) => {
    const place =
      call.route.kind === 'server' ? { server: call.route.server, uri: String(uri) } : splitUri(String(uri));
    if (place === undefined) return false;
    const resource: Resource = { kind: 'resource', ...place };
    const query: PolicyQuery = { ...commonOf(call, services, 'ok'), action: 'read_resource', resource };
    return services.policy().decide(query).effect === 'allow';
  });
  if (readable.length === wanted.resourceSubscriptions.length) return;
  const notifications = { ...wanted, resourceSubscriptions: readable };
  call.request = { ...call.request, params: { ...params, notifications } };
  call.original = undefined;
}

function queryOf(call: Call, flow: 'ok' | 'confirm', services: Services): PolicyQuery {
  const { target } = call;
  const common = commonOf(call, services, flow);
  switch (target.kind) {
    case 'tool':
      return { ...common, action: 'call', resource: policyTool(target.tool), arguments: call.arguments };
    case 'resource':
      return {
        ...common,
        action: 'read_resource',
        resource: { kind: 'resource', server: target.server, uri: target.uri },
      };
    case 'prompt':
      return {
        ...common,
        action: 'get_prompt',
        resource: { kind: 'prompt', server: target.server, name: target.name },
      };
    default:
      throw new Error(`no policy question for a ${target.kind}`);
  }
}

function commonOf(call: Call, services: Services, flow: 'ok' | 'confirm') {
  return {
    principal: { id: call.principal.id, roles: call.principal.roles },
    labels: call.labelsIn,
    flow,
    sandboxed: call.attached?.profile !== 'none',
    now: services.clock.now(),
  } as const;
}

/** A tool of the catalogue as policies see it; what is in the catalogue is reviewed and unchanged. */
export function policyTool(tool: CatalogueTool): Resource {
  return {
    kind: 'tool',
    server: tool.server,
    name: tool.name,
    class: tool.toolClass,
    outward: tool.outward,
    labels: tool.labels,
    quarantined: false,
    signer: tool.signer,
  };
}
