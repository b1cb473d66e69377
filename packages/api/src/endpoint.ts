import type * as z from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * What a caller must be allowed to do. `public`: anybody, before sign-in. `signed-in`: whoever is. The others stand in
 * the role matrix of @wardmesh/identity, by the same names.
 */
export type Permission =
  | 'public'
  | 'signed-in'
  | 'approval:read'
  | 'approval:decide'
  | 'event:read'
  | 'receipt:export'
  | 'server:read'
  | 'server:manage'
  | 'agent:read'
  | 'agent:manage'
  | 'policy:read'
  | 'wallet:read'
  | 'wallet:manage'
  | 'person:read'
  | 'person:manage'
  | 'role:read'
  | 'role:grant'
  | 'health:read';

/** One route of the API. Everything that a server, a client and the OpenAPI document need to agree on. */
export interface Endpoint {
  readonly method: Method;
  /** Below `/api`; `{name}` takes one segment. */
  readonly path: string;
  readonly permission: Permission;
  /** It shows those who hold the permission for their own things just those; without it they are refused. */
  readonly own?: true;
  readonly summary: string;
  /** Path parameters. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The 200 answer; for `stream`, the data of one event. */
  readonly answer: z.ZodType;
  /** Server-sent events, resumable by `Last-Event-ID`. */
  readonly stream?: true;
}

/** Keeps the exact types of one endpoint. */
export function endpoint<const E extends Endpoint>(given: E): E {
  return given;
}

type Part<S> = S extends z.ZodType ? z.output<S> : Record<never, never>;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;
export type ParamsOf<E extends Endpoint> = Part<E['params']>;
export type QueryOf<E extends Endpoint> = Part<E['query']>;
export type BodyOf<E extends Endpoint> = Part<E['body']>;
export type AnswerOf<E extends Endpoint> = z.output<E['answer']>;
export type GivenParams<E extends Endpoint> = Given<E['params']>;
export type GivenQuery<E extends Endpoint> = Given<E['query']>;
export type GivenBody<E extends Endpoint> = Given<E['body']>;
