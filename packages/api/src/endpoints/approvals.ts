import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { agentId, contentHash, count, json, time, uuid } from '../parts.ts';

export const approvalView = z.object({
  id: uuid,
  /** Who asks for the decision: the gateway for a tool call, the signer for a transaction or a change of its policy. */
  source: z.enum(['gateway', 'signer']),
  state: z.enum(['pending', 'approved', 'denied', 'expired', 'released']),
  createdAt: time,
  expiresAt: time,
  /** What is signed: the hash of the canonical binding. */
  over: contentHash,
  quorum: count,
  collected: count,
  reason: z.array(z.string()),
  binding: z.object({
    server: z.string(),
    tool: z.string(),
    pin: z.string(),
    arguments: json,
    argumentsHash: z.string(),
    principal: agentId,
    policyVersion: z.string(),
    nonce: z.string(),
    expiry: time,
  }),
  signedBy: z.array(z.string()),
  denyReason: z.string().nullable(),
  /** Signer, tier 2: signed at this time without a veto. */
  releaseAt: time.nullable(),
  /** Lines for people: what it does, what it costs, why it was stopped. */
  explanation: z.array(z.string()),
  /** Whether the person who asks may decide it. */
  mayDecide: z.boolean(),
});
export type ApprovalView = z.output<typeof approvalView>;

const decision = z.strictObject({
  /** Key of the approver: as the directory of approvers names it, a wallet's CAIP-10, or `passkey:` and its credential id. */
  keyId: z.string().min(1).max(1_400),
  /**
   * Over `wardmesh approval v1`, the decision and `over`, each on a line; in the form the key's kind uses. Of a passkey: the
   * JSON of the assertion whose challenge is the SHA-256 of that text.
   */
  signature: z.string().min(1).max(16_384),
});
const params = z.strictObject({ id: uuid });

export const APPROVALS = {
  'approvals.list': endpoint({
    method: 'GET',
    path: '/approvals',
    permission: 'approval:read',
    own: true,
    summary: 'Requests that wait for a person, newest first; with `all`, those that are over too',
    query: z.strictObject({ all: z.enum(['0', '1']).default('0') }),
    answer: z.object({ approvals: z.array(approvalView) }),
  }),
  'approvals.show': endpoint({
    method: 'GET',
    path: '/approvals/{id}',
    permission: 'approval:read',
    own: true,
    summary: 'One request, with exactly what would run',
    params,
    answer: approvalView,
  }),
  'approvals.approve': endpoint({
    method: 'POST',
    path: '/approvals/{id}/approve',
    permission: 'approval:decide',
    summary: 'Approves these exact bytes, once',
    params,
    body: decision,
    answer: approvalView,
  }),
  'approvals.deny': endpoint({
    method: 'POST',
    path: '/approvals/{id}/deny',
    permission: 'approval:decide',
    summary: 'Denies; for a transaction that waits out its delay, the veto',
    params,
    body: decision.extend({ reason: z.string().max(500).default('') }),
    answer: approvalView,
  }),
} as const;
