import { mkdir, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient } from '@wardmesh/api';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { homePaths } from '../home-paths.ts';
import { LOGIN_LOCK_MS, REFRESH_BEFORE_MS } from '../limits.ts';
import { type Credential, readCredential, removeCredential, writeCredential } from './credential.ts';
import { dpopProof } from './dpop-key.ts';
import { send } from './http.ts';
import { askForTokens } from './token-endpoint.ts';

/** The API as whoever is signed in here. Tokens are renewed when they are about to end. @throws CodedError NOT_LOGGED_IN */
export async function signedIn(
  context: Context,
): Promise<{ readonly api: ApiClient; readonly credential: Credential }> {
  const credential = await freshCredential(context);
  return { api: apiOf(context, credential), credential };
}

/** The API with a credential that is good now. */
export function apiOf(context: Context, credential: Pick<Credential, 'place' | 'key' | 'accessToken'>): ApiClient {
  const { place, key, accessToken } = credential;
  return new ApiClient({
    origin: place.origin,
    fetch: async (address, init) => {
      const url = new URL(address);
      const method = (init.method ?? 'GET') as 'GET' | 'POST' | 'DELETE';
      const { status, text } = await send(place, {
        method,
        url,
        headers: {
          ...(init.headers as Record<string, string>),
          authorization: `${key === null ? 'Bearer' : 'DPoP'} ${accessToken}`,
          ...(key !== null && { dpop: dpopProof(context, key, method, url, accessToken) }),
        },
        ...(typeof init.body === 'string' && { body: init.body }),
      });
      return new Response(text, { status });
    },
  });
}

/** @throws CodedError NOT_LOGGED_IN, LOGIN_ENDED, GATEWAY_UNREACHABLE */
export async function freshCredential(context: Context): Promise<Credential> {
  const path = homePaths(context.home).login;
  const known = await readCredential(path);
  if (known === undefined) throw notLoggedIn();
  if (isFresh(context, known)) return known;
  // A refresh token works once: two that use it at the same time would look like a thief and end it for both.
  return alone(path, async () => {
    const credential = await readCredential(path);
    if (credential === undefined) throw notLoggedIn();
    return isFresh(context, credential) ? credential : renew(context, path, credential);
  });
}

async function renew(context: Context, path: string, credential: Credential): Promise<Credential> {
  const { place, key, refreshToken, tokenEndpoint, resource } = credential;
  const tokens =
    refreshToken === null
      ? { refused: 'invalid_grant' }
      : await askForTokens(context, place, new URL(tokenEndpoint), key, {
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          resource,
        });
  if (!('refused' in tokens)) {
    const next = { ...credential, ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    await writeCredential(path, next);
    return next;
  }
  // Whatever else is wrong may pass; a grant that is over does not come back.
  if (tokens.refused === 'invalid_grant') await removeCredential(path);
  throw cliError('LOGIN_ENDED', 'the sign-in is over: it expired, was revoked, or its token was used elsewhere', {
    hint: 'Sign in again: ward login. If you did not end it, look at the sign-ins in the console.',
  });
}

function isFresh({ clock }: Context, { accessExpires }: Credential): boolean {
  return clock.now() < accessExpires - REFRESH_BEFORE_MS;
}

/** One process at a time. A lock that a crash left behind is taken over. */
export async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      await mkdir(lock, { mode: 0o700 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (since !== undefined && Date.now() - since > LOGIN_LOCK_MS) await rm(lock, { recursive: true, force: true });
    await pause(50);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

function notLoggedIn() {
  return cliError('NOT_LOGGED_IN', 'nobody is signed in here', { hint: 'Sign in: ward login.' });
}
