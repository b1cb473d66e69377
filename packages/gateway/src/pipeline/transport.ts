import { type Denial, deny } from '../protocol/errors.ts';
import type { Inbound, Layer } from './call.ts';

export interface TransportRules {
  /** `host` or `host:port`, lower case. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Whole origins, lower case; requests without Origin do not come from a browser page. */
  readonly allowedOrigins: ReadonlySet<string>;
}

/**
 * Layer 1. Host and Origin (DNS rebinding: MCP Streamable HTTP §Security), method, content type, what the client accepts,
 * size and arrival in time. TLS itself is the listener's: a connection that is not TLS 1.2 or newer never gets here.
 */
export function transportLayer(rules: () => TransportRules): Layer {
  return {
    name: 'transport',
    run(call) {
      const { inbound } = call;
      const refused = checkOrigin(inbound, rules());
      if (refused) return refused;
      if (inbound.method !== 'POST') return deny('METHOD_NOT_ALLOWED');
      if (inbound.bodyFault !== undefined) return deny(inbound.bodyFault);
      const type = single(inbound, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
      if (type !== 'application/json') return deny('MEDIA_TYPE_REFUSED');
      if (!accepts(inbound)) return deny('NOT_ACCEPTABLE');
      return undefined;
    },
  };
}

/** Whether the request came to one of our names, and from a page that may call (or from no page at all). */
export function checkOrigin(inbound: Pick<Inbound, 'headers'>, rules: TransportRules): Denial | undefined {
  const host = single(inbound, 'host')?.toLowerCase();
  if (host === undefined || !(rules.allowedHosts.has(host) || rules.allowedHosts.has(withoutPort(host)))) {
    return deny('HOST_REFUSED', { hint: 'Add the host to listen.allowedHosts in ward.yaml.', detail: 'host' });
  }
  const origin = single(inbound, 'origin')?.toLowerCase();
  if (origin === undefined || rules.allowedOrigins.has(origin)) return undefined;
  return deny('HOST_REFUSED', { hint: 'Add the origin to listen.allowedOrigins in ward.yaml.', detail: 'origin' });
}

/** A header's value where it stands once. */
export function single(inbound: Pick<Inbound, 'headers'>, name: string): string | undefined {
  const value = inbound.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether an event stream may be sent (both types must be listed by the specification; `*` forms count). */
export function acceptsStream(inbound: Pick<Inbound, 'headers'>): boolean {
  const accept = single(inbound, 'accept') ?? '';
  return accept.includes('text/event-stream') || accept.includes('*/*') || accept.includes('text/*');
}

function accepts(inbound: Inbound): boolean {
  const accept = single(inbound, 'accept');
  if (accept === undefined) return true;
  return accept.includes('application/json') || accept.includes('*/*') || accept.includes('application/*');
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
