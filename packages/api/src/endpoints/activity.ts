import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { count, json, page, uuid } from '../parts.ts';

/** One entry of the log, as people see it. The receipt itself comes from `receipts.export`. */
export const activityEntry = z.object({
  id: uuid,
  sequence: count,
  /** ISO 8601. */
  timestamp: z.string(),
  eventType: z.string(),
  tool: z.string(),
  actor: z.string().nullable(),
  correlationId: z.string(),
  result: z.enum(['success', 'failure', 'denied', 'unknown', 'pending']),
  errorCode: z.string().nullable(),
  durationMs: count.nullable(),
  decision: z.string().nullable(),
  rules: z.array(z.string()),
  approvedBy: z.array(z.string()),
  transaction: z.string().nullable(),
  hasReceipt: z.boolean(),
});
export type ActivityEntry = z.output<typeof activityEntry>;

export const ACTIVITY = {
  'activity.list': endpoint({
    method: 'GET',
    path: '/activity',
    permission: 'event:read',
    own: true,
    summary: 'Entries of the log, newest first',
    query: z.strictObject({
      ...page,
      /** Part of a tool’s name, an actor, a correlation id, an entry id or a transaction hash. */
      search: z.string().max(200).optional(),
      result: z.enum(['success', 'failure', 'denied', 'unknown', 'pending']).optional(),
      receipts: z.enum(['0', '1']).default('0'),
    }),
    answer: z.object({
      entries: z.array(activityEntry),
      size: count,
      more: z.boolean(),
      /** `before` for what follows; a search may have looked through its share and found nothing there. */
      next: count.nullable(),
    }),
  }),
  events: endpoint({
    method: 'GET',
    path: '/events',
    permission: 'event:read',
    own: true,
    summary: 'Entries of the log as they are written; an event’s id is its sequence number',
    stream: true,
    answer: activityEntry,
  }),
  'receipts.export': endpoint({
    method: 'GET',
    path: '/receipts/{id}',
    permission: 'receipt:export',
    own: true,
    summary: 'The receipt of one entry, to be verified by anyone',
    params: z.strictObject({ id: uuid }),
    answer: json,
  }),
  'log.key': endpoint({
    method: 'GET',
    path: '/log/key',
    permission: 'signed-in',
    summary: 'The public key of this log (C2SP vkey)',
    answer: z.object({ vkey: z.string(), origin: z.string() }),
  }),
} as const;
