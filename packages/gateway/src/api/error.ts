import { CodedError } from '@wardmesh/core';

export type ApiErrorCode =
  | 'ROUTE_UNKNOWN'
  | 'REQUEST_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_INVALID'
  | 'CROSS_SITE'
  | 'RATE_LIMITED'
  | 'NOT_SIGNED_IN'
  | 'TOKEN_REFUSED'
  | 'SCOPE_MISSING'
  | 'LOCKED_OUT'
  | 'NOT_PERMITTED'
  | 'KEY_NOT_YOURS'
  | 'TOO_MANY_STREAMS'
  | 'INTERNAL';

export function apiError(
  code: ApiErrorCode,
  message: string,
  hint?: string,
  retryAfter?: number,
): CodedError<ApiErrorCode> {
  return new CodedError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

const STATUS: Readonly<Record<string, number>> = {
  ROUTE_UNKNOWN: 404,
  REQUEST_TOO_LARGE: 413,
  REQUEST_TIMEOUT: 408,
  RATE_LIMITED: 429,
  IDENTITY_LOCKED: 429,
  TOO_MANY_STREAMS: 429,
  NOT_SIGNED_IN: 401,
  TOKEN_REFUSED: 401,
  SCOPE_MISSING: 403,
  LOCKED_OUT: 429,
  IDENTITY_SIGN_IN_REFUSED: 401,
  IDENTITY_GRANT_REFUSED: 403,
  IDENTITY_PASSKEY_REFUSED: 403,
  IDENTITY_PERSON_REFUSED: 403,
  SIGN_IN_NOT_FRESH: 403,
  IDENTITY_UNAVAILABLE: 503,
  CROSS_SITE: 403,
  NOT_PERMITTED: 403,
  KEY_NOT_YOURS: 403,
  SIGNER_NOT_RUNNING: 503,
  SIGNER_CONNECTION_LOST: 503,
  SIGNER_TIMEOUT: 503,
  INTERNAL: 500,
};

/** HTTP status of a code, of ours or of the rooms behind. */
export function statusOf(code: string): number {
  const known = STATUS[code];
  if (known !== undefined) return known;
  if (/UNKNOWN|NOT_FOUND|MISSING/.test(code)) return 404;
  if (/EXPIRED|REPLAYED|CHANGED|CONCURRENT|ALREADY/.test(code)) return 409;
  if (/STORE_|AUDIT_|UNAVAILABLE/.test(code)) return 503;
  if (/SELF|ELIGIBLE|REVOKED|DENIED|NOT_GENUINE/.test(code)) return 403;
  return 400;
}
