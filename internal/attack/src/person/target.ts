import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { SolanaWallet } from '@wardmesh/testkit/solana-wallet';
import type { Seen } from '../attempt.ts';

/** A gateway's console and API, or a naive site of the same routes. */
export interface Target {
  /** Origin, no trailing slash. */
  readonly url: string;
  readonly ca?: string;
  /** Cookie of an admin who is signed in. */
  readonly adminCookie: string;
  readonly admin: SolanaWallet;
  /** Somebody who may sign in and has no role. */
  readonly stranger: SolanaWallet;
  readonly strangerCookie: string;
  /** Token of an agent. */
  readonly agentToken: string;
  /** A request that waits for a person, and the hash to sign. */
  readonly approval: { readonly id: string; readonly over: string };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface PersonAttack {
  readonly id: string;
  readonly title: string;
  /** What may stop it: a code, or `status N`. */
  readonly expect: readonly string[];
  run(target: Target): Promise<Seen>;
}

export interface Asked {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request, with what a page of the gateway would send unless `headers` say otherwise. */
export function ask(
  { url, ca }: Pick<Target, 'url' | 'ca'>,
  method: string,
  path: string,
  asked: Asked = {},
): Promise<Answer> {
  const { cookie, body } = asked;
  const headers: Record<string, string> = {
    ...(method !== 'GET' && { 'x-ward-request': '1' }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(cookie !== undefined && { cookie: `__Host-ward=${cookie}` }),
    ...asked.headers,
  };
  const send = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      `${url}${path}`,
      {
        method,
        headers,
        agent: false,
        ...(ca !== undefined && { ca, servername: 'localhost' }),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    request.on('error', reject);
    request.setTimeout(20_000, () => request.destroy(new Error('no answer')));
    request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** Through where it was answered with success; else the code that stopped it. */
export function judge({ status, text }: Answer): Seen {
  if (status >= 200 && status < 300) return { through: true, observed: 'answered' };
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
  return { through: false, observed: code ?? `status ${status}` };
}
