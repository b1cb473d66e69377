import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, fromUtf8, parseStrictJson } from '@wardmesh/core';
import type Provider from 'oidc-provider';
import type { Grant } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { ZodType } from 'zod';
import { readBody } from '../../front/read-body.ts';
import { lockIdOf } from '../../pipeline/lock-id.ts';
import { OAUTH_PATH } from '../addresses.ts';
import { html } from '../html.ts';
import { answerError, answerJson } from '../json-answer.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { consentPage } from '../pages/consent-page.ts';
import { type Page, renderPage } from '../pages/layout.ts';
import { signInPage } from '../pages/sign-in-page.ts';
import { securityHeaders } from '../security-headers.ts';
import { abortBody, challengeBody, consentBody, verifyBody } from './schemas.ts';
import type { PeoplePort, SignInPort } from './sign-in-port.ts';

export interface InteractionParts {
  readonly issuer: string;
  provider(): Provider;
  readonly signIn: SignInPort;
  readonly people: PeoplePort;
  makeNonce(): string;
  /** Told of what happens here, for the log; never of a secret. */
  record(
    event: 'signed-in' | 'refused' | 'allowed' | 'device-approved' | 'declined',
    facts: Readonly<Record<string, unknown>>,
  ): void;
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

const PATH = new RegExp(`^${OAUTH_PATH}/interaction/([A-Za-z0-9_-]{10,64})(?:/(challenge|verify|consent|abort))?$`);

/** The page between an authorization request and its answer: sign in, then consent. */
export class InteractionRoutes {
  readonly #parts: InteractionParts;

  constructor(parts: InteractionParts) {
    this.#parts = parts;
  }

  owns(path: string): boolean {
    return PATH.test(path);
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, uid = '', action] = PATH.exec(path)!;
    try {
      if (action === undefined) {
        if (request.method !== 'GET') return answerError(response, 405, 'invalid_request', 'Only GET is served here.');
        return await this.#page(await this.#details(uid, request, response), response);
      }
      if (request.method !== 'POST') return answerError(response, 405, 'invalid_request', 'Only POST is served here.');
      if (!this.#isOwnPage(request)) {
        this.#parts.record('refused', { reason: 'another origin' });
        return answerError(response, 403, 'invalid_request', 'This comes from another page.');
      }
      const details = await this.#details(uid, request, response);
      switch (action) {
        case 'challenge':
          return await this.#challenge(uid, request, response);
        case 'verify':
          return await this.#verify(details, request, response);
        case 'consent':
          return await this.#consent(details, request, response);
        default:
          await bodyOf(request, abortBody);
          return await this.#decline(details, request, response, 'the person declined');
      }
    } catch (error) {
      this.#fail(error, action === undefined, response);
    }
  }

