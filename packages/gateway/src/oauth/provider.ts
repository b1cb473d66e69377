import type { Clock } from '@wardmesh/core';
import type { OauthRepository } from '@wardmesh/store';
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { adapterFor, fingerprint, type GrantHooks } from './adapter.ts';
import { OAUTH_PATH, OAUTH_ROUTES, type ProtectedResource } from './addresses.ts';
import type { FetchDocument } from './clients/fetch-document.ts';
import { normaliseClient } from './clients/metadata.ts';
import { ownClients } from './clients/static.ts';
import { ExternalTokenKey } from './keys/external-key.ts';
import { TOKEN_ALGORITHM, type TokenKey } from './keys/signing-keys.ts';
import {
  ACCESS_TOKEN_S,
  CODE_S,
  DEVICE_CODE_S,
  DOCUMENT_CACHE_S,
  GRANT_S,
  INTERACTION_S,
  MAX_DOCUMENT_BYTES,
  MAX_JWKS_BYTES,
  REFRESH_TOKEN_S,
  SESSION_S,
} from './limits.ts';
import type { ProviderPages } from './pages/provider-pages.ts';
import { MCP_SCOPES, SCOPE_API } from './scopes.ts';

export interface ProviderParts {
  readonly issuer: string;
  readonly repository: OauthRepository;
  readonly clock: Clock;
  readonly hooks: GrantHooks;
  /** Signing key first. */
  readonly keys: readonly TokenKey[];
  readonly pages: ProviderPages;
  readonly fetchDocument: FetchDocument;
  /** Whether a stranger's request may make us fetch a document now. */
  allowFetch(remoteAddress: string): boolean;
  /** The protected resource an indicator names. */
  resource(indicator: string): ProtectedResource | undefined;
  /** Whether a person may (still) sign in. */
  isKnown(person: string): boolean;
}

/**
 * `oidc-provider` as the authorisation server of MCP 2026-07-28: authorization code with PKCE S256 and refresh tokens,
 * device code for the command line; nothing else of what it can do is on.
 */
export function makeProvider(parts: ProviderParts): Provider {
  const provider = new Provider(parts.issuer, configurationOf(parts));
  // The front server says which scheme and host a request came to; see AuthorizationServer.
  provider.proxy = true;
  provider.silent = true;
  provider.use(async (ctx, next) => {
    await next();
    if ((ctx as unknown as KoaContextWithOIDC).oidc?.route === 'discovery') ctx.body = discoveryOf(ctx.body);
  });
  return provider;
}

function configurationOf(parts: ProviderParts): Configuration {
  const { issuer, pages } = parts;
  const isSecure = issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' } as const;
  const { path: _, ...pathless } = cookie;
  return {
    adapter: adapterFor(parts.repository, parts.clock, parts.hooks),
    clients: ownClients(),
    jwks: { keys: parts.keys.map((key) => new ExternalTokenKey(key)) },
    routes: { ...OAUTH_ROUTES },
    responseTypes: ['code'],
    scopes: ['offline_access', 'openid'],
    claims: { openid: ['sub'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: TOKEN_ALGORITHM,
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      idTokenSigningAlgValues: [TOKEN_ALGORITHM],
      dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
    },
    // Exact comparison, and always with the parameter there (OAuth 2.1 §4.1.1, A8).
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    enableHttpPostMethods: false,
    clockTolerance: 5,
    pkce: { required: () => true },
    cookies: {
      names: isSecure
        ? { session: '__Host-ward-session', interaction: '__Secure-ward-interaction', resume: '__Secure-ward-resume' }
        : { session: 'ward-session', interaction: 'ward-interaction', resume: 'ward-resume' },
      long: cookie,
      short: pathless,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: true },
      revocation: {
        enabled: true,
        // Whoever holds a token may void it, where it is its own client's.
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        allowFetch: (ctx, clientId) => isDocumentUrl(clientId) && parts.allowFetch(ctx.req.socket.remoteAddress ?? ''),
        allowClient: () => true,
        cacheDuration: DOCUMENT_CACHE_S,
      },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: () => ({}),
        userCodeInputSource: pages.userCodeInput,
        userCodeConfirmSource: pages.userCodeConfirm,
        successSource: pages.deviceSuccess,
      },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      resourceIndicators: {
        enabled: true,
        // Clients of before RFC 8707 get the endpoint that has everything.
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? `${issuer}/mcp`,
        useGrantedResource: () => true,
        getResourceServerInfo(_ctx, indicator) {
          const resource = parts.resource(indicator);
          if (resource === undefined) throw new errors.InvalidTarget();
          return {
            audience: resource.audience,
            scope: resource.scopes.join(' '),
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_S,
            jwt: { sign: { alg: TOKEN_ALGORITHM, kid: parts.keys[0]!.kid } },
          };
        },
      },
    },
    // Names the consent, in its one version, so that the token stops with it.
    extraTokenClaims: (_ctx, token) =>
      'grantId' in token && typeof token.grantId === 'string' ? { sid: fingerprint(token.grantId), sv: 0 } : undefined,
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    // A consent is for this one request (SBP1): an earlier one is never taken for it.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    ttl: {
      AccessToken: () => ACCESS_TOKEN_S,
      AuthorizationCode: () => CODE_S,
      DeviceCode: () => DEVICE_CODE_S,
      Interaction: () => INTERACTION_S,
      Session: () => SESSION_S,
      RefreshToken: () => REFRESH_TOKEN_S,
      Grant: () => GRANT_S,
      IdToken: () => ACCESS_TOKEN_S,
    },
    interactions: { url: (_ctx, interaction) => `${OAUTH_PATH}/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => (parts.isKnown(sub) ? { accountId: sub, claims: async () => ({ sub }) } : undefined),
    renderError: pages.renderError,
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    fetch: async (url) => normalisedDocument(await parts.fetchDocument(String(url))),
    fetchResponseBodyLimits: {
      'client_id metadata document': MAX_DOCUMENT_BYTES,
      jwks_uri: MAX_JWKS_BYTES,
      sector_identifier_uri: 1,
    },
  };
}

/** A9: https, with a path, and no place to hide a second meaning in. */
function isDocumentUrl(clientId: string): boolean {
  const url = URL.parse(clientId);
  return (
    url !== null && url.protocol === 'https:' && url.pathname !== '/' && url.href === clientId && url.search === ''
  );
}

/** A client's metadata document, cut like a registration. What is none (a key set) passes as it is. */
async function normalisedDocument(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const text = await response.text();
  const again = (body: string) => new Response(body, { status: 200, headers: response.headers });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return again(text);
  }
  if (typeof document !== 'object' || document === null || !('client_id' in document)) return again(text);
  // A secret that everybody can read is none.
  if ('client_secret' in document) throw new errors.InvalidClientMetadata('a metadata document holds no secret');
  const normal = normaliseClient(document as never);
  if (!normal.ok) throw new errors.InvalidClientMetadata(normal.error);
  return again(JSON.stringify(normal.value));
}

/** What is served, and no more than that. */
function discoveryOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return {
    ...body,
    response_modes_supported: ['query'],
    scopes_supported: [...MCP_SCOPES, SCOPE_API, 'offline_access'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
  };
}
