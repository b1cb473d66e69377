import type { Json } from '@wardmesh/core';
import { MAX_LIST_LENGTH, MAX_NAME_LENGTH } from '../limits.ts';
import { anyJson, anyObject, integer, list, literal, object, oneOf, type Shape, text } from '../shape.ts';
import { AUDIT_EVENT_TYPES } from './event-types.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HASH_HEX = /^[0-9a-f]{64}$/;
const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;

export const name = text(MAX_NAME_LENGTH);
export const uuid = text(36, UUID_V4);
export const hashHex = text(64, HASH_HEX);
export const contentHash = text(71, CONTENT_HASH);
export const sequence = integer(1);
export const eventType = oneOf(AUDIT_EVENT_TYPES);
const names = list(name, MAX_LIST_LENGTH);

/** A timestamp that a clock can read: the pattern alone would accept month 13. */
export const timestamp: Shape = (value, at) =>
  typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)) ? undefined : at;

export const actor = object({ type: oneOf(new Set(['user', 'system', 'scheduled'])) }, { id: name });

export const operation = object(
  {
    name,
    parameters: anyObject,
    result: oneOf(new Set(['success', 'failure', 'denied', 'unknown', 'pending'])),
  },
  { errorCode: name, durationMs: integer(0) },
);

/** The members that an entry's `receipt` and an exported receipt share, `v` apart. */
export const bodyRequired = {
  agent: object({ id: name, roles: names }, { session: name }),
  node: object({ id: name }),
  tool: object({ server: name, name, pin: name }),
  args: object({ hash: contentHash }, { shown: anyJson }),
  policy: object({ version: name, decision: name, rules: names }, { budget: anyJson }),
  labels: object({ in: names, out: names }),
  effect: object(
    { status: oneOf(new Set(['ok', 'error', 'denied', 'unknown', 'pending'])) },
    {
      resultHash: contentHash,
      originalHash: contentHash,
      findings: list(text(4_096), MAX_LIST_LENGTH),
      tx: name,
      cid: name,
    },
  ),
} as const;

export const bodyOptional = {
  approval: object({
    by: names,
    over: contentHash,
    signatures: list(text(16_384), MAX_LIST_LENGTH),
    expires: timestamp,
  }),
  sandbox: object({ profile: name }),
  intent: uuid,
} as const;

const receiptBody = object({ v: literal(1), ...bodyRequired }, bodyOptional);

const event = { eventType, toolName: name, correlationId: name, actor, operation };

const entry = object(
  { id: uuid, sequence, timestamp, ...event, previousHash: hashHex, hash: hashHex },
  { receipt: receiptBody },
);

const draft = object(event, { receipt: receiptBody });

/** The path of the first member of `value` that an entry may not have, or undefined. */
export function entryFault(value: unknown): string | undefined {
  return entry(value as Json, 'entry');
}

/** The same for an entry that the log has not numbered yet. */
export function draftFault(value: unknown): string | undefined {
  return draft(value as Json, 'entry');
}
