import { isIP } from 'node:net';
import { fromUtf8, isCoded, isJsonObject, type JsonObject, parseStrictJson } from '@wardmesh/core';
import { Agent, request } from 'undici';
import { unavailable } from '../errors.ts';
import { classifyAddress, hostOf, isLoopbackHost } from '../http/address.ts';
import { assertDialable, dialer, type Resolver, systemResolver } from '../http/dialer.ts';
import { networkFailure } from '../http/failure.ts';
import { mediaType } from '../http/headers.ts';
import { signInRefused } from './error.ts';
import { MAX_ANSWER_BYTES, REQUEST_MS } from './limits.ts';

export interface OauthHttpOptions {
  /** Address of the upstream, by the operator's word. What it names itself may reach no further than it could. */
  readonly server: URL;
  readonly insecureLoopback: boolean;
  /** PEM certificates to trust for the host of the upstream itself. */
  readonly ca?: string;
  readonly resolver?: Resolver;
}

export interface OauthRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OauthAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body where it is one JSON object. */
  readonly json: JsonObject | undefined;
}

export type OauthHttp = (url: URL, request: OauthRequest) => Promise<OauthAnswer>;

/**
 * Requests to what an upstream's metadata names (SBP3): https, public addresses, the address that was checked is dialled, no
 * redirect, bounded in time and size. A loopback or private address only where the upstream itself is that very host.
 * @throws CodedError UPSTREAM_SIGN_IN_REFUSED, UPSTREAM_INSECURE, UPSTREAM_UNAVAILABLE, UPSTREAM_CRASHED
 */
export function oauthHttp(options: OauthHttpOptions): OauthHttp {
  return async (url, { method, headers = {}, body }) => {
    assertReachable(url, options);
    const isOwnHost = url.hostname === options.server.hostname;
    const agent = new Agent({
      connect: dialer({
        url,
        insecureLoopback: options.insecureLoopback,
        allowPrivate: false,
        resolver: options.resolver ?? systemResolver,
        ...(options.ca !== undefined && isOwnHost && { ca: options.ca }),
      }),
    });
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method,
        headers: { accept: 'application/json', 'user-agent': 'wardmesh', ...headers },
        body: body ?? null,
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      const json = mediaType(answer.headers['content-type']).endsWith('json') ? await read(answer.body) : undefined;
      return { status: answer.statusCode, headers: answer.headers, json };
    } catch (cause) {
      if (isCoded(cause)) throw cause;
      if ((cause as Error).name === 'TimeoutError') throw unavailable('the authorisation server does not answer');
      throw networkFailure(cause);
    } finally {
      await agent.destroy();
    }
  };
}

/** @throws CodedError UPSTREAM_SIGN_IN_REFUSED, UPSTREAM_INSECURE */
export function assertReachable(url: URL, { server, insecureLoopback }: OauthHttpOptions): void {
  assertDialable({ url, insecureLoopback });
  const host = hostOf(url);
  if (host === hostOf(server)) return;
  const isInside = isLoopbackHost(host) || (isIP(host) !== 0 && classifyAddress(host) !== 'public');
  if (isInside) throw signInRefused('the server names an address inside this network', { details: { host } });
}

async function read(body: AsyncIterable<Uint8Array>): Promise<JsonObject | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw signInRefused('an answer of the authorisation server is too large');
    chunks.push(chunk);
  }
  try {
    const parsed = parseStrictJson(fromUtf8(Buffer.concat(chunks)));
    return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}
