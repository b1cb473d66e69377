import type { AnswerOf, BodyOf, Endpoints, OperationId, ParamsOf, QueryOf } from '@wardmesh/api';
import type { ApiDeps, Caller } from './deps.ts';
import type { Searches } from './searches.ts';

/** One request, parsed and permitted. */
export interface ApiRequest<K extends OperationId> {
  readonly params: ParamsOf<Endpoints[K]>;
  readonly query: QueryOf<Endpoints[K]>;
  readonly body: BodyOf<Endpoints[K]>;
  /** How far the caller's permission goes: `own` where only what is theirs may be shown. */
  readonly extent: 'any' | 'own';
  /** Undefined before sign-in. */
  readonly caller: Caller | undefined;
  readonly correlationId: string;
  readonly remoteAddress: string;
  /** The request's own `Host`, which was checked. */
  readonly host: string;
  /** Cookies to set with the answer. */
  readonly setCookie: (value: string) => void;
  readonly searches: Searches;
}

export type Handler<K extends OperationId> = (
  request: ApiRequest<K>,
  deps: ApiDeps,
) => AnswerOf<Endpoints[K]> | Promise<AnswerOf<Endpoints[K]>>;

/** Streams have a way of their own. */
export type Handled = Exclude<OperationId, 'events'>;
export type Handlers<K extends Handled = Handled> = { readonly [P in K]: Handler<P> };
