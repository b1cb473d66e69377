import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { CLI_CLIENT } from './client-id.ts';
import { type DpopJwk, dpopProof } from './dpop-key.ts';
import { jsonOf, send } from './http.ts';
import type { Place } from './place.ts';

/** What a token endpoint gave. */
export interface Tokens {
  readonly accessToken: string;
  /** ms since the epoch. */
  readonly accessExpires: number;
  readonly refreshToken: string | null;
}

/** What it refused with: an OAuth error code such as `invalid_grant`. */
export interface TokenRefusal {
  readonly refused: string;
}

/** Asks a token endpoint, with the key's proof where there is one. @throws CodedError GATEWAY_UNREACHABLE, GATEWAY_PROTOCOL */
export async function askForTokens(
  context: Context,
  place: Place,
  endpoint: URL,
  key: DpopJwk | null,
  fields: Readonly<Record<string, string>>,
): Promise<Tokens | TokenRefusal> {
  const asked = context.clock.now();
  const received = await send(place, {
    method: 'POST',
    url: endpoint,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(key !== null && { dpop: dpopProof(context, key, 'POST', endpoint) }),
    },
    body: new URLSearchParams({ client_id: CLI_CLIENT, ...fields }).toString(),
  });
  const json = jsonOf(received);
  if (received.status !== 200) return { refused: typeof json.error === 'string' ? json.error : 'unknown_error' };
  const { access_token: access, refresh_token: refresh, expires_in: seconds, token_type: type } = json;
  const expected = key === null ? 'bearer' : 'dpop';
  if (typeof access !== 'string' || typeof seconds !== 'number' || String(type).toLowerCase() !== expected) {
    // A token that is not bound to our key could be used by whoever sees it.
    throw cliError('GATEWAY_PROTOCOL', 'the token is not one that was asked for');
  }
  return {
    accessToken: access,
    accessExpires: asked + seconds * 1_000,
    refreshToken: typeof refresh === 'string' ? refresh : null,
  };
}
