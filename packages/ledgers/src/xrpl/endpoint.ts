import { LedgersError } from '../error.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a URL leads to this machine, by its spelling. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.has(hostname);
}

/** The URL of a node: wss, or ws to loopback only. Credentials and fragments are refused. @throws INVALID_ENDPOINT */
export function parseEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new LedgersError('INVALID_ENDPOINT', 'an endpoint is a URL');
  const isAllowed = url.protocol === 'wss:' || (url.protocol === 'ws:' && isLoopback(url));
  if (!isAllowed) throw new LedgersError('INVALID_ENDPOINT', 'an endpoint is wss://, or ws:// to this machine');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new LedgersError('INVALID_ENDPOINT', 'an endpoint holds no credentials and no fragment');
  }
  return url;
}
