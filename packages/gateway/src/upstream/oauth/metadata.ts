import type { JsonObject } from '@wardmesh/core';
import { signInRefused } from './error.ts';
import { MAX_TEXT } from './limits.ts';

/** What an upstream says of how it is protected (RFC 9728). */
export interface ProtectedResource {
  /** RFC 8707 indicator: what tokens are asked for. */
  readonly resource: string;
  readonly issuers: readonly string[];
  readonly scopes: readonly string[];
}

/** What is used of an authorisation server's metadata (RFC 8414). */
export interface AuthorizationServerMetadata {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly registration?: string;
  readonly revocation?: string;
  /** RFC 9207: its answers name it. */
  readonly saysIss: boolean;
}

/** Where a server's own metadata may stand, in the order of MCP authorisation §protected resource metadata discovery. */
export function resourceMetadataUrls(server: URL): readonly URL[] {
  const base = '/.well-known/oauth-protected-resource';
  const path = server.pathname === '/' ? '' : server.pathname;
  return [...new Set([`${base}${path}`, base])].map((each) => new URL(each, server.origin));
}

/** Where an issuer's metadata may stand (RFC 8414 §3.1, OpenID Connect Discovery §4), in MCP's order. */
export function issuerMetadataUrls(issuer: string): readonly URL[] {
  const url = new URL(issuer);
  const path = url.pathname.replace(/\/$/, '');
  const [oauth, openid] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'] as const;
  const all = path === '' ? [oauth, openid] : [`${oauth}${path}`, `${openid}${path}`, `${path}${openid}`];
  return all.map((each) => new URL(each, url.origin));
}

/** `resource_metadata` of a 401's challenge (RFC 9728 §5.1); only on the server's own origin, where it can vouch for itself. */
export function challengedUrl(header: string | string[] | undefined, server: URL): URL | undefined {
  const text = [header ?? []].flat().join(', ');
  const named = /\bresource_metadata="([^"\\]{1,2048})"/i.exec(text)?.[1];
  const url = named === undefined ? null : URL.parse(named);
  return url !== null && url.origin === server.origin ? url : undefined;
}

/** @throws CodedError UPSTREAM_SIGN_IN_REFUSED where it describes another resource (RFC 9728 §3.3) */
export function readProtectedResource(json: JsonObject, server: URL): ProtectedResource {
  const { resource } = json;
  const url = typeof resource === 'string' ? URL.parse(resource) : null;
  const isServer = url !== null && url.origin === server.origin && isWithin(url.pathname, server.pathname);
  if (!isServer || url.search !== '' || url.hash !== '') {
    throw signInRefused('the server describes another resource than itself');
  }
  return {
    resource: resource as string,
    issuers: texts(json.authorization_servers),
    scopes: texts(json.scopes_supported).filter((scope) => /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(scope)),
  };
}

/** @throws CodedError UPSTREAM_SIGN_IN_REFUSED where it names another issuer, or lacks what OAuth 2.1 asks for */
export function readAuthorizationServer(json: JsonObject, issuer: string): AuthorizationServerMetadata {
  // Equal character by character (RFC 8414 §3.3): near misses are how one server speaks for another.
  if (json.issuer !== issuer) throw signInRefused('the authorisation server names another issuer');
  if (!texts(json.code_challenge_methods_supported).includes('S256')) {
    throw signInRefused('the authorisation server does not offer PKCE with S256');
  }
  const endpoint = (name: string) => {
    const value = json[`${name}_endpoint`];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length <= MAX_TEXT && URL.canParse(value)) return value;
    throw signInRefused(`the ${name} endpoint is no address`);
  };
  const authorization = endpoint('authorization');
  const token = endpoint('token');
  if (authorization === undefined || token === undefined)
    throw signInRefused('the authorisation server lacks endpoints');
  const registration = endpoint('registration');
  const revocation = endpoint('revocation');
  return {
    issuer,
    authorization,
    token,
    ...(registration !== undefined && { registration }),
    ...(revocation !== undefined && { revocation }),
    saysIss: json.authorization_response_iss_parameter_supported === true,
  };
}

function isWithin(folder: string, path: string): boolean {
  const base = folder.replace(/\/$/, '');
  return path === folder || path === base || path.startsWith(`${base}/`);
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string' && each.length <= MAX_TEXT).slice(0, 64)
    : [];
}
