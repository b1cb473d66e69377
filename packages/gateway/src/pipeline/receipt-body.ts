import type { ReceiptBody } from '@wardmesh/verify';
import type { Services } from '../services.ts';
import type { Call } from './call.ts';

export type Effect = ReceiptBody['effect'];

/** The part of a receipt that is the same for intent and outcome, and the effect. */
export function receiptBody(call: Call, services: Services, effect: Effect): ReceiptBody {
  const { target } = call;
  const tool =
    target.kind === 'tool'
      ? { server: target.server, name: target.name, pin: target.tool?.pin ?? 'none' }
      : { server: 'server' in target ? target.server : 'gateway', name: call.request.method, pin: 'none' };
  return {
    v: 1,
    agent: { id: call.principal.id, roles: call.principal.roles, session: call.session.id },
    node: { id: services.nodeId },
    tool,
    args: { hash: call.argumentsHash },
    policy: {
      version: call.decision?.version ?? 'none',
      decision: call.decision?.effect ?? 'deny',
      rules: call.decision?.rules ?? [],
    },
    ...(call.approval && {
      approval: {
        by: call.approval.by,
        over: call.approval.over,
        signatures: call.approval.signatures,
        expires: call.approval.expires,
      },
    }),
    labels: { in: call.labelsIn, out: call.labelsOut },
    ...(call.attached && { sandbox: { profile: call.attached.profile } }),
    effect,
    ...(call.intent !== undefined && { intent: call.intent }),
  };
}
