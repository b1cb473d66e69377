import { CodedError, type ErrorFields } from '@wardmesh/core';
import type { UpstreamErrorCode } from '../port.ts';

type SignInErrorCode = Extract<
  UpstreamErrorCode,
  'UPSTREAM_SIGN_IN_NEEDED' | 'UPSTREAM_SIGN_IN_REFUSED' | 'UPSTREAM_UNAVAILABLE'
>;

/** Nobody signed in to this server, or what was given has ended: only the operator can help. */
export function signInNeeded(server: string, message: string, fields: ErrorFields = {}): CodedError<SignInErrorCode> {
  return new CodedError('UPSTREAM_SIGN_IN_NEEDED', message, { hint: `ward servers login ${server}`, ...fields });
}

/** Something of the other side is not as it must be; nothing was sent to it. */
export function signInRefused(message: string, fields: ErrorFields = {}): CodedError<SignInErrorCode> {
  return new CodedError('UPSTREAM_SIGN_IN_REFUSED', message, fields);
}

/** What an error code of OAuth may look like; anything else is not repeated to people. */
export function oauthWord(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,64}$/.test(value) ? value : 'unknown_error';
}
