import { createHash } from 'node:crypto';
import { toBase64Url } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { note } from '../output/print.ts';
import { CLI_CLIENT, LOGIN_SCOPE } from './client-id.ts';
import type { Server } from './discover.ts';
import type { DpopJwk } from './dpop-key.ts';
import { Loopback } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import type { Place } from './place.ts';
import { refusedLogin } from './refused.ts';
import { askForTokens, type Tokens } from './token-endpoint.ts';

/**
 * Authorization code with PKCE, back to this machine (RFC 8252). The redirect must carry our state, the issuer we asked
 * (RFC 9207) and one code. @throws CodedError LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_ISSUER, GATEWAY_*
 */
export async function loginByBrowser(
  context: Context,
  place: Place,
  server: Server,
  key: DpopJwk | null,
): Promise<Tokens> {
  const verifier = toBase64Url(context.random.bytes(32));
  const state = toBase64Url(context.random.bytes(32));
  const loopback = await Loopback.open(state);
  try {
    const url = new URL(server.authorization);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: CLI_CLIENT,
      redirect_uri: loopback.redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      scope: LOGIN_SCOPE,
      resource: server.resource,
    }).toString();
    // On stderr also for programs: without it nobody could sign in.
    if (context.json) context.stderr.write(`${JSON.stringify({ event: 'open', url: url.href })}\n`);
    const opened = openBrowser(context, url);
    note(
      context,
      `${opened ? 'Your browser opens; if not, go' : 'Go'} to\n\n  ${url.href}\n\nand sign in with your wallet.`,
    );
    const query = await loopback.wait();
    const code = codeOf(query, server);
    const tokens = await askForTokens(context, place, server.token, key, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: loopback.redirectUri,
      code_verifier: verifier,
      resource: server.resource,
    });
    if ('refused' in tokens) throw refusedLogin(tokens.refused);
    return tokens;
  } finally {
    await loopback.close();
  }
}

function codeOf(query: URLSearchParams, { issuer }: Server): string {
  const only = (name: string): string | undefined => {
    const all = query.getAll(name);
    return all.length === 1 ? all[0] : undefined;
  };
  // Before anything else of the answer is believed: it may be another server's (mix-up).
  if (only('iss') !== issuer) {
    throw cliError('LOGIN_ISSUER', 'the answer comes from another server than the one that was asked', {
      hint: 'Nothing was sent to it. Start again, and look at the address in the browser.',
    });
  }
  const error = only('error');
  if (error !== undefined) throw refusedLogin(error);
  const code = only('code');
  if (code === undefined) throw cliError('GATEWAY_PROTOCOL', 'the answer holds no code');
  return code;
}
