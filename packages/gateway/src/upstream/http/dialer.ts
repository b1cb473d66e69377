import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { samePin, spkiPin } from '../../tls/pin.ts';
import { upstreamError } from '../errors.ts';
import { CONNECT_TIMEOUT_MS } from '../limits.ts';
import { classifyAddress, hostOf, isLoopbackHost } from './address.ts';

/** Resolves a host name to IP addresses. */
export type Resolver = (host: string) => Promise<readonly string[]>;

export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

export interface DialOptions {
  readonly url: URL;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** `sha256/…`, base64, of the server certificate's SubjectPublicKeyInfo (RFC 7469 §2.4); demanded on top of a chain that verifies. */
  readonly pin?: string;
  /** Plain HTTP to a host that literally is loopback. */
  readonly insecureLoopback: boolean;
  /** Names that resolve to private addresses, by the operator's word. */
  readonly allowPrivate: boolean;
  readonly resolver: Resolver;
}

/** @throws UpstreamError UPSTREAM_INSECURE for a URL that must not be dialled. */
export function assertDialable({ url, insecureLoopback }: Pick<DialOptions, 'url' | 'insecureLoopback'>): void {
  const host = hostOf(url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw insecure('only https is dialled');
  if (url.username !== '' || url.password !== '') throw insecure('a URL must not carry credentials');
  if (url.protocol === 'http:' && !(insecureLoopback && isLoopbackHost(host))) {
    throw insecure('plain http is refused; it may be allowed for loopback hosts only');
  }
  if (isIP(host) !== 0 && classifyAddress(host) === 'metadata') throw insecure('link-local addresses are refused');
}

/**
 * Connects with TLS 1.2 or newer and full verification, to addresses that were checked: what is connected to is the very
 * address that passed, so a name that changes between check and use gains nothing (DNS rebinding).
 */
export function dialer(options: DialOptions): buildConnector.connector {
  assertDialable(options);
  const connect = buildConnector({
    ...(options.ca !== undefined && { ca: options.ca }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    // A resumed session shows no certificate to compare with the pin.
    ...(options.pin !== undefined && { maxCachedSessions: 0 }),
    lookup: guardedLookup(options),
  });
  const { pin } = options;
  if (pin === undefined) return connect;
  return (target, callback) => {
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      if (hasPin(socket, pin)) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      callback(insecure('the certificate is not the pinned one'), null);
    });
  };
}

function hasPin(socket: unknown, pin: string): boolean {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate !== undefined && samePin(spkiPin(certificate), pin);
}

function guardedLookup({ resolver, url, allowPrivate }: DialOptions): LookupFunction {
  const isLoopback = isLoopbackHost(hostOf(url));
  const allowed = (address: string) => {
    const kind = classifyAddress(address);
    if (isLoopback) return kind === 'loopback';
    return kind === 'public' || (allowPrivate && (kind === 'private' || kind === 'loopback'));
  };
  return (host, { all, family }, callback) => {
    resolver(host).then(
      (addresses) => {
        // One refused address refuses the name: a mixed answer is how rebinding starts.
        if (addresses.length === 0 || !addresses.every(allowed)) {
          callback(insecure('the host resolves to an address that is not allowed'), '', 0);
          return;
        }
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const fitting = family === 4 || family === 6 ? found.filter((one) => one.family === family) : found;
        const first = fitting[0] ?? found[0]!;
        if (all) callback(null, fitting.length > 0 ? fitting : found);
        else callback(null, first.address, first.family);
      },
      (cause: unknown) => callback(cause as NodeJS.ErrnoException, '', 0),
    );
  };
}

function insecure(message: string) {
  return upstreamError('UPSTREAM_INSECURE', message);
}
