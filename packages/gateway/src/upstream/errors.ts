import { CodedError, type ErrorFields, isCoded } from '@wardmesh/core';
import type { UpstreamErrorCode } from './port.ts';

export type UpstreamError = CodedError<UpstreamErrorCode>;

export function upstreamError(code: UpstreamErrorCode, message: string, fields: ErrorFields = {}): UpstreamError {
  return new CodedError(code, message, fields);
}

/** Retryable: nothing was decided by the server and a repeat may succeed at once. */
export function crashed(message: string, fields: ErrorFields = {}): UpstreamError {
  return upstreamError('UPSTREAM_CRASHED', message, { retryAfter: 1, ...fields });
}

export function unavailable(message: string, fields: ErrorFields = {}): UpstreamError {
  return upstreamError('UPSTREAM_UNAVAILABLE', message, { retryAfter: 1, ...fields });
}

/** Whether an abort reason means that a time limit passed (as opposed to a client that cancelled or left). */
export function isTimeLimit(reason: unknown): boolean {
  if (isCoded(reason)) return /TIMEOUT|TIMED_OUT|DEADLINE|TIME_LIMIT/.test(reason.code);
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** What a request that was aborted ends with. */
export function abortedBy(reason: unknown): UpstreamError {
  return isTimeLimit(reason)
    ? upstreamError('UPSTREAM_TIMEOUT', 'the server did not answer within the time limit', { cause: reason })
    : upstreamError('UPSTREAM_CANCELLED', 'the request was cancelled', { cause: reason });
}
