import type { ApprovalCall, ApprovalErrorCode, ApprovalRequest } from '@wardmesh/approvals';
import { CodedError, isJsonObject, type JsonObject } from '@wardmesh/core';
import type { ApprovalState } from '../front/approval-state.ts';
import { type ClientCode, type Denial, deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import { authoriseLayer } from './authorise.ts';
import type { Call, Layer } from './call.ts';
import { resolveAgain } from './resolve.ts';
import { validateLayer } from './validate.ts';

/** `_meta` keys by which a client chooses how to wait and names the approval it has (pinned). */
export const META_APPROVAL = 'wardmesh/approval';
export const META_WAIT = 'wardmesh/wait';

const CODES: Partial<Record<ApprovalErrorCode, ClientCode>> = {
  APPROVAL_UNKNOWN: 'APPROVAL_UNKNOWN',
  APPROVAL_NOT_GENUINE: 'APPROVAL_UNKNOWN',
  APPROVAL_BINDING_CHANGED: 'APPROVAL_BINDING_CHANGED',
  APPROVAL_EXPIRED: 'APPROVAL_EXPIRED',
  APPROVAL_DENIED: 'APPROVAL_DENIED',
  APPROVAL_REPLAYED: 'APPROVAL_REPLAYED',
  APPROVAL_QUORUM_NOT_MET: 'APPROVAL_REQUIRED',
  APPROVAL_POLICY_DENIES: 'POLICY_DENIED',
  APPROVAL_TOO_MANY: 'TOO_MANY_CONCURRENT',
  APPROVAL_WAIT_ENDED: 'TOO_MANY_CONCURRENT',
};

/**
 * Layer 8. Where the decision is *confirm*: claims the approval the client names, or the open one for exactly this call,
 * or parks the call and answers with how to obtain it. Only a person's signature releases; nothing the agent's client
 * says does (WM-APR-1).
 */
export function approveLayer(services: Services, state: ApprovalState, stopping: AbortSignal): Layer {
  const validate = validateLayer(services);
  const authorise = authoriseLayer(services);
  return {
    name: 'approve',
    run(call) {
      if (call.decision.effect === 'allow') return state.carriedBy(call) ? release(call) : undefined;
      if (call.decision.effect === 'deny') return deny('POLICY_DENIED');
      if (call.target.kind !== 'tool') return deny('POLICY_DENIED', { detail: 'only tool calls can be approved' });
      return settle(call);
    },
  };

  /** A call that was parked under another policy and needs no approval any more: its state is spent all the same. */
  async function release(call: Call): Promise<Denial | undefined> {
    const named = await state.named(call);
    return 'code' in named ? named : undefined;
  }

  async function settle(call: Call): Promise<Denial | undefined> {
    const bound = bindingOf(call);
    try {
      const named = await state.named(call);
      if ('code' in named) return named;
      // A call that is going on after a question to the client (MRTR) was released already; for as long as it could be.
      if (named.continued && services.clock.now() < Date.parse(named.continued.expires)) {
        call.approval = named.continued;
        return undefined;
      }
      const open = named.id ?? (await findOpen(bound))?.id;
      if (open !== undefined) {
        const request = await services.approvals.show(open);
        // Knowing an id is no right to it: another's request is as good as none.
        if (request.binding.principal !== call.principal.id) return deny('APPROVAL_UNKNOWN');
        if (request.state !== 'pending') return await claim(call, open, bound);
        return waits(call) ? await hold(call, request) : park(call, request);
      }
      const request = await services.approvals.request({
        call: bound,
        reason: call.decision.rules,
        quorum: call.decision.quorum ?? 1,
        lifetime: services.config().approvals.ttl,
      });
      services.metrics.approval('requested');
      await record(call, request, 'approval.request');
      return waits(call) ? await hold(call, request) : park(call, request);
    } catch (error) {
      return fromError(error, call.reply.signal.aborted ? call.reply.signal : stopping);
    }
  }

  /** An open request for exactly this call: the same call again joins it instead of asking twice. */
  async function findOpen(bound: ApprovalCall): Promise<ApprovalRequest | undefined> {
    const mine = await services.approvals.list({ principal: bound.principal, open: true });
    return mine.find(
      (request) =>
        (request.state === 'pending' || request.state === 'approved') &&
        request.binding.argumentsHash === bound.argumentsHash &&
        request.binding.tool === bound.tool &&
        request.binding.server === bound.server &&
        request.binding.pin === bound.pin &&
        request.binding.policyVersion === bound.policyVersion,
    );
  }

  async function claim(call: Call, id: string, bound: ApprovalCall): Promise<Denial | undefined> {
    const { quorum } = await services.approvals.show(id);
    // Asked for when fewer had to agree than now.
    if (quorum < (call.decision.quorum ?? 1)) return deny('APPROVAL_BINDING_CHANGED', { detail: 'quorum was raised' });
    // Re-evaluated: `call.decision` was made a moment ago, for this very call, by the policy in force.
    const released = await services.approvals.claim(id, bound, () =>
      call.decision.effect === 'deny' ? 'deny' : 'confirm',
    );
    call.approval = {
      id: released.id,
      by: released.decidedBy ?? [],
      over: released.over as `sha256:${string}`,
      signatures: released.signatures.map((signature) => signature.signature),
      expires: new Date(released.expiresAt).toISOString(),
    };
    call.request = { ...call.request, params: approvedParams(call.request.params ?? {}) };
    call.original = undefined;
    services.metrics.approval('released');
    await record(call, released, 'approval.release');
    return undefined;
  }

  async function hold(call: Call, request: ApprovalRequest): Promise<Denial | undefined> {
    const token = progressToken(call);
    const tell = (progress: number) => {
      if (token === undefined) return;
      call.reply.notify({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: token, progress, message: `Waiting for approval ${request.id}` },
      });
    };
    let ticks = 0;
    tell(ticks);
    const timer = setInterval(() => tell(++ticks), 5_000);
    // A call that waits for a person is not an operation in flight.
    call.release();
    try {
      const decided = await services.approvals.waitFor(request.id, AbortSignal.any([call.reply.signal, stopping]));
      if (decided.state === 'denied') return deny('APPROVAL_DENIED', { data: { approvalId: request.id } });
      if (decided.state === 'expired') return deny('APPROVAL_EXPIRED', { data: { approvalId: request.id } });
      call.release = await services.concurrency().acquire(call.principal.id, call.reply.signal);
      // Minutes went by: what the call acts on and what policy says of it may be others by now.
      return (await lookAgain(call)) ?? (await claim(call, request.id, bindingOf(call)));
    } finally {
      clearInterval(timer);
    }
  }

  async function lookAgain(call: Call): Promise<Denial | undefined> {
    return (await resolveAgain(call, services)) ?? (await validate.run(call)) ?? (await authorise.run(call));
  }

  function park(call: Call, request: ApprovalRequest): Denial {
    return (
      state.park(call, request) ??
      deny('APPROVAL_REQUIRED', {
        hint: `Approve with: ward approvals approve ${request.id} — then send the same call again.`,
        data: { approvalId: request.id, expiresAt: new Date(request.expiresAt).toISOString(), quorum: request.quorum },
      })
    );
  }

  function waits(call: Call): boolean {
    const chosen = metaOf(call)?.[META_WAIT];
    return typeof chosen === 'boolean' ? chosen : services.config().approvals.wait === 'hold';
  }

  async function record(call: Call, request: ApprovalRequest, eventType: 'approval.request' | 'approval.release') {
    await services.audit.append({
      eventType,
      toolName: `${request.binding.server}.${request.binding.tool}`,
      correlationId: call.correlationId,
      actor: { type: 'user', id: call.principal.id },
      operation: {
        name: eventType,
        parameters: { approvalId: request.id, over: request.over, quorum: request.quorum, by: request.decidedBy ?? [] },
        result: eventType === 'approval.request' ? 'pending' : 'success',
      },
    });
  }
}

