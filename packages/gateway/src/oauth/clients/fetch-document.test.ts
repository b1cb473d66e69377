import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { verifies } from '@wardmesh/testkit';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentFetcher } from './fetch-document.ts';

const HOST = 'client.example';
const pair = selfSigned(HOST);
let server: Server;
let port: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer(
    { key: pair.key.export({ type: 'pkcs8', format: 'pem' }), cert: pair.cert },
    (request, response) => {
      seen.push(request);
      answer(request, response);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The same fetch with the checks of addresses off: shows that these are what stops it. */
const open = (resolver = async () => ['127.0.0.1']) =>
  documentFetcher({ resolver, ca: pair.cert, unsafeAllowPrivate: true });
const refused = expect.objectContaining({ code: 'OAUTH_DOCUMENT_REFUSED' });

describe('SSRF by a client’s metadata document (SBP3)', () => {
  verifies('WM-GW-2');

  it('control: without the checks a document at a private address is fetched', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
    const response = await open()(`https://${HOST}:${port}/client.json`);
    expect(await response.json()).toEqual({ a: 1 });
    expect(seen.at(-1)?.headers).not.toHaveProperty('cookie');
    expect(seen.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://a.localhost/x',
    'https://[::1]/x',
    'https://10.0.0.1/x',
    'https://192.168.1.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://0x7f.1/x',
    'https://2130706433/x',
    'https://0/x',
    'http://client.example/x',
    'file:///etc/passwd',
    'https://user:pass@client.example/x',
    'https://client.example:22/x',
    'nonsense',
  ])('never asks %s', async (url) => {
    const asked = seen.length;
    await expect(documentFetcher({ resolver: async () => ['93.184.216.34'] })(url)).rejects.toEqual(refused);
    expect(seen).toHaveLength(asked);
  });

  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.169.254']],
    [['93.184.216.34', '127.0.0.1']],
    [['::ffff:10.0.0.1']],
    [[]],
  ])('never connects where a name resolves to %j (DNS rebinding)', async (addresses) => {
    const asked = seen.length;
    const fetch = documentFetcher({ resolver: async () => addresses, ca: pair.cert });
    await expect(fetch(`https://${HOST}/x`)).rejects.toEqual(refused);
    expect(seen).toHaveLength(asked);
  });

  it('follows no redirect', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `https://${HOST}:${port}/elsewhere` }).end();
    const asked = seen.length;
    expect((await open()(`https://${HOST}:${port}/x`)).status).toBe(302);
    expect(seen).toHaveLength(asked + 1);
  });

  it('stops at a bound of size and of time', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      response.write('x'.repeat(200_000));
    };
    await expect(open()(`https://${HOST}:${port}/x`)).rejects.toEqual(refused);
    answer = () => {};
    const start = performance.now();
    await expect(open()(`https://${HOST}:${port}/x`)).rejects.toEqual(refused);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('believes no certificate it cannot verify', async () => {
    answer = (_request, response) => response.writeHead(200).end('{}');
    const fetch = documentFetcher({ resolver: async () => ['127.0.0.1'], unsafeAllowPrivate: true });
    await expect(fetch(`https://${HOST}:${port}/x`)).rejects.toEqual(refused);
  });
});
