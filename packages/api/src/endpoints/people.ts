import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { agentId, json, time } from '../parts.ts';

export const agentView = z.object({
  id: agentId,
  name: z.string().nullable(),
  roles: z.array(z.string()),
  createdAt: time,
  revokedAt: time.nullable(),
  /** Calls left in each rate tier now. */
  limits: z.array(z.object({ tier: z.string(), limit: z.int(), remaining: z.int(), windowSeconds: z.int() })),
});

export const grantView = z.object({
  id: z.string(),
  subject: z.string(),
  role: z.string(),
  grantedBy: z.string(),
  grantedAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
});

export const PEOPLE = {
  'agents.list': endpoint({
    method: 'GET',
    path: '/agents',
    permission: 'agent:read',
    summary: 'Agents, their roles and how much of their limits is left',
    answer: z.object({ agents: z.array(agentView) }),
  }),
  'agents.add': endpoint({
    method: 'POST',
    path: '/agents',
    permission: 'agent:manage',
    summary: 'A new agent; its token is shown this once',
    body: z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
      name: z.string().max(64).optional(),
      roles: z.array(z.string().max(32)).max(16).default(['agent']),
    }),
    answer: z.object({ id: agentId, token: z.string() }),
  }),
  'agents.revoke': endpoint({
    method: 'DELETE',
    path: '/agents/{id}',
    permission: 'agent:manage',
    summary: 'Ends an agent’s token, its sessions and its open streams',
    params: z.strictObject({ id: agentId }),
    answer: z.object({ id: agentId, revoked: z.literal(true) }),
  }),
  'roles.list': endpoint({
    method: 'GET',
    path: '/roles',
    permission: 'role:read',
    own: true,
    summary: 'Grants in force and revoked ones, and the matrix of what roles may do',
    answer: z.object({ grants: z.array(grantView), matrix: json }),
  }),
  'roles.prepare': endpoint({
    method: 'POST',
    path: '/roles/prepare',
    permission: 'role:grant',
    summary: 'The text that an admin’s wallet signs for a grant or its revocation',
    body: z.strictObject({
      act: z.enum(['grant', 'revoke']),
      subject: z.string().max(200),
      role: z.string().max(32),
      expiresAt: time.optional(),
    }),
    answer: z.object({ draftId: z.string(), message: z.string() }),
  }),
  'roles.commit': endpoint({
    method: 'POST',
    path: '/roles',
    permission: 'role:grant',
    summary: 'Puts a signed grant or revocation into force',
    body: z.strictObject({
      draftId: z.string().max(128),
      signature: z.string().max(8_192),
      publicKey: z.string().max(256).optional(),
    }),
    answer: z.object({ grants: z.array(grantView) }),
  }),
} as const;
