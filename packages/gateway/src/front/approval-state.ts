import { createHash } from 'node:crypto';
import type { ApprovalRequest } from '@wardmesh/approvals';
import { BoundedCache, isJsonObject, type JsonObject } from '@wardmesh/core';
import { META_APPROVAL, metaOf } from '../pipeline/approve.ts';
import type { Call, ClaimedApproval } from '../pipeline/call.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import { isResultResponse } from '../protocol/message.ts';
import type { RequestStates } from './request-state.ts';

/** What a call says of its approval. */
export interface Named {
  /** The approval the client names. */
  readonly id?: string;
  /** The approval under which this call began, where it goes on after a question of the server. */
  readonly continued?: ClaimedApproval;
}

/**
 * Carries approvals over the round trips of the stateless era. A parked call is answered with `input_required` where the
 * client can show something; what it answers is no proof of anything, only the occasion to look again. A released call
 * whose server asks back (also `input_required`) goes on under the same approval, once, with the same arguments.
 */
export class ApprovalState {
  readonly #states: RequestStates;
  readonly #continuations = new BoundedCache<string, ClaimedApproval>(1_024);

  constructor(states: RequestStates) {
    this.#states = states;
  }

  /** Whether the call brings a state that says it is of ours. */
  carriedBy(call: Call): boolean {
    return this.#states.isOurs(call.request.params?.requestState);
  }

  async named(call: Call): Promise<Named | Denial> {
    const state = call.request.params?.requestState;
    if (this.#states.isOurs(state)) {
      const facts = await this.#states.redeem(call, state);
      if ('code' in facts) return facts;
      if (facts.kind !== 'approval') return deny('STATE_REFUSED', { detail: 'of another kind' });
      // The state and the answer to our question are not the server's business.
      const { requestState: _state, inputResponses: _responses, ...params } = call.request.params ?? {};
      call.request = { ...call.request, params };
      call.original = undefined;
      return { id: facts.id };
    }
    const key = continuationKey(call, state);
    const continued = this.#continuations.get(key);
    if (continued) {
      this.#continuations.delete(key);
      return { continued };
    }
    const id = metaOf(call)?.[META_APPROVAL];
    return typeof id === 'string' ? { id } : {};
  }

  /** How a parked call is answered where the client can show a question; undefined where it cannot. */
  park(call: Call, request: ApprovalRequest): Denial | undefined {
    if (call.era !== 'stateless' || !isJsonObject(call.session.capabilities.elicitation)) return undefined;
    const command = `ward approvals approve ${request.id}`;
    return deny('APPROVAL_REQUIRED', {
      data: { approvalId: request.id },
      result: {
        resultType: 'input_required',
        inputRequests: {
          approval: {
            method: 'elicitation/create',
            params: {
              message: `This call waits for a person's approval (${request.id}). Approve it with: ${command} — then continue.`,
              requestedSchema: { type: 'object', properties: {} },
            },
          },
        },
        requestState: this.#states.make(call, { kind: 'approval', id: request.id }, request.expiresAt),
        _meta: { 'wardmesh/approval': request.id },
      } as JsonObject,
    });
  }

  /** Called with each answer of a server: a question in it keeps the approval alive for the one call that answers it. */
  answered(call: Call): void {
    const { response, approval } = call;
    if (!approval || !response || !isResultResponse(response) || response.result.resultType !== 'input_required')
      return;
    this.#continuations.set(continuationKey(call, response.result.requestState), approval);
  }
}

function continuationKey(call: Call, state: unknown): string {
  const parts = [
    call.principal.id,
    call.route.kind,
    call.argumentsHash,
    call.decision.version,
    'server' in call.target ? call.target.server : '',
  ];
  if (call.target.kind === 'tool') parts.push(call.target.name, call.target.tool.pin);
  parts.push(typeof state === 'string' ? state : '');
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
