import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import { pinnedClientOptions } from '@wardmesh/gateway/tls';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { isLoopbackUrl } from '../endpoint/loopback.ts';
import { cliError, usage } from '../error.ts';

/** A gateway that people sign in to, and what its TLS is held to. */
export interface Place {
  /** `https://localhost:7443`, without a path. */
  readonly origin: string;
  /** Authority of the gateway, PEM; null where the system's are asked. */
  readonly ca: string | null;
  /** Key of the gateway; null where the authority alone decides. */
  readonly pin: string | null;
}

export interface PlaceOptions {
  readonly url?: string;
  readonly ca?: string;
}

/** The gateway of the home, or the one the options name. @throws CodedError USAGE, GATEWAY_NOT_RUNNING, HOME_MISSING */
export async function findPlace(context: Context, { url, ca }: PlaceOptions): Promise<Place> {
  if (url !== undefined) return place(url, ca === undefined ? null : read(resolve(context.cwd, ca)), null);
  if (ca !== undefined) throw usage('--ca goes with --url');
  const status = await controlOf(context).status();
  return place(status.url, status.caFile === null ? null : read(status.caFile), status.pin);
}

function place(url: string, ca: string | null, pin: string | null): Place {
  const parsed = URL.parse(url);
  const isPlain = parsed?.protocol === 'http:' && isLoopbackUrl(parsed);
  // A token in the clear never leaves this machine (CM-TLS-1).
  if (parsed === null || (parsed.protocol !== 'https:' && !isPlain)) {
    throw usage('--url takes an https address', 'Plain http is used only to this machine itself.');
  }
  if (parsed.pathname !== '/' || parsed.search !== '') throw usage('--url takes an address without a path');
  return { origin: parsed.origin, ca, pin };
}

/**
 * TLS options for an origin. The gateway's public name may be served by itself, or by a proxy with a certificate that the
 * system knows: for another origin than the place's both authorities count, and the name is checked as ever.
 */
export function tlsFor({ origin, ca, pin }: Place, target: URL): ConnectionOptions {
  if (ca === null) return {};
  if (target.origin !== origin) return { ca: [...rootCertificates, ca] };
  return pin === null ? { ca } : pinnedClientOptions({ ca, pin });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw cliError('FILE_UNREADABLE', `${path} cannot be read`, { cause });
  }
}
