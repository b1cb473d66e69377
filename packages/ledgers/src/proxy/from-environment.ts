import { LedgersError } from '../error.ts';
import { isLoopback } from '../xrpl/endpoint.ts';

/** Which proxy leads to a URL; undefined where none does. */
export type ProxyChoice = (url: URL) => URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that HTTPS_PROXY (for wss) or HTTP_PROXY (for ws) names, in either case, unless NO_PROXY excepts the host: `*`,
 * a host, `.suffix`, with or without port. This machine itself is reached through a proxy only where the proxy is on this
 * machine too, as a sandbox's is: no other could lead there.
 * @throws LedgersError INVALID_ENDPOINT for a proxy that is not http://
 */
export function proxyFromEnvironment(env: Environment): ProxyChoice {
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const choices = { 'wss:': parseProxy(read('HTTPS_PROXY')), 'ws:': parseProxy(read('HTTP_PROXY')) };
  const excepted = read('NO_PROXY')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  return (url) => {
    const proxy = choices[url.protocol as keyof typeof choices];
    if (proxy === undefined || excepted.some((entry) => isExcepted(entry.toLowerCase(), url))) return undefined;
    return isLoopback(url) && !isLoopback(proxy) ? undefined : proxy;
  };
}

function parseProxy(text: string): URL | undefined {
  if (text === '') return undefined;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || url.protocol !== 'http:' || url.hostname === '') {
    throw new LedgersError('INVALID_ENDPOINT', 'a proxy is an http:// URL');
  }
  return url;
}

function isExcepted(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'wss:' ? '443' : '80') : url.port;
  const named = /^(.*?)(?::(\d+))?$/.exec(entry.startsWith('[') ? entry.replace(/^\[(.*)\]/, '$1') : entry);
  const [name, itsPort] = (entry.match(/:/g) ?? []).length > 1 ? [entry, undefined] : [named?.[1] ?? entry, named?.[2]];
  if (itsPort !== undefined && itsPort !== port) return false;
  const suffix = name.replace(/^\*?\./, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}
