import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { contentHash, count, serverId, time } from '../parts.ts';

export const serverView = z.object({
  id: serverId,
  state: z.string(),
  sandbox: z.string(),
  /** Hash of the sandbox profile, or `none`. */
  profile: z.string(),
  processes: count,
  restarts: count,
  tools: count,
  quarantined: count,
  reviewed: z.boolean(),
  reviewedBy: z.string().nullable(),
  reviewedAt: z.string().nullable(),
  lastError: z.string().nullable(),
});
const params = z.strictObject({ id: serverId });

export const SERVERS = {
  'servers.list': endpoint({
    method: 'GET',
    path: '/servers',
    permission: 'server:read',
    summary: 'The servers behind this gateway',
    answer: z.object({ servers: z.array(serverView) }),
  }),
  'servers.show': endpoint({
    method: 'GET',
    path: '/servers/{id}',
    permission: 'server:read',
    summary: 'A server’s tools as they are pinned',
    params,
    answer: z.object({
      server: serverView,
      tools: z.array(
        z.object({
          name: z.string(),
          pin: contentHash,
          class: z.enum(['read_only', 'sensitive', 'destructive']),
          tier: z.enum(['standard', 'strict', 'critical']),
          outward: z.boolean(),
          labels: z.array(z.string()),
        }),
      ),
    }),
  }),
  'servers.diff': endpoint({
    method: 'GET',
    path: '/servers/{id}/diff',
    permission: 'server:read',
    summary: 'What the server offers now against what was reviewed',
    params,
    answer: z.object({
      offer: z.string().nullable(),
      added: z.array(z.object({ tool: z.string(), lines: z.array(z.string()) })),
      removed: z.array(z.string()),
      quarantined: z.array(z.string()),
      changed: z.array(z.object({ tool: z.string(), lines: z.array(z.string()) })),
    }),
  }),
  'servers.pin': endpoint({
    method: 'POST',
    path: '/servers/{id}/pin',
    permission: 'server:manage',
    summary: 'Takes what was shown as reviewed; refused where the server offers something else by now',
    params,
    body: z.strictObject({ offer: z.string().max(128), tools: z.array(z.string().max(128)).max(1_000).optional() }),
    answer: z.object({ pinned: z.array(z.string()), at: time }),
  }),
} as const;
