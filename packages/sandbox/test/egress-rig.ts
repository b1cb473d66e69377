import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { Secret } from '@wardmesh/core';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { type EgressEvent, EgressProxy, type EgressRule } from '../src/index.ts';

export const SECRET = 'sk-canary-4f1d9c2b7a';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** A proxy whose names lie as told and whose every connection ends at one TLS server on loopback. */
export interface EgressRig {
  readonly proxy: EgressProxy;
  readonly port: number;
  /** Addresses and ports that were dialled. */
  readonly dialled: string[];
  /** Questions the resolver was asked. */
  readonly asked: string[];
  readonly events: EgressEvent[];
  /** Requests as the upstream saw them. */
  readonly seen: IncomingMessage[];
  readonly ca: string;
  readonly dial: (address: string, port: number) => ReturnType<typeof connect>;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  /** The answer's first line to a CONNECT. */
  tunnel(authority: string): Promise<string>;
  close(): Promise<void>;
}

export async function openEgressRig(options: {
  readonly rules: readonly EgressRule[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** The name in the upstream's certificate. */
  readonly certified?: string;
}): Promise<EgressRig> {
  const { key, cert } = selfSigned(options.certified ?? 'api.test');
  const seen: IncomingMessage[] = [];
  const upstream = createServer({ key: key.export({ type: 'pkcs8', format: 'pem' }), cert }, (incoming, response) => {
    seen.push(incoming);
    if (options.answer !== undefined) options.answer(incoming, response);
    else response.end('hello');
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port: upstreamPort } = upstream.address() as AddressInfo;
  const dialled: string[] = [];
  const asked: string[] = [];
  const events: EgressEvent[] = [];
  const dial = (address: string, port: number): ReturnType<typeof connect> => {
    dialled.push(`${address}:${port}`);
    return connect(upstreamPort, '127.0.0.1');
  };
  const proxy = new EgressProxy(options.rules, {
    secrets: { get: (ref) => (ref === 'api' ? new Secret(SECRET) : undefined) },
    resolver: {
      async resolve(host) {
        asked.push(host);
        const answers = options.names?.[host];
        if (answers === undefined) throw new Error('no such name');
        return answers;
      },
    },
    dial,
    ca: cert,
    onEvent: (event) => events.push(event),
  });
  const port = await proxy.listen({ port: 0 });

  return {
    proxy,
    port,
    dialled,
    asked,
    events,
    seen,
    ca: cert,
    dial,
    get: (url, headers = {}) => get(port, url, headers),
    tunnel: (authority) => tunnel(port, authority),
    async close() {
      await proxy.close();
      upstream.closeAllConnections();
      upstream.close();
    },
  };
}

function get(port: number, url: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: url, headers, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += String(chunk);
      });
      const done = (): void => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers });
      answer.on('end', done);
      answer.on('error', done);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function tunnel(port: number, authority: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    });
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(String(chunk).split('\r\n')[0] ?? '');
    });
    socket.once('error', () => resolve('closed'));
    socket.once('close', () => resolve('closed'));
  });
}
