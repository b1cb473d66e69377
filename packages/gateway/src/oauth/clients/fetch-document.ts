import { isIP } from 'node:net';
import { CodedError } from '@wardmesh/core';
import { Agent, request } from 'undici';
import { classifyAddress, hostOf, isLoopbackHost } from '../../upstream/http/address.ts';
import { dialer, type Resolver, systemResolver } from '../../upstream/http/dialer.ts';
import type { OauthErrorCode } from '../error.ts';
import { DOCUMENT_TIMEOUT_MS, MAX_JWKS_BYTES } from '../limits.ts';

/** What the library is given in the place of `fetch`. */
export type FetchDocument = (url: string) => Promise<Response>;

export interface FetchDocumentOptions {
  readonly resolver?: Resolver;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** Addresses that are not public, too: for tests of the checks themselves, never in a gateway. */
  readonly unsafeAllowPrivate?: boolean;
}

/**
 * Fetches what a stranger's URL names: a client's metadata document or keys (SBP3, SBP10). Only https on port 443 of public
 * addresses; the address that was checked is the one that is connected to; no redirect is followed, nothing of ours is
 * sent, and time and size are bounded.
 * @throws CodedError OAUTH_DOCUMENT_REFUSED
 */
export function documentFetcher(options: FetchDocumentOptions = {}): FetchDocument {
  const { resolver = systemResolver, ca, unsafeAllowPrivate = false } = options;
  return async (text) => {
    const url = URL.parse(text);
    if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
      throw refused('only https URLs are fetched');
    }
    const host = hostOf(url);
    if (!unsafeAllowPrivate) {
      // A connection to an address asks no resolver, so the text itself is looked at first.
      if (isLoopbackHost(host) || (isIP(host) !== 0 && classifyAddress(host) !== 'public')) {
        throw refused('the host is not a public one');
      }
      if (url.port !== '') throw refused('only port 443 is fetched from');
    }
    const agent = new Agent({
      connect: dialer({
        url,
        resolver,
        insecureLoopback: false,
        allowPrivate: unsafeAllowPrivate,
        ...(ca !== undefined && { ca }),
      }),
    });
    try {
      const signal = AbortSignal.timeout(DOCUMENT_TIMEOUT_MS);
      const answer = await request(url, {
        dispatcher: agent,
        method: 'GET',
        headers: { accept: 'application/json', 'user-agent': 'wardmesh' },
        headersTimeout: DOCUMENT_TIMEOUT_MS,
        bodyTimeout: DOCUMENT_TIMEOUT_MS,
        signal,
      });
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > MAX_JWKS_BYTES) throw refused('the document is too large');
        chunks.push(chunk);
      }
      const headers = new Headers();
      for (const name of ['content-type', 'cache-control', 'expires']) {
        const value = answer.headers[name];
        if (typeof value === 'string') headers.set(name, value);
      }
      const { statusCode } = answer;
      // A Response takes no body with 204 and the like, and none of these is a document.
      if (statusCode !== 200) return new Response(null, { status: statusCode >= 300 ? statusCode : 502 });
      return new Response(Buffer.concat(chunks), { status: 200, headers });
    } catch (cause) {
      throw isRefusal(cause) ? cause : refused('the document cannot be fetched', cause);
    } finally {
      await agent.destroy();
    }
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'OAUTH_DOCUMENT_REFUSED';
}

function refused(message: string, cause?: unknown): CodedError<OauthErrorCode> {
  return new CodedError('OAUTH_DOCUMENT_REFUSED', message, { cause });
}
