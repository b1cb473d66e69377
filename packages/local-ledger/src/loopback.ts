import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/**
 * Whether a request can come from a program of this machine only. Browsers add `Origin` to what pages send, and a name
 * that was rebound to 127.0.0.1 stays in `Host`.
 */
export function isLoopbackCaller(headers: IncomingHttpHeaders): boolean {
  return headers.origin === undefined && LOOPBACK.test(headers.host ?? '');
}
