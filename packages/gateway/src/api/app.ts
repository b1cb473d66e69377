import { ENDPOINTS, type Endpoint, openApiDocument } from '@wardmesh/api';
import { CodedError, parseStrictJson, uuid } from '@wardmesh/core';
import { RateLimits } from '@wardmesh/limits';
import { type Context, Hono } from 'hono';
import { RESOURCE_METADATA_PATH } from '../oauth/addresses.ts';
import { SCOPE_API } from '../oauth/index.ts';
import type { Inbound } from '../pipeline/call.ts';
import { networkOf } from '../pipeline/lock-id.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps, Caller } from './deps.ts';
import { type ApiErrorCode, apiError, statusOf } from './error.ts';
import { EventStreams } from './events.ts';
import type { ApiRequest } from './handler.ts';
import { HANDLERS } from './handlers/index.ts';
import {
  BODY_TIMEOUT_MS,
  MAX_STREAM_STALL_MS,
  REQUESTS_PER_WINDOW,
  SIGN_IN_PER_WINDOW,
  WINDOW_SECONDS,
} from './limits.ts';
import { readText } from './read-text.ts';
import { Searches } from './searches.ts';
import { API_HEADERS } from './security-headers.ts';

/** What the HTTP server knows of a request beside its text. */
export interface ApiEnvironment {
  Bindings: {
    readonly remoteAddress: string;
    /** Ends the connection, whatever was sent of the answer. */
    readonly cut: () => void;
  };
}

/** Times that tests shorten. */
export interface ApiTimes {
  readonly bodyMs?: number;
  readonly stallMs?: number;
}

/** The HTTP API: each endpoint of @wardmesh/api behind the same checks, in the same order. Whatever throws denies. */
export function makeApi(deps: ApiDeps, times: ApiTimes = {}): Hono<ApiEnvironment> {
  const { bodyMs = BODY_TIMEOUT_MS, stallMs = MAX_STREAM_STALL_MS } = times;
  const app = new Hono<ApiEnvironment>({ strict: true }).basePath('/api');
  const { clock } = deps.gateway.services;
  const rates = new RateLimits({
    clock,
    tiers: {
      standard: { requests: REQUESTS_PER_WINDOW, window: WINDOW_SECONDS, burst: 0 },
      strict: { requests: SIGN_IN_PER_WINDOW, window: WINDOW_SECONDS, burst: 0 },
      critical: { requests: SIGN_IN_PER_WINDOW, window: WINDOW_SECONDS, burst: 0 },
    },
  });
  const streams = new EventStreams(deps, stallMs);
  const searches = new Searches(clock);
  const openApi = JSON.stringify(openApiDocument(deps.version));

  /** By what we are reached: our own scheme, and that of the public name where a proxy stands in front. */
  const schemes = () => {
    const { url, publicUrl } = deps.gateway;
    return new Set([url, publicUrl].map((text) => URL.parse(text)?.protocol));
  };

  app.onError((error) => answerError(error, deps));
  app.notFound(() => answerError(apiError('ROUTE_UNKNOWN', 'There is no such route.'), deps));
  app.get('/openapi.json', (context) =>
    context.body(openApi, 200, { ...API_HEADERS, 'content-type': 'application/json' }),
  );

  for (const [operation, endpoint] of Object.entries(ENDPOINTS) as [keyof typeof ENDPOINTS, Endpoint][]) {
    app.on(endpoint.method, endpoint.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      // HEAD is taken for GET here: it would open a stream that nobody reads.
      if (context.req.method !== endpoint.method) throw apiError('ROUTE_UNKNOWN', 'There is no such route.');
      assertOwnPage(context, endpoint, schemes);
      const caller = await callerOf(inboundOf(context), deps);
      limit(rates, caller, context.env.remoteAddress, endpoint, clock.now());
      const extent = extentOf(caller, endpoint);
      if (operation === 'events') {
        const lastEventId = context.req.header('last-event-id');
        return streams.open(caller!, { extent, lastEventId, cut: context.env.cut });
      }
      const cookies: string[] = [];
      const request: ApiRequest<never> = {
        params: parse(endpoint.params, context.req.param(), 'path') as never,
        query: parse(endpoint.query, queryOf(context), 'query') as never,
        body: parse(endpoint.body, await bodyOf(context, endpoint, bodyMs), 'body') as never,
        extent,
        caller,
        correlationId: uuid(deps.gateway.services.random),
        remoteAddress: context.env.remoteAddress,
        host: context.req.header('host') ?? '',
        setCookie: (value) => cookies.push(value),
        searches,
      };
      const handler = HANDLERS[operation as keyof typeof HANDLERS] as (
        request: ApiRequest<never>,
        deps: ApiDeps,
      ) => unknown;
      const answer = endpoint.answer.parse(await handler(request, deps));
      const headers = new Headers(API_HEADERS as Record<string, string>);
      for (const cookie of cookies) headers.append('set-cookie', cookie);
      headers.set('content-type', 'application/json');
      return new Response(JSON.stringify(answer), { status: 200, headers });
    });
  }
  return app;
}