  /** The interaction of this browser's cookie, which must be the one of the path. */
  async #details(uid: string, request: IncomingMessage, response: ServerResponse): Promise<Details> {
    const details = await this.#parts.provider().interactionDetails(request, response);
    if (details.uid !== uid) throw new errors.SessionNotFound('interaction mismatch');
    return details;
  }

  async #page(details: Details, response: ServerResponse): Promise<void> {
    const client = await this.#parts.provider().Client.find(String(details.params.client_id));
    if (client === undefined) throw new errors.SessionNotFound('client is gone');
    const base = `${OAUTH_PATH}/interaction/${details.uid}`;
    const host = URL.parse(client.clientId)?.host;
    if (details.prompt.name !== 'consent') {
      const clientName = client.clientName ?? host ?? client.clientId;
      return this.#show(response, 200, signInPage({ clientName, base, chains: this.#parts.signIn.chains }));
    }
    const { redirect_uri: redirectUri } = details.params;
    return this.#show(
      response,
      200,
      consentPage({
        clientName: client.clientName,
        clientId: client.clientId,
        vouchedBy: host === '' ? undefined : host,
        redirectUri: typeof redirectUri === 'string' && details.deviceCode === undefined ? redirectUri : undefined,
        person: details.session?.accountId ?? '',
        resources: resourcesOf(details),
        base,
      }),
    );
  }

  async #challenge(uid: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { chain, address } = await bodyOf(request, challengeBody);
    const ask = { chain, requestId: uid, ...(address !== undefined && { address }) };
    answerJson(response, 200, this.#parts.signIn.challenge(ask));
  }

  async #verify(details: Details, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (details.prompt.name === 'consent') throw new errors.SessionNotFound('already signed in');
    const { address, publicKey, ...proof } = await bodyOf(request, verifyBody);
    const source = lockIdOf(request.socket.remoteAddress ?? '', `${proof.chain}:${address ?? ''}`);
    const { person, account } = await this.#parts.signIn.verify(
      { ...proof, ...(address !== undefined && { address }), ...(publicKey !== undefined && { publicKey }) },
      { requestId: details.uid, source },
    );
    if (this.#parts.people.rolesOf(person) === undefined) {
      throw new CodedError('IDENTITY_SIGN_IN_REFUSED', 'the sign-in was refused');
    }
    this.#parts.record('signed-in', { person, account, client: details.params.client_id });
    return this.#finish(request, response, { login: { accountId: person, remember: false } });
  }

  async #consent(details: Details, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const person = details.session?.accountId;
    if (details.prompt.name !== 'consent' || person === undefined) throw new errors.SessionNotFound('no sign-in yet');
    const { scopes } = await bodyOf(request, consentBody);
    const provider = this.#parts.provider();
    const clientId = String(details.params.client_id);
    const grant: Grant = new provider.Grant({ accountId: person, clientId });
    const basic = details.prompt.details.missingOIDCScope;
    if (Array.isArray(basic)) grant.addOIDCScope(basic.join(' '));
    let given = 0;
    for (const { indicator, scopes: asked } of resourcesOf(details)) {
      const allowed = asked.filter((scope) => scopes.includes(scope));
      const rejected = asked.filter((scope) => !scopes.includes(scope));
      if (allowed.length > 0) grant.addResourceScope(indicator, allowed.join(' '));
      if (rejected.length > 0) grant.rejectResourceScope(indicator, rejected.join(' '));
      given += allowed.length;
    }
    if (given === 0) {
      return this.#decline(details, request, response, 'nothing was allowed');
    }
    const grantId = await grant.save();
    const isDevice = details.deviceCode !== undefined;
    this.#parts.record(isDevice ? 'device-approved' : 'allowed', { person, client: clientId, scopes });
    return this.#finish(request, response, { consent: { grantId } }, true);
  }

  async #decline(details: Details, request: IncomingMessage, response: ServerResponse, why: string): Promise<void> {
    const person = details.session?.accountId;
    this.#parts.record('declined', { ...(person !== undefined && { person }), client: details.params.client_id, why });
    return this.#finish(request, response, { error: 'access_denied', error_description: why });
  }

  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    result: Parameters<Provider['interactionResult']>[2],
    merge = false,
  ): Promise<void> {
    const provider = this.#parts.provider();
    const location = await provider.interactionResult(request, response, result, { mergeWithLastSubmission: merge });
    answerJson(response, 200, { location });
  }

  /** A page of another site can send neither this content type nor our Origin; both are asked for (CSRF). */
  #isOwnPage(request: IncomingMessage): boolean {
    const { origin, 'sec-fetch-site': site, 'content-type': type } = request.headers;
    return (
      origin === this.#parts.issuer &&
      (site === undefined || site === 'same-origin') &&
      type?.split(';', 1)[0]?.trim() === 'application/json'
    );
  }

  #fail(error: unknown, isPage: boolean, response: ServerResponse): void {
    if (error instanceof errors.SessionNotFound) {
      if (isPage) this.#show(response, 410, OVER);
      else answerError(response, 410, 'expired', 'This sign-in is over. Start again in your program.');
      return;
    }
    if (!(error instanceof CodedError)) throw error;
    const status = STATUS[error.code];
    if (status === undefined) throw error;
    this.#parts.record('refused', { code: error.code, reason: error.details.reason });
    const headers = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
    answerJson(response, status, error.toJSON(), headers);
  }

  #show(response: ServerResponse, status: number, page: Page): void {
    const nonce = this.#parts.makeNonce();
    const text = renderPage(page, nonce);
    response.writeHead(status, {
      ...securityHeaders(nonce),
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  }
}

const OVER: Page = {
  title: 'Not signed in',
  body: html`<h1>This sign-in is over</h1><p>It took too long, was finished, or was started in another browser. Go back to
your program and start again.</p>`,
};

const STATUS: Readonly<Record<string, number>> = {
  INTERACTION_BODY_INVALID: 400,
  IDENTITY_CHALLENGE_INVALID: 400,
  IDENTITY_SIGN_IN_REFUSED: 401,
  IDENTITY_LOCKED: 429,
  IDENTITY_UNAVAILABLE: 503,
};

/** The resources a request is for, with the scopes that a person has yet to decide on. */
function resourcesOf(details: Details): { indicator: string; resource: string; scopes: string[] }[] {
  const missing = details.prompt.details.missingResourceScopes;
  if (typeof missing !== 'object' || missing === null) return [];
  return Object.entries(missing as Record<string, string[]>).map(([indicator, scopes]) => ({
    indicator,
    resource: indicator,
    scopes,
  }));
}

async function bodyOf<T>(request: IncomingMessage, schema: ZodType<T>): Promise<T> {
  const invalid = () => new CodedError('INTERACTION_BODY_INVALID', 'The request is not what this page sends.');
  const read = await readBody(request, MAX_BODY_BYTES);
  if (!('body' in read)) throw invalid();
  let text: string;
  try {
    text = fromUtf8(read.body);
  } catch {
    throw invalid();
  }
  const json = parseStrictJson(text);
  const parsed = json.ok ? schema.safeParse(json.value) : undefined;
  if (parsed?.success !== true) throw invalid();
  return parsed.data;
}
