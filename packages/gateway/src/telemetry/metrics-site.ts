import type { IncomingMessage, ServerResponse } from 'node:http';
import { uuid } from '@wardmesh/core';
import { extentOf, isRole } from '@wardmesh/identity';
import { API_HEADERS } from '../api/security-headers.ts';
import { inboundOf } from '../front/inbound.ts';
import type { Site } from '../front/site.ts';
import { resourceAt } from '../oauth/addresses.ts';
import { SCOPE_API } from '../oauth/scopes.ts';
import { authenticate } from '../pipeline/authenticate.ts';
import { authenticateToken } from '../pipeline/authenticate-token.ts';
import { Call, type Inbound, type Principal } from '../pipeline/call.ts';
import type { Pipeline } from '../pipeline/run.ts';
import { checkOrigin, single, type TransportRules } from '../pipeline/transport.ts';
import { CLIENT_CODES, type Denial, deny, toRpcError } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Scraper } from './scrape.ts';

export interface MetricsSiteOptions {
  readonly services: Services;
  readonly scraper: Scraper;
  /** Notes refusals, as of every request. */
  readonly pipeline: Pick<Pipeline, 'refuse'>;
  rules(): TransportRules;
}

const PATH = '/metrics';
/** The resource metadata a client without a token is sent to; the API's own, as no MCP endpoint is asked for. */
const ROUTE = { kind: 'aggregate' } as const;

/**
 * `GET /metrics` for Prometheus: to an agent whose roles hold `metrics:read`, by its token, and to a person who holds it,
 * by an access token for the API. Refusals count towards lockout and are recorded like those of calls.
 */
export class MetricsSite implements Site {
  readonly #options: MetricsSiteOptions;

  constructor(options: MetricsSiteOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return path === PATH;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { services, scraper, pipeline } = this.#options;
    const inbound = inboundOf(request, { body: new Uint8Array() });
    const denial = await this.#admit(inbound);
    if (denial === undefined) {
      const { contentType, text } = await scraper.read();
      response.writeHead(200, { ...API_HEADERS, 'content-type': contentType }).end(text);
      return;
    }
    const correlationId = uuid(services.random);
    const call = new Call(correlationId, services.clock.monotonic(), inbound, ROUTE);
    await pipeline.refuse(call, denial);
    const { status } = CLIENT_CODES[denial.code];
    if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="wardmesh"');
    if (status === 405) response.setHeader('allow', 'GET');
    if (denial.retryAfter !== undefined) response.setHeader('retry-after', String(denial.retryAfter));
    response.writeHead(denial.code === 'POLICY_DENIED' ? 403 : status, {
      ...API_HEADERS,
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(toRpcError(denial, correlationId).data));
  }

  async #admit(inbound: Inbound): Promise<Denial | undefined> {
    const { services, rules } = this.#options;
    const refused = checkOrigin(inbound, rules());
    if (refused) return refused;
    if (inbound.method !== 'GET') return deny('METHOD_NOT_ALLOWED');
    const admitted = await this.#authenticate(inbound);
    if ('code' in admitted) return admitted;
    const { principal } = admitted;
    if (!mayRead(principal)) {
      return deny('POLICY_DENIED', {
        hint: 'This takes the permission metrics:read, which the roles admin, operator and auditor hold.',
        detail: `${principal.id} at ${PATH}`,
      });
    }
    const rate = services.rates().consume(principal.id, 'standard', services.clock.now());
    if (rate.allowed) return undefined;
    return deny('RATE_LIMITED', { ...(rate.retryAfter !== undefined && { retryAfter: rate.retryAfter }) });
  }

  #authenticate(inbound: Inbound): ReturnType<typeof authenticate> {
    const { services } = this.#options;
    const header = single(inbound, 'authorization');
    const gate = services.oauth?.();
    if (header === undefined || !gate?.isFor(header)) return authenticate(services, { inbound });
    const { audience } = resourceAt(gate.issuer, '/api')!;
    return authenticateToken(services, gate, { inbound, route: ROUTE, place: { path: PATH, audience } }, header);
  }
}

/** What roles hold; a client of a person also needs to have been let act for them beside MCP. */
function mayRead({ roles, scopes }: Principal): boolean {
  if (scopes !== undefined && !scopes.includes(SCOPE_API)) return false;
  return roles.filter(isRole).some((role) => extentOf('metrics:read', role) === 'any');
}
