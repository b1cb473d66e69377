import { CLI_CLIENT } from './client-id.ts';
import type { Credential } from './credential.ts';
import { send } from './http.ts';

/** Ends a sign-in at its gateway, with all that came of it (RFC 7009). @throws CodedError GATEWAY_UNREACHABLE */
export async function revoke(credential: Credential): Promise<boolean> {
  const { place, revocationEndpoint, refreshToken, accessToken } = credential;
  const received = await send(place, {
    method: 'POST',
    url: new URL(revocationEndpoint),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: CLI_CLIENT, token: refreshToken ?? accessToken }).toString(),
  });
  return received.status === 200;
}
