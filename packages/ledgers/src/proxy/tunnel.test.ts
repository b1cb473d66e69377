import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { EgressProxy, type EgressRule } from '@wardmesh/sandbox';
import { verifies } from '@wardmesh/testkit';
import { selfSigned } from '@wardmesh/testkit/self-signed';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Fixture } from '../../test/fixture.ts';
import { proxyFromEnvironment } from './from-environment.ts';

describe('through the egress proxy of a sandbox', () => {
  let it_: Fixture;
  let proxy: EgressProxy | undefined;
  const outcomes: string[] = [];
  beforeEach(() => {
    it_ = new Fixture();
    outcomes.length = 0;
  });
  afterEach(async () => {
    await it_.end();
    await proxy?.close();
  });

  async function through(rules: readonly EgressRule[], to?: string): Promise<ReturnType<typeof proxyFromEnvironment>> {
    proxy = new EgressProxy(rules, {
      secrets: { get: () => undefined },
      resolver: { resolve: async () => ['93.184.216.34'] },
      dial: (address, port) => connect(port, to ?? address),
      onEvent: ({ host, port, outcome }) => outcomes.push(`${host}:${port === 0 ? 0 : '*'} ${outcome}`),
    });
    const url = `http://127.0.0.1:${await proxy.listen({ port: 0 })}`;
    return proxyFromEnvironment({ HTTP_PROXY: url, HTTPS_PROXY: url });
  }

  it('reaches a ws endpoint of this machine', async () => {
    const node = await it_.serve();
    const rule = { host: '127.0.0.1', port: Number(new URL(node.url).port) };
    const client = it_.connect({ proxy: await through([rule]) });
    expect((await client.accountInfo(alice.address)).balance).toBe(1_000_000_000n);
    expect(outcomes).toEqual(['127.0.0.1:* open']);
  });

  it('reaches a wss endpoint by name, with TLS to the endpoint itself', async () => {
    verifies('XR-NET-1');
    const { key, cert } = selfSigned('localhost');
    const tls = { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
    const node = await it_.serve(undefined, tls);
    const port = Number(new URL(node.url).port);
    const choice = await through([{ host: 'localhost', port }], '127.0.0.1');
    const endpoints = [`wss://localhost:${port}`];
    const client = it_.connect({ endpoints, proxy: choice, ca: cert });
    expect((await client.serverInfo()).networkId).toBe(31_337);
    expect(outcomes).toEqual(['localhost:* open']);
    // Another name's certificate is not taken, whoever carries it.
    const other = await through([{ host: 'other.test', port }], '127.0.0.1');
    const misled = it_.connect({ endpoints: [`wss://other.test:${port}`], proxy: other, ca: cert });
    await expect(misled.serverInfo()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('is refused where no rule grants the host', async () => {
    await it_.serve();
    const client = it_.connect({ proxy: await through([{ host: '127.0.0.1', port: 1 }]) });
    await expect(client.serverInfo()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(outcomes).toContain('127.0.0.1:* EGRESS_DENIED');
    expect(it_.ledger.openCount).toBe(0);
  });

  it('fails over, drops and returns through the same proxy', async () => {
    const [first, second] = [await it_.serve(), await it_.serve()];
    const rules = [first, second].map(({ url }) => ({ host: '127.0.0.1', port: Number(new URL(url).port) }));
    const client = it_.connect({ proxy: await through(rules), confirmations: 1 });
    await client.serverInfo();
    first.faults.refuse = true;
    first.dropConnections();
    expect((await client.serverInfo()).networkId).toBe(31_337);
    expect(second.requests).toContain('server_state');
  });
});

describe('a proxy that misbehaves', () => {
  let server: Server;
  const fixture = new Fixture();
  const sockets: Duplex[] = [];
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await fixture.end();
  });

  async function proxyAt(onConnect: (socket: Duplex) => void): Promise<URL> {
    server = createServer((_, response) => response.writeHead(200).end('not a tunnel'));
    server.on('connect', (_, socket) => {
      socket.on('error', () => undefined);
      sockets.push(socket);
      onConnect(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  it.each<[string, (socket: Duplex) => void]>([
    ['says no', (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')],
    ['says nothing', () => undefined],
    ['hangs up', (socket) => socket.destroy()],
    ['says yes and hangs up', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')],
    ['speaks nonsense', (socket) => socket.end('nonsense\r\n\r\n')],
  ])('%s', async (_what, onConnect) => {
    const proxy = await proxyAt(onConnect);
    const client = fixture.connect({ endpoints: ['wss://ledger.test'], proxy: () => proxy, connectTimeoutMs: 200 });
    await expect(client.serverInfo()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });
});
