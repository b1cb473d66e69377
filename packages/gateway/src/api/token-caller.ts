import { uuid } from '@wardmesh/core';
import { resourceAt } from '../oauth/addresses.ts';
import { SCOPE_API } from '../oauth/index.ts';
import { authenticateToken } from '../pipeline/authenticate-token.ts';
import type { Inbound } from '../pipeline/call.ts';
import type { ApiDeps, Caller } from './deps.ts';
import { apiError } from './error.ts';

/**
 * Who sends a request with an OAuth access token: the person it acts for, with their rights as they are now. The token
 * must be for the API, with its scope; one that is bound to a key comes with that key's proof (RFC 9449). What is refused
 * counts towards lockout as at the MCP endpoints; the reason is logged, and the client is told one thing for all.
 * @throws CodedError TOKEN_REFUSED, LOCKED_OUT, SCOPE_MISSING
 */
export async function tokenCaller(inbound: Inbound, authorization: string, deps: ApiDeps): Promise<Caller> {
  const { gateway, people } = deps;
  const { services, oauth } = gateway;
  if (oauth === undefined || !oauth.gate.isFor(authorization)) throw refused();
  const { audience } = resourceAt(oauth.issuer, '/api')!;
  const admitted = await authenticateToken(
    services,
    oauth.gate,
    // No MCP endpoint is asked for: the place says what is.
    { inbound, route: { kind: 'aggregate' }, place: { path: inbound.path, audience } },
    authorization,
  );
  if ('code' in admitted) {
    services.log.security('api.refused', { correlationId: uuid(services.random), reason: admitted.detail });
    if (admitted.code !== 'LOCKED_OUT') throw refused();
    throw apiError('LOCKED_OUT', 'Too many failures.', 'Wait, then sign in again.', admitted.retryAfter);
  }
  const { id, grant, scopes = [], expires = 0 } = admitted.principal;
  if (!scopes.includes(SCOPE_API)) {
    throw apiError('SCOPE_MISSING', `The token does not have the scope ${SCOPE_API}.`, 'Sign in again, and allow it.');
  }
  const isOver = () => services.clock.now() >= expires || grant === undefined || oauth.grants.find(grant) === undefined;
  return {
    id,
    rights: people.rightsOf(id),
    expiresAt: expires,
    session: {
      id: `grant:${grant}`,
      ended: {
        get aborted() {
          return isOver();
        },
      },
      end: () => (grant === undefined ? undefined : oauth.grants.revoke(grant)),
    },
  };
}

function refused() {
  return apiError('TOKEN_REFUSED', 'The access token was refused.', 'Sign in again: ward login.');
}
