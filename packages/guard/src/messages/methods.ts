import type * as z from 'zod';
import { REVISIONS, type Revision } from './revisions.ts';
import type { DirectionSchemas, EraSchemas } from './schemas.ts';
import { SESSION_2025_06_18, SESSION_2025_11_25 } from './session-era.ts';
import { STATELESS_2026_07_28 } from './stateless-era.ts';
import { compileWire, type Strictness, type WireCheck } from './wire.ts';

/** Who sent a message. */
export type Sender = 'client' | 'server';

export interface RequestChecks {
  readonly params: Readonly<Record<Strictness, WireCheck>>;
  /** Checks the answer, which the other side sends. */
  readonly result: Readonly<Record<Strictness, WireCheck>>;
  /** Whether the request may come without params. */
  readonly paramsOptional: boolean;
}

export interface NotificationChecks {
  readonly params: Readonly<Record<Strictness, WireCheck>>;
  readonly paramsOptional: boolean;
}

export interface DirectionChecks {
  readonly requests: ReadonlyMap<string, RequestChecks>;
  readonly notifications: ReadonlyMap<string, NotificationChecks>;
}

const SCHEMAS: Readonly<Record<Revision, EraSchemas>> = {
  '2025-06-18': SESSION_2025_06_18,
  '2025-11-25': SESSION_2025_11_25,
  '2026-07-28': STATELESS_2026_07_28,
};

/** Checks by revision and sender. */
export const CHECKS: Readonly<Record<Revision, Readonly<Record<Sender, DirectionChecks>>>> = Object.freeze(
  Object.fromEntries(
    REVISIONS.map((revision) => [
      revision,
      Object.freeze({
        client: compileDirection(SCHEMAS[revision].client),
        server: compileDirection(SCHEMAS[revision].server),
      }),
    ]),
  ) as Record<Revision, Record<Sender, DirectionChecks>>,
);

/** Names of the methods by revision and sender, sorted. Part of the published interface: pinned by a test. */
export const METHODS: Readonly<
  Record<Revision, Readonly<Record<Sender, { requests: readonly string[]; notifications: readonly string[] }>>>
> = Object.freeze(
  Object.fromEntries(
    REVISIONS.map((revision) => [
      revision,
      Object.freeze({ client: names(SCHEMAS[revision].client), server: names(SCHEMAS[revision].server) }),
    ]),
  ) as Record<Revision, Record<Sender, { requests: readonly string[]; notifications: readonly string[] }>>,
);

function names(direction: DirectionSchemas): { requests: readonly string[]; notifications: readonly string[] } {
  return Object.freeze({
    requests: Object.freeze(Object.keys(direction.requests).sort()),
    notifications: Object.freeze(Object.keys(direction.notifications).sort()),
  });
}

function compileDirection(direction: DirectionSchemas): DirectionChecks {
  const requests = new Map<string, RequestChecks>();
  for (const [method, schemas] of Object.entries(direction.requests)) {
    requests.set(method, {
      params: bothWays(schemas.params),
      result: bothWays(schemas.result),
      paramsOptional: schemas.params.isOptional(),
    });
  }
  const notifications = new Map<string, NotificationChecks>();
  for (const [method, schema] of Object.entries(direction.notifications)) {
    notifications.set(method, { params: bothWays(schema), paramsOptional: schema.isOptional() });
  }
  return { requests, notifications };
}

function bothWays(schema: z.ZodType): Readonly<Record<Strictness, WireCheck>> {
  return { closed: compileWire(schema, 'closed'), open: compileWire(schema, 'open') };
}
