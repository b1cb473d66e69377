import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { count, json, time } from '../parts.ts';

export const STATUS = {
  status: endpoint({
    method: 'GET',
    path: '/status',
    permission: 'health:read',
    summary: 'Health, and what asks for attention',
    answer: z.object({
      version: z.string(),
      node: z.string(),
      url: z.string(),
      startedAt: time,
      draining: z.boolean(),
      sessions: count,
      certificateExpires: time.nullable(),
      audit: z.object({ size: count, origin: z.string(), healthy: z.boolean(), verifiedAt: time.nullable() }),
      policyVersion: z.string(),
      alerts: z.array(
        z.object({
          level: z.enum(['info', 'warn', 'critical']),
          code: z.string(),
          message: z.string(),
          hint: z.string().nullable(),
        }),
      ),
    }),
  }),
  'policies.list': endpoint({
    method: 'GET',
    path: '/policies',
    permission: 'policy:read',
    summary: 'Cedar policies in force',
    answer: z.object({
      version: z.string(),
      policies: z.array(z.object({ id: z.string() })),
      problem: z.string().nullable(),
    }),
  }),
  'policies.explain': endpoint({
    method: 'POST',
    path: '/policies/explain',
    permission: 'policy:read',
    summary: 'What the policies in force say of a call, and why',
    body: z.strictObject({ principal: z.string().max(128), tool: z.string().max(200), arguments: json.default({}) }),
    answer: json,
  }),
} as const;
