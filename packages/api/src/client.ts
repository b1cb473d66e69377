import { CodedError, isJsonObject } from '@wardmesh/core';
import type { AnswerOf, Endpoint, GivenBody, GivenParams, GivenQuery } from './endpoint.ts';
import { ENDPOINTS, type Endpoints, type OperationId } from './endpoints/index.ts';

type Optional<K extends string, V> = undefined extends V
  ? { readonly [P in K]?: V }
  : Record<never, never> extends V
    ? { readonly [P in K]?: V }
    : { readonly [P in K]: V };
type Call<E extends Endpoint> = Optional<'params', GivenParams<E>> &
  Optional<'query', GivenQuery<E>> &
  Optional<'body', GivenBody<E>> & { readonly signal?: AbortSignal };
type Arguments<E extends Endpoint> = Record<never, never> extends Call<E> ? [call?: Call<E>] : [call: Call<E>];

export interface ApiClientOptions {
  /** Origin of the gateway; empty in a page that it served. */
  readonly origin: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Beside the cookie: an access token for programs. */
  readonly token?: () => Promise<string>;
}

/**
 * Calls the API with the types of its endpoints, and holds each answer to its schema.
 * @throws CodedError the gateway's code; API_UNREACHABLE, API_PROTOCOL
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  async call<K extends OperationId>(operation: K, ...[call]: Arguments<Endpoints[K]>): Promise<AnswerOf<Endpoints[K]>> {
    const endpoint: Endpoint = ENDPOINTS[operation];
    const given = (call ?? {}) as { params?: object; query?: object; body?: unknown; signal?: AbortSignal };
    const response = await this.#send(endpoint, given);
    const answer = await readJson(response);
    if (!response.ok) throw toError(response.status, answer);
    const parsed = endpoint.answer.safeParse(answer);
    if (!parsed.success) throw new CodedError('API_PROTOCOL', `the gateway’s answer to ${operation} is not as agreed`);
    return parsed.data as AnswerOf<Endpoints[K]>;
  }

  /** Address of an endpoint, for `EventSource` and downloads. */
  url<K extends OperationId>(operation: K, params: Readonly<Record<string, string>> = {}): string {
    return this.#options.origin + pathOf(ENDPOINTS[operation], params);
  }

  async #send(
    endpoint: Endpoint,
    {
      params = {},
      query = {},
      body,
      signal,
    }: { params?: object; query?: object; body?: unknown; signal?: AbortSignal },
  ): Promise<Response> {
    const { origin, fetch, token } = this.#options;
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ).toString();
    const headers: Record<string, string> = { accept: 'application/json' };
    // No form can send this header, so no other site can make a browser act (with SameSite and the check of Origin).
    if (endpoint.method !== 'GET') headers['x-ward-request'] = '1';
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers.authorization = `Bearer ${await token()}`;
    try {
      return await fetch(`${origin}${pathOf(endpoint, params as Record<string, string>)}${search && `?${search}`}`, {
        method: endpoint.method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
        credentials: 'same-origin',
        redirect: 'error',
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new CodedError('API_UNREACHABLE', 'the gateway does not answer', {
        hint: 'Is `ward up` running?',
        cause,
      });
    }
  }
}

function pathOf(endpoint: Endpoint, params: Readonly<Record<string, string>>): string {
  return `/api${endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}`;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new CodedError('API_PROTOCOL', `the gateway answered ${response.status} without JSON`, { cause });
  }
}

function toError(status: number, answer: unknown): CodedError {
  if (!isJsonObject(answer) || typeof answer.code !== 'string' || typeof answer.message !== 'string') {
    return new CodedError('API_PROTOCOL', `the gateway answered ${status} without a coded error`);
  }
  return new CodedError(answer.code, answer.message, {
    ...(typeof answer.hint === 'string' && { hint: answer.hint }),
    ...(typeof answer.correlationId === 'string' && { correlationId: answer.correlationId }),
    ...(typeof answer.retryAfter === 'number' && { retryAfter: answer.retryAfter }),
  });
}
