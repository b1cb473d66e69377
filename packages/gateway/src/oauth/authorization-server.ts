import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Clock, type Random, toBase64Url, utf8 } from '@wardmesh/core';
import { RateLimits, type RateTierName } from '@wardmesh/limits';
import type { OauthRepository } from '@wardmesh/store';
import type Provider from 'oidc-provider';
import { discardRest } from '../front/discard-rest.ts';
import { readBody } from '../front/read-body.ts';
import type { Site } from '../front/site.ts';
import { networkOf } from '../pipeline/lock-id.ts';
import { checkOrigin, type TransportRules } from '../pipeline/transport.ts';
import { OAUTH_PATH, OAUTH_ROUTES, RESOURCE_METADATA_PATH, resourceOf } from './addresses.ts';
import { documentFetcher, type FetchDocument } from './clients/fetch-document.ts';
import { Grants } from './grants.ts';
import { InteractionRoutes } from './interaction/routes.ts';
import type { PeoplePort, SignInPort } from './interaction/sign-in-port.ts';
import { answerError, PUBLIC_DATA } from './json-answer.ts';
import { SigningKeys, type TokenKeyStore } from './keys/signing-keys.ts';
import { MAX_BODY_BYTES, MAX_QUERY, OAUTH_RATES } from './limits.ts';
import { originOf } from './origin.ts';
import { ASSETS } from './pages/assets.ts';
import { providerPages } from './pages/provider-pages.ts';
import { makeProvider } from './provider.ts';
import { admitRegistration } from './registration.ts';
import { replayRequest } from './replay-request.ts';
import { answerResourceMetadata } from './resource-metadata.ts';
import { MCP_SCOPES, SCOPE_API } from './scopes.ts';
import { securityHeaders } from './security-headers.ts';
import { TokenGate } from './tokens/token-gate.ts';

export interface AuthorizationServerOptions {
  /** Origin by which everybody names this gateway, without a trailing slash. */
  readonly issuer: string;
  readonly repository: OauthRepository;
  readonly keys: TokenKeyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly signIn: SignInPort;
  readonly people: PeoplePort;
  rules(): TransportRules;
  /** A consent is over: what is open on its behalf ends. */
  onGrantEnded(grant: string): void;
  record(event: OauthEvent, facts: Readonly<Record<string, unknown>>): void;
  onFault(error: unknown): void;
  /** In the place of {@link documentFetcher}. */
  readonly fetchDocument?: FetchDocument;
}

export type OauthEvent =
  | 'signed-in'
  | 'refused'
  | 'allowed'
  | 'device-approved'
  | 'declined'
  | 'revoked'
  | 'expired'
  | 'key-rotated';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Keys, rows and consents are looked after this often, ms. */
const TICK_MS = 30_000;
const WELL_KNOWN: ReadonlySet<string> = new Set([
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
]);

/** OAuth 2.1 for MCP clients, served beside the MCP endpoints under the same origin (WM-GW-2). */
export class AuthorizationServer implements Site {
  readonly issuer: string;
  readonly grants: Grants;
  readonly gate: TokenGate;
  readonly #options: AuthorizationServerOptions;
  readonly #keys: SigningKeys;
  readonly #rates: RateLimits;
  readonly #interactions: InteractionRoutes;
  readonly #timer: NodeJS.Timeout;
  readonly #closers: (() => void)[] = [];
  #provider: Provider;
  #handler: Handler;
  #working: Promise<void> = Promise.resolve();

