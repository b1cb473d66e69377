import { parseRoute, routeKey } from '../front/route.ts';
import type { Route } from '../pipeline/call.ts';
import { MCP_SCOPES, SCOPE_API } from './scopes.ts';

/** The protected resources of a gateway: its MCP endpoints and its HTTP API. */
export type ResourcePath = '/mcp' | '/api' | `/servers/${string}/mcp`;

export interface ProtectedResource {
  readonly path: ResourcePath;
  /** The `aud` of tokens for it: the issuer's origin and the path, whatever name a client knows us by. */
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** Folder of everything of the authorisation server but its well-known documents. */
export const OAUTH_PATH = '/oauth';
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource';

export const OAUTH_ROUTES = {
  authorization: `${OAUTH_PATH}/authorize`,
  token: `${OAUTH_PATH}/token`,
  jwks: `${OAUTH_PATH}/jwks`,
  registration: `${OAUTH_PATH}/register`,
  revocation: `${OAUTH_PATH}/revoke`,
  end_session: `${OAUTH_PATH}/sign-out`,
  code_verification: `${OAUTH_PATH}/device`,
  device_authorization: `${OAUTH_PATH}/device_authorization`,
} as const;

export function resourceAt(issuer: string, path: string): ProtectedResource | undefined {
  if (path === '/api') return { path, audience: `${issuer}/api`, scopes: [SCOPE_API] };
  const route = parseRoute(path);
  if (route === undefined) return undefined;
  const key = routeKey(route) as ResourcePath;
  return { path: key, audience: `${issuer}${key}`, scopes: MCP_SCOPES };
}

/**
 * The resource an RFC 8707 indicator names: an absolute URI of ours without query and fragment.
 * @param isOurs whether an origin (lower case) is one clients reach us by
 */
export function resourceOf(
  indicator: string,
  issuer: string,
  isOurs: (origin: URL) => boolean,
): ProtectedResource | undefined {
  const url = URL.parse(indicator);
  if (
    url === null ||
    url.username !== '' ||
    url.password !== '' ||
    indicator.includes('?') ||
    indicator.includes('#')
  ) {
    return undefined;
  }
  return isOurs(url) ? resourceAt(issuer, url.pathname) : undefined;
}

export function audienceOf(issuer: string, route: Route): string {
  return `${issuer}${routeKey(route)}`;
}
