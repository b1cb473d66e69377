import type { Inbound } from '../pipeline/call.ts';

/**
 * The origin by which a request names us. Its host was held against ours before; behind a proxy that ends TLS the scheme
 * is the public one's.
 * @returns undefined where there is no host that could stand in a header
 */
export function originOf(inbound: Pick<Inbound, 'headers' | 'tls'>, publicUrl?: string): string | undefined {
  const { host } = inbound.headers;
  if (typeof host !== 'string' || !/^[A-Za-z0-9.:[\]-]{1,260}$/.test(host)) return undefined;
  if (publicUrl !== undefined && new URL(publicUrl).host === host) return publicUrl;
  return `${inbound.tls === undefined ? 'http' : 'https'}://${host}`;
}
