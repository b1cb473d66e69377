import { err, isJsonObject, type Json, type JsonObject, ok, type Result, sanitise } from '@wardmesh/core';
import { MAX_CLIENT_NAME, MAX_REDIRECT_URIS, MAX_URI } from '../limits.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/**
 * Schemes that hand over to a program and do nothing else. RFC 8252 §7.1 asks for reversed domain names
 * (`com.example.app:`), which are all taken; these came before it. Any other scheme may run or read something on the
 * person's machine (`ms-msdt:`, `search-ms:`, `intent:`, `javascript:`).
 */
const APP_SCHEMES: ReadonlySet<string> = new Set([
  'claude:',
  'cline:',
  'cursor:',
  'goose:',
  'jetbrains:',
  'lmstudio:',
  'raycast:',
  'vscode:',
  'vscode-insiders:',
  'vscodium:',
  'warp:',
  'windsurf:',
  'zed:',
]);
const REVERSED_DOMAIN = /^[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+:$/;
/** `private_key_jwt` keys come with the document (`jwks`) or from `jwks_uri`, fetched like the document itself. */
const AUTH_METHODS: ReadonlySet<string> = new Set([
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
]);
const GRANT_TYPES: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token']);
/** Handed on as they are; all else a client says of itself is dropped: fewer things to fetch, show and trust. */
const KEPT = ['client_id', 'client_uri', 'jwks', 'jwks_uri', 'software_id', 'software_version'] as const;

/** Where answers of a client go. */
export type RedirectKind = 'https' | 'loopback' | 'app';

/** How a redirect URI may be; undefined for one that is refused (SBP6, RFC 8252 §7, OAuth 2.1 §2.3). */
export function redirectKind(text: string): RedirectKind | undefined {
  const url = URL.parse(text);
  if (url === null || text.length > MAX_URI || text.includes('#') || text.includes('*')) return undefined;
  if (/[\u0000-\u0020\\\u007f]/.test(text) || url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:') return LOOPBACK.has(url.hostname) ? undefined : 'https';
  if (url.protocol === 'http:') return LOOPBACK.has(url.hostname) ? 'loopback' : undefined;
  return APP_SCHEMES.has(url.protocol) || REVERSED_DOMAIN.test(url.protocol) ? 'app' : undefined;
}

/**
 * What a client says of itself, from a registration or its metadata document, cut to what is used and can be believed.
 * The application type follows from the redirect URIs: only programs on a person's machine redirect to loopback or to a
 * scheme of their own, and only for these the port is free.
 */
export function normaliseClient(metadata: Json): Result<JsonObject, string> {
  if (!isJsonObject(metadata)) return err('client metadata must be a JSON object');
  const uris = metadata.redirect_uris;
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_REDIRECT_URIS) {
    return err(`redirect_uris must list 1 to ${MAX_REDIRECT_URIS} URIs`);
  }
  const kinds = new Set<RedirectKind>();
  for (const uri of uris) {
    const kind = typeof uri === 'string' ? redirectKind(uri) : undefined;
    if (kind === undefined) {
      return err('redirect_uris may hold https URLs, http URLs of loopback addresses, and URIs of an app’s own scheme');
    }
    kinds.add(kind);
  }
  const method = metadata.token_endpoint_auth_method ?? 'none';
  if (typeof method !== 'string' || !AUTH_METHODS.has(method)) {
    return err('token_endpoint_auth_method is not one that is served');
  }
  const grants = Array.isArray(metadata.grant_types)
    ? metadata.grant_types.filter((grant): grant is string => typeof grant === 'string' && GRANT_TYPES.has(grant))
    : [];
  const kept = Object.fromEntries(KEPT.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]])));
  const name = nameOf(metadata.client_name);
  return ok({
    ...kept,
    ...(name !== undefined && { client_name: name }),
    redirect_uris: uris,
    application_type: kinds.has('loopback') || kinds.has('app') ? 'native' : 'web',
    token_endpoint_auth_method: method,
    // Whoever says nothing gets refresh tokens: without, people would sign in every ten minutes.
    grant_types: [...new Set(['authorization_code', ...(metadata.grant_types === undefined ? GRANT_TYPES : grants)])],
    response_types: ['code'],
    ...(metadata.dpop_bound_access_tokens === true && { dpop_bound_access_tokens: true }),
  });
}

/** A name as people may see it: no hidden or direction-changing characters, not long. */
function nameOf(name: Json | undefined): string | undefined {
  if (typeof name !== 'string') return undefined;
  const shown = sanitise(name).replace(/\s+/g, ' ').trim().slice(0, MAX_CLIENT_NAME);
  return shown === '' ? undefined : shown;
}
