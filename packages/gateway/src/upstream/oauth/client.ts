import type { JsonObject } from '@wardmesh/core';
import { unavailable } from '../errors.ts';
import { oauthWord, signInRefused } from './error.ts';
import type { OauthHttp } from './http.ts';
import { DEFAULT_TOKEN_MS, MAX_TEXT } from './limits.ts';

/** Who we are at one authorisation server. */
export interface ClientIdentity {
  readonly id: string;
  /** Of confidential clients; in the clear here alone. */
  readonly secret?: string;
}

export interface TokenSet {
  readonly access: string;
  /** ms since the epoch */
  readonly expires: number;
  readonly refresh?: string;
}

/** What a token endpoint refused with: an OAuth error code such as `invalid_grant`. */
export interface TokenRefusal {
  readonly refused: string;
}

/** Registers us anew (RFC 7591), as a public client of this one redirect URI. */
export async function registerClient(
  http: OauthHttp,
  endpoint: string,
  redirectUri: string,
  scope: string,
): Promise<ClientIdentity> {
  const { status, json } = await http(new URL(endpoint), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Wardmesh',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...(scope !== '' && { scope }),
    }),
  });
  const id = json?.client_id;
  if ((status !== 201 && status !== 200) || typeof id !== 'string' || id.length > MAX_TEXT) {
    throw signInRefused(`the authorisation server does not register us: ${oauthWord(json?.error)}`, {
      hint: 'Register a client there by hand, and write its clientId into ward.yaml.',
    });
  }
  const secret = json?.client_secret;
  return { id, ...(typeof secret === 'string' && secret.length <= MAX_TEXT && { secret }) };
}

/**
 * One request to a token endpoint.
 * @param now ms since the epoch, from before the request
 * @throws CodedError UPSTREAM_SIGN_IN_REFUSED where the answer cannot be used, and those of {@link OauthHttp}
 */
export async function askForTokens(
  http: OauthHttp,
  endpoint: string,
  client: ClientIdentity,
  fields: Readonly<Record<string, string>>,
  now: number,
): Promise<TokenSet | TokenRefusal> {
  const { status, json } = await http(new URL(endpoint), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.secret !== undefined && { authorization: basic(client.id, client.secret) }),
    },
    body: new URLSearchParams({ ...(client.secret === undefined && { client_id: client.id }), ...fields }).toString(),
  });
  if (status === 200 && json !== undefined) return readTokens(json, now);
  // Their trouble, not a verdict on the grant.
  if (status >= 500 || status === 429) throw unavailable('the authorisation server is overloaded or broken');
  return { refused: oauthWord(json?.error) };
}

function readTokens(json: JsonObject, now: number): TokenSet {
  const { access_token: access, token_type: type, expires_in: seconds, refresh_token: refresh } = json;
  // It goes into a header: b64token of RFC 6750 §2.1 and nothing else.
  const isToken = typeof access === 'string' && access.length <= MAX_TEXT && /^[A-Za-z0-9._~+/-]+=*$/.test(access);
  if (!isToken || String(type).toLowerCase() !== 'bearer') {
    throw signInRefused('the authorisation server gave no bearer token');
  }
  const life = typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 31_536_000) * 1_000 : DEFAULT_TOKEN_MS;
  return {
    access,
    expires: now + life,
    ...(typeof refresh === 'string' && refresh !== '' && refresh.length <= MAX_TEXT && { refresh }),
  };
}

/** RFC 6749 §2.3.1: both parts are form-encoded first. */
function basic(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}