  private constructor(options: AuthorizationServerOptions, grants: Grants, keys: SigningKeys, gate: TokenGate) {
    this.#options = options;
    this.issuer = options.issuer;
    this.grants = grants;
    this.gate = gate;
    this.#keys = keys;
    this.#rates = new RateLimits({ clock: options.clock, tiers: OAUTH_RATES });
    const makeNonce = () => toBase64Url(options.random.bytes(16));
    this.#provider = this.#makeProvider();
    this.#handler = this.#provider.callback() as Handler;
    this.#interactions = new InteractionRoutes({
      issuer: options.issuer,
      provider: () => this.#provider,
      signIn: options.signIn,
      people: options.people,
      makeNonce,
      record: options.record,
    });
    this.#timer = setInterval(() => {
      this.#working = this.tick().catch(options.onFault);
    }, TICK_MS);
    this.#timer.unref();
  }

  /** @throws CodedError OAUTH_KEYS_INVALID, and of the store */
  static async open(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
    const { issuer, clock, people } = options;
    const keys = await SigningKeys.open(options.keys, clock);
    const grants = await Grants.open(options.repository, clock, ({ id, person, client }, why) => {
      options.record(why, { grant: id, person, client });
      options.onGrantEnded(id);
    });
    const gate = await TokenGate.open({ issuer, clock, grants, people }, keys.all);
    return new AuthorizationServer(options, grants, keys, gate);
  }

  owns(path: string): boolean {
    return (
      WELL_KNOWN.has(path) ||
      path === RESOURCE_METADATA_PATH ||
      path.startsWith(`${RESOURCE_METADATA_PATH}/`) ||
      path.startsWith(`${OAUTH_PATH}/`)
    );
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    const path = url.split('?', 1)[0]!;
    const { host } = request.headers;
    if (checkOrigin({ headers: { host } }, this.#options.rules())) {
      return answerError(response, 403, 'invalid_request', 'This host is not allowed.');
    }
    if (url.length > MAX_QUERY) return answerError(response, 414, 'invalid_request', 'The address is too long.');
    const tier = tierOf(path);
    if (!this.#mayGoOn(request, response, tier)) return;
    if (path === RESOURCE_METADATA_PATH || path.startsWith(`${RESOURCE_METADATA_PATH}/`)) {
      const { encrypted } = request.socket as TLSSocket;
      const origin =
        originOf({ headers: request.headers, ...(encrypted && { tls: 'TLS' }) }, this.issuer) ?? this.issuer;
      return answerResourceMetadata(path, request, response, { issuer: this.issuer, origin });
    }
    const asset = ASSETS.get(path);
    if (asset !== undefined) return this.#asset(asset, request, response);
    // Cookies and messages are bound to one origin; by another name the flow would break half way.
    if (!WELL_KNOWN.has(path) && host !== new URL(this.issuer).host) {
      return answerError(response, 421, 'invalid_request', `Use ${this.issuer}.`);
    }
    if (this.#interactions.owns(path)) {
      this.#asIssuer(request);
      return this.#interactions.handle(path, request, response);
    }
    return this.#forward(path, request, response);
  }

  /** Ends everything that was allowed to clients of a person: their rights changed. @returns how many consents */
  revokePerson(person: string): Promise<number> {
    return this.grants.revokeAll(person);
  }

  /** New signing key now. @param forget voids all tokens in force */
  async rotateKeys(options: { forget?: boolean } = {}): Promise<void> {
    await this.#keys.rotate(options);
    await this.#useKeys();
    this.#options.record('key-rotated', { kid: this.#keys.current.kid, forgotten: options.forget ?? false });
  }

  async tick(): Promise<void> {
    const { repository, clock } = this.#options;
    const { kid } = this.#keys.current;
    if (await this.#keys.rotateWhenDue()) await this.#useKeys();
    const now = this.#keys.current.kid;
    if (now !== kid) this.#options.record('key-rotated', { kid: now, forgotten: false });
    for (const { id } of this.grants.list()) this.grants.find(id);
    await repository.prune(clock.now());
  }

  /** Has `closer` called when this closes. */
  onClose(closer: () => void): void {
    this.#closers.push(closer);
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0)) closer();
    clearInterval(this.#timer);
    await this.#working;
  }

  async #useKeys(): Promise<void> {
    await this.gate.useKeys(this.#keys.all);
    this.#provider = this.#makeProvider();
    this.#handler = this.#provider.callback() as Handler;
  }

  #makeProvider(): Provider {
    const { issuer, repository, clock, random, people, rules } = this.#options;
    const provider = makeProvider({
      issuer,
      repository,
      clock,
      hooks: this.grants,
      keys: this.#keys.all,
      pages: providerPages(() => toBase64Url(random.bytes(16))),
      fetchDocument: this.#options.fetchDocument ?? documentFetcher(),
      allowFetch: (address) => this.#consume(address, 'critical').allowed,
      resource: (indicator) =>
        resourceOf(
          indicator,
          issuer,
          ({ origin, host, protocol }) =>
            origin === issuer ||
            (`${protocol}//` === issuer.slice(0, protocol.length + 2) &&
              checkOrigin({ headers: { host } }, rules()) === undefined),
        ),
      isKnown: (person) => people.rolesOf(person) !== undefined,
    });
    provider.on('server_error', (_ctx, error) => this.#options.onFault(error));
    return provider;
  }

  /** The library sees the issuer's origin, whatever came in: what it builds from it goes into redirects and metadata. */
  #asIssuer(request: IncomingMessage): void {
    const { host, protocol } = new URL(this.issuer);
    const { headers } = request;
    headers.host = host;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    delete headers['x-forwarded-for'];
  }

  async #forward(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#asIssuer(request);
    for (const [name, value] of Object.entries(securityHeaders())) response.setHeader(name, value);
    if (path === OAUTH_ROUTES.registration || WELL_KNOWN.has(path) || path === OAUTH_ROUTES.jwks) {
      response.setHeader('cross-origin-resource-policy', 'cross-origin');
    }
    if (path === OAUTH_ROUTES.registration) {
      response.setHeader('access-control-allow-origin', '*');
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { ...PUBLIC_DATA, 'access-control-allow-headers': 'content-type' }).end();
        return;
      }
    }
    if (path === OAUTH_ROUTES.authorization) {
      const query = new URL(request.url ?? '', this.issuer).searchParams;
      // Codes go out in the query alone: other modes put them into pages and fragments.
      if ((query.get('response_mode') ?? 'query') !== 'query') {
        return answerError(response, 400, 'invalid_request', 'Only response_mode=query is served.');
      }
      if (!query.has('scope')) {
        query.set('scope', defaultScope(query.getAll('resource')));
        request.url = `${path}?${query}`;
      }
    }
    if (request.method !== 'POST') return this.#handler(request, response);
    const read = await readBody(request, MAX_BODY_BYTES);
    if ('gone' in read) return;
    if ('fault' in read) {
      answerError(response, read.fault === 'REQUEST_TOO_LARGE' ? 413 : 408, 'invalid_request', 'The body is refused.');
      return discardRest(request);
    }
    if (path !== OAUTH_ROUTES.registration) return this.#handler(replayRequest(request, read.body), response);
    const { repository, clock } = this.#options;
    const count = async () => (await repository.list('Client:', clock.now())).length;
    const metadata = await admitRegistration(read.body, response, count);
    if (metadata === undefined) return;
    return this.#handler(replayRequest(request, utf8(JSON.stringify(metadata)), 'application/json'), response);
  }

  #asset(text: string, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') {
      answerError(response, 405, 'invalid_request', 'Only GET is served here.');
      return;
    }
    response.writeHead(200, {
      ...securityHeaders(),
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  #consume(address: string, tier: RateTierName) {
    return this.#rates.consume(networkOf(address), tier, this.#options.clock.now());
  }

  #mayGoOn(request: IncomingMessage, response: ServerResponse, tier: RateTierName): boolean {
    const decision = this.#consume(request.socket.remoteAddress ?? '', tier);
    if (decision.allowed) return true;
    response.setHeader('retry-after', String(decision.retryAfter ?? 1));
    answerError(response, 429, 'temporarily_unavailable', 'Too many requests; wait a while.');
    discardRest(request);
    return false;
  }
}

function tierOf(path: string): RateTierName {
  if (path === OAUTH_ROUTES.registration) return 'critical';
  return /\/(?:challenge|verify)$/.test(path) || path === OAUTH_ROUTES.code_verification ? 'strict' : 'standard';
}

/** What a client that names no scope is offered: what its resource has. */
function defaultScope(resources: readonly string[]): string {
  const isApi = resources.length > 0 && resources.every((resource) => resource.endsWith('/api'));
  return isApi ? SCOPE_API : MCP_SCOPES.join(' ');
}
