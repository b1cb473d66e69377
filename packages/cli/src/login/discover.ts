import type { JsonObject } from '@wardmesh/core';
import { cliError } from '../error.ts';
import { jsonOf, send } from './http.ts';
import type { Place } from './place.ts';

/** What the command line needs to know of an authorisation server (RFC 8414). */
export interface Server {
  readonly issuer: string;
  readonly authorization: URL;
  readonly token: URL;
  readonly device: URL;
  readonly revocation: URL;
  /** RFC 8707: what the token is for. */
  readonly resource: string;
  readonly hasDpop: boolean;
}

/**
 * The authorisation server of a gateway: as the gateway's own resource metadata names it (RFC 9728), and as it names
 * itself. An issuer that is another one than asked for, or endpoints elsewhere, are refused: a code would go astray.
 * @throws CodedError LOGIN_ISSUER, GATEWAY_PROTOCOL, GATEWAY_UNREACHABLE
 */
export async function discover(place: Place): Promise<Server> {
  const resource = `${place.origin}/api`;
  const described = await get(place, new URL(`${place.origin}/.well-known/oauth-protected-resource/api`));
  const [issuer] = Array.isArray(described.authorization_servers) ? described.authorization_servers : [];
  if (described.resource !== resource || typeof issuer !== 'string') {
    throw foreign(`${place.origin} does not describe itself`);
  }
  const base = URL.parse(issuer);
  if (base === null || base.origin !== issuer || (base.protocol !== 'https:' && issuer !== place.origin)) {
    throw foreign('the issuer is no https origin');
  }
  const metadata = await get(place, new URL('/.well-known/oauth-authorization-server', base));
  if (metadata.issuer !== issuer) throw foreign('the authorisation server names another issuer');
  const endpoint = (name: string): URL => {
    const value = metadata[`${name}_endpoint`];
    const url = typeof value === 'string' ? URL.parse(value) : null;
    if (url?.origin !== issuer) throw foreign(`the ${name} endpoint is not the issuer's`);
    return url;
  };
  const algorithms = metadata.dpop_signing_alg_values_supported;
  return {
    issuer,
    authorization: endpoint('authorization'),
    token: endpoint('token'),
    device: endpoint('device_authorization'),
    revocation: endpoint('revocation'),
    resource,
    hasDpop: Array.isArray(algorithms) && algorithms.includes('ES256'),
  };
}

async function get(place: Place, url: URL): Promise<JsonObject> {
  const received = await send(place, { method: 'GET', url });
  if (received.status === 200) return jsonOf(received);
  throw cliError('GATEWAY_PROTOCOL', `${url.origin} has no sign-in: it answered ${received.status}`);
}

function foreign(message: string) {
  return cliError('LOGIN_ISSUER', message, { hint: 'Do not sign in there. Look at the address that --url names.' });
}
