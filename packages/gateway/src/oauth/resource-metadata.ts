import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESOURCE_METADATA_PATH, resourceAt } from './addresses.ts';
import { answerError, answerJson, PUBLIC_DATA } from './json-answer.ts';

/**
 * RFC 9728 for each MCP endpoint and the API: `/.well-known/oauth-protected-resource` and the resource's path behind it.
 * Without a path it describes `/mcp`. The resource is named by the origin the client asked at, as it will compare; tokens
 * are bound to the one canonical name behind all of them.
 */
export function answerResourceMetadata(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { issuer, origin }: { readonly issuer: string; readonly origin: string },
): void {
  const suffix = path.slice(RESOURCE_METADATA_PATH.length);
  const resource = resourceAt(issuer, suffix === '' ? '/mcp' : suffix);
  if (resource === undefined) {
    answerError(response, 404, 'not_found', 'There is no such resource.');
    return;
  }
  if (request.method === 'OPTIONS') {
    response.writeHead(204, {
      ...PUBLIC_DATA,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': '*',
    });
    response.end();
    return;
  }
  if (request.method !== 'GET') {
    answerError(response, 405, 'invalid_request', 'Only GET is served here.');
    return;
  }
  answerJson(
    response,
    200,
    {
      resource: `${origin}${resource.path}`,
      authorization_servers: [issuer],
      scopes_supported: resource.scopes,
      bearer_methods_supported: ['header'],
      resource_name: 'Wardmesh',
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      dpop_bound_access_tokens_required: false,
    },
    PUBLIC_DATA,
  );
}
