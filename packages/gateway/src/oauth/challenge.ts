import { routeKey } from '../front/route.ts';
import type { Inbound, Route } from '../pipeline/call.ts';
import type { Denial } from '../protocol/errors.ts';
import { RESOURCE_METADATA_PATH } from './addresses.ts';
import { originOf } from './origin.ts';
import { MCP_SCOPES } from './scopes.ts';

/** What a refusal says of credentials; the denial carries it from the layer that knows. */
export interface Challenge {
  readonly error?: 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof';
  /** The gateway's public name. */
  readonly publicUrl?: string;
  /** Everything the operation needs, for one step-up (A6). */
  readonly scopes?: readonly string[];
}

/**
 * `WWW-Authenticate` of a refusal (RFC 6750 §3, RFC 9728 §5.1, RFC 9449 §7.1): where to sign in, and with which scopes.
 * `offline_access` is never asked for here (A12).
 */
export function wwwAuthenticate(
  inbound: Pick<Inbound, 'headers' | 'tls'>,
  route: Route,
  denial: Pick<Denial, 'code' | 'challenge'>,
): string | undefined {
  if (denial.code !== 'AUTHENTICATION_REQUIRED' && denial.code !== 'SCOPE_INSUFFICIENT') return undefined;
  const { error, scopes = MCP_SCOPES } = denial.challenge ?? {};
  const origin = originOf(inbound, denial.challenge?.publicUrl);
  const place =
    origin === undefined ? undefined : `resource_metadata="${origin}${RESOURCE_METADATA_PATH}${routeKey(route)}"`;
  const bearerError = error === 'invalid_dpop_proof' ? 'invalid_token' : error;
  const bearer = [
    'Bearer realm="wardmesh"',
    ...(bearerError === undefined ? [] : [`error="${bearerError}"`]),
    ...(place === undefined ? [] : [place]),
    `scope="${scopes.join(' ')}"`,
  ].join(', ');
  const dpop = `DPoP algs="ES256 EdDSA"${error === 'invalid_dpop_proof' ? ', error="invalid_dpop_proof"' : ''}`;
  return `${bearer}, ${dpop}`;
}
