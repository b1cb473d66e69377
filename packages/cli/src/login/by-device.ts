import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { MAX_POLL_SECONDS, MIN_POLL_SECONDS } from '../limits.ts';
import { note } from '../output/print.ts';
import { CLI_CLIENT, DEVICE_GRANT, LOGIN_SCOPE } from './client-id.ts';
import type { Server } from './discover.ts';
import type { DpopJwk } from './dpop-key.ts';
import { jsonOf, send } from './http.ts';
import { expired } from './loopback.ts';
import type { Place } from './place.ts';
import { refusedLogin } from './refused.ts';
import { askForTokens, type Tokens } from './token-endpoint.ts';

/** Device code (RFC 8628), for a terminal without a browser. @throws CodedError LOGIN_DENIED, LOGIN_EXPIRED, GATEWAY_* */
export async function loginByDevice(
  context: Context,
  place: Place,
  server: Server,
  key: DpopJwk | null,
): Promise<Tokens> {
  const { clock } = context;
  const received = await send(place, {
    method: 'POST',
    url: server.device,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: CLI_CLIENT, scope: LOGIN_SCOPE, resource: server.resource }).toString(),
  });
  const json = jsonOf(received);
  if (received.status !== 200) throw refusedLogin(String(json.error));
  const { device_code: deviceCode, user_code: userCode, verification_uri: uri, expires_in: lifetime } = json;
  const isComplete = [deviceCode, userCode, uri].every((text) => typeof text === 'string');
  if (!isComplete || typeof lifetime !== 'number' || URL.parse(String(uri))?.origin !== server.issuer) {
    throw cliError('GATEWAY_PROTOCOL', 'the device code is not one that was asked for');
  }
  if (context.json) context.stderr.write(`${JSON.stringify({ event: 'device', url: uri, code: userCode })}\n`);
  note(context, `On any device, go to\n\n  ${uri}\n\nand enter  ${userCode}\n`);
  const until = clock.monotonic() + lifetime * 1_000;
  let seconds = Math.max(MIN_POLL_SECONDS, Math.min(Number(json.interval ?? 5), MAX_POLL_SECONDS));
  while (clock.monotonic() < until) {
    await pause(seconds * 1_000);
    const tokens = await askForTokens(context, place, server.token, key, {
      grant_type: DEVICE_GRANT,
      device_code: deviceCode as string,
      resource: server.resource,
    });
    if (!('refused' in tokens)) return tokens;
    if (tokens.refused === 'slow_down') seconds = Math.min(seconds + 5, MAX_POLL_SECONDS);
    else if (tokens.refused !== 'authorization_pending') throw refusedLogin(tokens.refused);
  }
  throw expired();
}
