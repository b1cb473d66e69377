import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { fromUtf8, type Secret } from '@wardmesh/core';
import { isPin, pinnedClientOptions } from '@wardmesh/gateway/tls';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import { cliError, usage } from '../error.ts';
import { assertHome } from '../home-paths.ts';
import { isLoopbackUrl } from './loopback.ts';
import { readToken, tokenPath } from './token.ts';

/** A gateway as a client reaches it: authenticated by token, and over TLS with its authority and key known beforehand. */
export interface Endpoint {
  /** `https://127.0.0.1:7443`, without a path. */
  readonly origin: string;
  readonly token: Secret;
  /** undefined where the operator serves plain HTTP on this machine itself. */
  readonly tls: ConnectionOptions | undefined;
}

export interface EndpointOptions {
  readonly as: string;
  readonly tokenFile?: string;
  readonly url?: string;
  readonly ca?: string;
  readonly pin?: string;
}

/**
 * The gateway of the home, asked by its control socket, or the one the options name.
 * @throws CodedError GATEWAY_NOT_RUNNING, TOKEN_MISSING, HOME_MISSING, HOME_DAMAGED, USAGE
 */
export async function findEndpoint(context: Context, options: EndpointOptions): Promise<Endpoint> {
  const token = await readToken(tokenPath(context, options));
  if (options.url !== undefined) return { ...namedGateway(context, options, options.url), token };
  const { url, caFile, pin } = await new ControlClient(assertHome(context.home).controlSocket).status();
  return { ...trusted(url, () => readHomeFile(caFile ?? ''), pin ?? ''), token };
}

function namedGateway(context: Context, options: EndpointOptions, url: string): Omit<Endpoint, 'token'> {
  const { ca, pin } = options;
  if (URL.parse(url)?.protocol === 'http:') return trusted(url, () => '', '');
  if (ca === undefined || pin === undefined || !isPin(pin)) {
    throw usage('--url needs --ca FILE and --pin sha256/…', 'ward status on the machine of the gateway shows both.');
  }
  return trusted(url, () => readHomeFile(resolve(context.cwd, ca)), pin);
}

function trusted(url: string, ca: () => string, pin: string): Omit<Endpoint, 'token'> {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'https:') return { origin: parsed.origin, tls: pinnedClientOptions({ ca: ca(), pin }) };
  // A token in the clear never leaves this machine (CM-TLS-1).
  if (parsed?.protocol === 'http:' && isLoopbackUrl(parsed)) return { origin: parsed.origin, tls: undefined };
  throw cliError('GATEWAY_UNREACHABLE', 'the address of the gateway is not https', {
    hint: 'Plain http is used only to this machine itself.',
  });
}

function readHomeFile(path: string): string {
  try {
    return fromUtf8(readFileSync(path));
  } catch (cause) {
    throw cliError('HOME_DAMAGED', `${path} cannot be read`, { hint: 'ward doctor checks the home.', cause });
  }
}
