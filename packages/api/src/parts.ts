import * as z from 'zod';

/** Unix milliseconds. */
export const time = z.int().min(0);
export const contentHash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const uuid = z.uuid();
export const count = z.int().min(0);
export const serverId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
export const agentId = z.string().min(1).max(128);
export const json = z.record(z.string(), z.unknown());
export const page = {
  /** Entries before this sequence number; absent: the newest. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};
/** Decimal drops. */
export const drops = z.string().regex(/^(0|[1-9]\d{0,18})$/);
