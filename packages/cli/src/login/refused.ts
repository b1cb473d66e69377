import type { CodedError } from '@wardmesh/core';
import { type CliErrorCode, cliError } from '../error.ts';
import { expired } from './loopback.ts';

/** What an OAuth error code means for whoever signs in. The code alone is shown: descriptions are the server's words. */
export function refusedLogin(error: string): CodedError<CliErrorCode> {
  if (error === 'expired_token') return expired();
  const known = /^[a-z_]{1,64}$/.test(error) ? error : 'unknown_error';
  return error === 'access_denied'
    ? cliError('LOGIN_DENIED', 'the sign-in was declined', { hint: 'Start again: ward login.' })
    : cliError('LOGIN_DENIED', `the gateway refused the sign-in: ${known}`, { hint: 'Start again: ward login.' });
}