/** The request as the layers that check tokens see it; its body is read later. */
function inboundOf({ req, env }: Context<ApiEnvironment>): Inbound {
  return {
    method: req.method,
    path: req.path,
    headers: Object.fromEntries(req.raw.headers),
    remoteAddress: env.remoteAddress,
    ...(URL.parse(req.url)?.protocol === 'https:' && { tls: 'TLS' }),
  };
}

/**
 * Nothing from another site: browsers say where a request comes from (Fetch Metadata, Origin), and what changes
 * something carries a header that no form can send.
 */
function assertOwnPage({ req }: Context, { method }: Endpoint, schemes: () => ReadonlySet<string | undefined>): void {
  const site = req.header('sec-fetch-site');
  const origin = req.header('origin');
  const from = origin === undefined ? undefined : URL.parse(origin);
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    // The scheme too: whoever sits on the network writes pages of our name over plain HTTP.
    (origin !== undefined && (from?.host !== req.header('host') || !schemes().has(from?.protocol)));
  if (isForeign || (method !== 'GET' && req.header('x-ward-request') !== '1')) {
    throw apiError(
      'CROSS_SITE',
      'The request does not come from a page of this gateway.',
      'Send the header x-ward-request: 1.',
    );
  }
}

function limit(
  rates: RateLimits,
  caller: Caller | undefined,
  address: string,
  { permission }: Endpoint,
  now: number,
): void {
  const isSignIn = permission === 'public';
  const key = isSignIn || caller === undefined ? `address:${networkOf(address)}` : `session:${caller.session.id}`;
  const decision = rates.consume(key, isSignIn ? 'strict' : 'standard', now);
  if (decision.allowed) return;
  throw apiError('RATE_LIMITED', 'Too many requests.', undefined, decision.retryAfter ?? WINDOW_SECONDS);
}

/** How far the caller may go; what is not permitted throws. */
function extentOf(caller: Caller | undefined, { permission, own }: Endpoint): 'any' | 'own' {
  if (permission === 'public') return 'any';
  if (caller === undefined) throw apiError('NOT_SIGNED_IN', 'Nobody is signed in.', 'Sign in with a wallet.');
  if (permission === 'signed-in' || caller.rights.any.has(permission)) return 'any';
  if (own === true && caller.rights.own.has(permission)) return 'own';
  throw apiError('NOT_PERMITTED', `This needs the permission ${permission}.`, 'Ask an admin for a role that has it.');
}

function queryOf({ req }: Context): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(req.queries())) {
    if (values.length !== 1) throw apiError('REQUEST_INVALID', `${name} stands more than once.`);
    query[name] = values[0]!;
  }
  return query;
}

async function bodyOf({ req }: Context, { body }: Endpoint, withinMs: number): Promise<unknown> {
  const text = await readText(req.raw, withinMs);
  if (body === undefined) {
    if (text !== '') throw apiError('REQUEST_INVALID', 'This takes no body.');
    return undefined;
  }
  if (req.header('content-type')?.split(';')[0]?.trim() !== 'application/json') {
    throw apiError('REQUEST_INVALID', 'The body must be application/json.');
  }
  const parsed = parseStrictJson(text);
  if (!parsed.ok) throw apiError('REQUEST_INVALID', 'The body is not strict JSON.');
  return parsed.value;
}

function parse(schema: Endpoint['body'], given: unknown, place: string): unknown {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw apiError('REQUEST_INVALID', `${[place, ...path].join('.')}: ${message}`);
}

function answerError(error: unknown, { gateway }: ApiDeps): Response {
  const { services } = gateway;
  const correlationId = uuid(services.random);
  const coded: CodedError =
    error instanceof CodedError ? error : apiError('INTERNAL' satisfies ApiErrorCode, 'Internal error - access denied');
  if (coded.code === 'INTERNAL' || !(error instanceof CodedError))
    services.log.fault(correlationId, error, { at: 'api' });
  const headers = new Headers(API_HEADERS as Record<string, string>);
  headers.set('content-type', 'application/json');
  // What is left of the body belongs to no request.
  if (coded.code === 'REQUEST_TOO_LARGE' || coded.code === 'REQUEST_TIMEOUT') headers.set('connection', 'close');
  if (statusOf(coded.code) === 401) headers.set('www-authenticate', challengeOf(gateway.publicUrl, coded.code));
  if (coded.retryAfter !== undefined) headers.set('retry-after', String(coded.retryAfter));
  return new Response(JSON.stringify({ ...coded.toJSON(), correlationId }), { status: statusOf(coded.code), headers });
}

/** Where a program signs in, and for what (RFC 6750 §3, RFC 9728 §5.1). */
function challengeOf(publicUrl: string, code: string): string {
  const error = code === 'TOKEN_REFUSED' ? ', error="invalid_token"' : '';
  const place = `${publicUrl}${RESOURCE_METADATA_PATH}/api`;
  return `Bearer realm="wardmesh"${error}, resource_metadata="${place}", scope="${SCOPE_API}", DPoP algs="ES256 EdDSA"`;
}
