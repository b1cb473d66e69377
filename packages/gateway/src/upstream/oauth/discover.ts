import { signInRefused } from './error.ts';
import { assertReachable, type OauthHttp, type OauthHttpOptions } from './http.ts';
import {
  type AuthorizationServerMetadata,
  challengedUrl,
  issuerMetadataUrls,
  type ProtectedResource,
  readAuthorizationServer,
  readProtectedResource,
  resourceMetadataUrls,
} from './metadata.ts';

export interface Discovered {
  readonly resource: ProtectedResource;
  readonly server: AuthorizationServerMetadata;
}

/**
 * Which authorisation server protects an upstream, and how to use it: the upstream's challenge and metadata (RFC 9728), then
 * the issuer's (RFC 8414).
 * @param issuer the only one that is taken, where the operator fixed it
 * @throws CodedError UPSTREAM_SIGN_IN_REFUSED and those of {@link OauthHttp}
 */
export async function discover(
  http: OauthHttp,
  options: OauthHttpOptions,
  issuer: string | undefined,
): Promise<Discovered> {
  const resource = await findResource(http, options.server);
  const chosen = issuer ?? resource.issuers[0];
  if (chosen === undefined || !resource.issuers.includes(chosen)) {
    throw signInRefused(
      issuer === undefined
        ? 'the server names no authorisation server'
        : 'the server does not name the authorisation server that is configured',
    );
  }
  if (!URL.canParse(chosen)) throw signInRefused('the issuer is no address');
  for (const url of issuerMetadataUrls(chosen)) {
    const { status, json } = await http(url, { method: 'GET' });
    if (status !== 200 || json === undefined) continue;
    const server = readAuthorizationServer(json, chosen);
    for (const endpoint of [server.authorization, server.token, server.registration, server.revocation]) {
      if (endpoint !== undefined) assertReachable(new URL(endpoint), options);
    }
    return { resource, server };
  }
  throw signInRefused('the authorisation server has no metadata');
}

async function findResource(http: OauthHttp, server: URL): Promise<ProtectedResource> {
  const { headers } = await http(server, { method: 'GET', headers: { accept: 'text/event-stream' } });
  const challenged = challengedUrl(headers['www-authenticate'], server);
  for (const url of challenged === undefined ? resourceMetadataUrls(server) : [challenged]) {
    const { status, json } = await http(url, { method: 'GET' });
    if (status === 200 && json !== undefined) return readProtectedResource(json, server);
  }
  throw signInRefused('the server does not say who protects it (RFC 9728)', {
    hint: 'It may take a key in a header: see headers in ward.yaml.',
  });
}
