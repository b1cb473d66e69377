import { isCoded } from '@wardmesh/core';
import { crashed, type UpstreamError, unavailable, upstreamError } from '../errors.ts';
import type { UpstreamErrorCode } from '../port.ts';

/** What a network error means. TLS failures are never retryable: repeating them is how a warning gets ignored. */
export function networkFailure(cause: unknown): UpstreamError {
  if (isCoded(cause) && cause.code.startsWith('UPSTREAM_')) return cause as UpstreamError;
  const code = codeOf(cause);
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/.test(code)) {
    return insecure('the server certificate does not verify', cause);
  }
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) {
    return unavailable('the server cannot be reached', { cause, details: { code } });
  }
  if (/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)/.test(code)) {
    return upstreamError('UPSTREAM_PROTOCOL', 'the server breaks HTTP', { cause, details: { code } });
  }
  return crashed('the connection to the server was lost', { cause, details: { code } });
}

function insecure(message: string, cause: unknown): UpstreamError {
  return upstreamError('UPSTREAM_INSECURE', message, { cause, details: { code: codeOf(cause) } });
}

/** OpenSSL's alerts come as an `EPROTO` or a plain `ERR_SSL_…`; an AggregateError stands for its first failure. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  if (typeof code === 'string') return code;
  return cause === undefined ? '' : codeOf(cause);
}

/** What an HTTP status that carries no JSON-RPC answer means. */
export function statusFailure(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): UpstreamError {
  const details = { status };
  if (status >= 300 && status < 400) {
    return upstreamError('UPSTREAM_INSECURE', 'the server redirects; redirects are not followed', {
      hint: 'Configure the address that the server redirects to.',
      details,
    });
  }
  if (status === 401 || status === 403) {
    return upstreamError('UPSTREAM_UNAVAILABLE', 'the server refuses the credentials it was given', {
      hint: 'Check the headers configured for this server; where it takes OAuth, sign in again: ward servers login.',
      details,
    });
  }
  if (status === 429 || status >= 500) {
    const wanted = Number(headers['retry-after']);
    const retryAfter = Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), 3_600) : 1;
    return unavailable('the server is overloaded or broken', { details, retryAfter });
  }
  return protocolFailure(`the server answers with HTTP status ${status}`, details);
}

export function protocolFailure(message: string, details: Readonly<Record<string, unknown>> = {}): UpstreamError {
  const code: UpstreamErrorCode = 'UPSTREAM_PROTOCOL';
  return upstreamError(code, message, { details });
}