/** `_meta` members of the protocol, and those by which calls are traced; a server may take orders from any other. */
const PROTOCOL_META = /^(progressToken|traceparent|tracestate|baggage|io\.modelcontextprotocol\/.+)$/;

/** What a person agreed to, and nothing beside it: no answers to questions that were not asked yet, no unseen `_meta`. */
function approvedParams(params: JsonObject): JsonObject {
  const { _meta: meta, requestState: _state, inputResponses: _responses, ...approved } = params;
  if (!isJsonObject(meta)) return approved;
  const kept = Object.fromEntries(Object.entries(meta).filter(([name]) => PROTOCOL_META.test(name)));
  return { ...approved, _meta: kept };
}

export function metaOf(call: Call): JsonObject | undefined {
  const meta = call.request.params?._meta;
  return isJsonObject(meta) ? meta : undefined;
}

function progressToken(call: Call): string | number | undefined {
  const token = metaOf(call)?.progressToken;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/** The call as a person is shown it and as it will run. */
export function bindingOf(call: Call): ApprovalCall {
  if (call.target.kind !== 'tool') throw new Error('only tools are approved');
  return {
    server: call.target.server,
    tool: call.target.name,
    pin: call.target.tool.pin,
    // Whole: a person must see what they approve. It is kept sealed, shown to the operator alone and never logged;
    // characters that could not be seen were refused before.
    arguments: call.arguments,
    argumentsHash: call.argumentsHash,
    principal: call.principal.id,
    policyVersion: call.decision.version,
  };
}

function fromError(error: unknown, signal: AbortSignal): Denial {
  if (!(error instanceof CodedError)) throw error;
  // The wait ended because the client, or the gateway, ended the call: that is the reason to tell.
  if (error.code === 'APPROVAL_WAIT_ENDED' && signal.aborted) {
    if (signal.reason instanceof CodedError) throw signal.reason;
    return deny('CANCELLED');
  }
  const code = CODES[error.code as ApprovalErrorCode];
  if (code === undefined) throw error;
  return deny(code, {
    detail: `${error.code}: ${error.message}`,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  });
}
