import type { ApprovalState } from '@wardmesh/approvals';
import { CodedError } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import { tellDecision } from '../telemetry/tell-decision.ts';
import type { ControlRequest, ControlRouter } from './router.ts';

const STATES: readonly string[] = ['pending', 'approved', 'denied', 'expired', 'released'];

export function approvalRoutes(router: ControlRouter, gateway: Gateway): void {
  const { approvals } = gateway.services;
  router.on('GET', '/v1/approvals', async ({ query }) => {
    const state = query.get('state');
    if (state !== null && !STATES.includes(state)) {
      throw new CodedError('STATE_INVALID', `There is no state ${state}.`, { hint: `One of ${STATES.join(', ')}.` });
    }
    return { approvals: await approvals.list(state === null ? {} : { state: state as ApprovalState }) };
  });
  router.on('GET', '/v1/approvals/:id', ({ parameters }) => approvals.show(parameters.id!));
  router.on('POST', '/v1/approvals/:id/approve', async (request) => {
    const decided = await approvals.approve(request.parameters.id!, signatureOf(request));
    gateway.journal.record(
      'approval.approve',
      { approvalId: decided.id, over: decided.over, keyId: request.body.keyId },
      'success',
      'user',
    );
    tellDecision(gateway, 'approved', decided);
    return decided;
  });
  router.on('POST', '/v1/approvals/:id/deny', async (request) => {
    const reason = typeof request.body.reason === 'string' ? request.body.reason : undefined;
    const decided = await approvals.deny(request.parameters.id!, signatureOf(request), reason);
    gateway.journal.record(
      'approval.deny',
      { approvalId: decided.id, over: decided.over, keyId: request.body.keyId },
      'success',
      'user',
    );
    tellDecision(gateway, 'denied', decided);
    return decided;
  });
}

function signatureOf({ body }: ControlRequest): { keyId: string; signature: string } {
  if (typeof body.keyId !== 'string' || typeof body.signature !== 'string') {
    throw new CodedError('SIGNATURE_MISSING', 'A decision needs keyId and signature.');
  }
  return { keyId: body.keyId, signature: body.signature };
}
