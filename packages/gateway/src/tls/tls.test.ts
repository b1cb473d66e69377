import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from './authority.ts';
import { issueServerCertificate, type ServerCertificate } from './certificate.ts';
import { pinnedClientOptions, serverTlsOptions } from './options.ts';

const ports = { clock: systemClock, random: systemRandom };

describe('the TLS front', () => {
  verifies('CM-TLS-1');
  let authority: Authority;
  let certificate: ServerCertificate;
  let port: number;
  const server = createServer();

  beforeAll(async () => {
    authority = await createAuthority(ports);
    certificate = await issueServerCertificate({ ...ports, authority });
    server.setSecureContext(serverTlsOptions(certificate));
    server.on('request', (_request, response) => response.end('served'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  const trust = () => ({ ca: authority.certificatePem, pin: certificate.pin });
  const attempt = async (options: ConnectionOptions): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, servername: '', ...options });
    await Promise.race([once(socket, 'secureConnect'), once(socket, 'error').then(([error]) => Promise.reject(error))]);
    return socket;
  };

  it('speaks TLS 1.3 to a client that trusts and pins it', async () => {
    const socket = await attempt(pinnedClientOptions(trust()));
    expect(socket.authorized).toBe(true);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });

  it('speaks TLS 1.2 to a client that has no better', async () => {
    const socket = await attempt({ ...pinnedClientOptions(trust()), maxVersion: 'TLSv1.2' });
    expect(socket.getProtocol()).toBe('TLSv1.2');
    socket.destroy();
  });

  it('refuses TLS 1.1', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(attempt({ ...old, rejectUnauthorized: false })).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ERR_SSL_UNSUPPORTED_PROTOCOL|ECONNRESET/),
    });
  });

  it('answers plaintext with nothing but the end of the connection', async () => {
    const socket = connectPlain(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'close');
    expect(answer).not.toContain('served');
    expect(answer).not.toContain('HTTP/1.1 200');
  });

  it('is refused by a client that trusts another authority', async () => {
    const other = await createAuthority(ports);
    await expect(attempt(pinnedClientOptions({ ...trust(), ca: other.certificatePem }))).rejects.toMatchObject({
      code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/),
    });
  });

  it('is refused by a client that pinned another key of the same authority', async () => {
    const other = await issueServerCertificate({ ...ports, authority });
    await expect(attempt(pinnedClientOptions({ ...trust(), pin: other.pin }))).rejects.toMatchObject({
      code: 'TLS_PIN_MISMATCH',
    });
  });

  it('can certify nothing beyond the hosts its authority is constrained to', async () => {
    const forged = await issueServerCertificate({ ...ports, authority, hosts: ['bank.example'] });
    const victim = createServer(serverTlsOptions(forged)).listen(0, '127.0.0.1');
    await once(victim, 'listening');
    const options = {
      ...pinnedClientOptions({ ...trust(), pin: forged.pin }),
      port: (victim.address() as AddressInfo).port,
    };
    await expect(attempt({ ...options, servername: 'bank.example' })).rejects.toMatchObject({
      message: 'permitted subtree violation',
    });
    victim.close();
    // The control: an authority made for that host certifies it.
    const wide = await createAuthority({ ...ports, hosts: ['bank.example'] });
    const allowed = await issueServerCertificate({ ...ports, authority: wide, hosts: ['bank.example'] });
    const control = createServer(serverTlsOptions(allowed)).listen(0, '127.0.0.1');
    await once(control, 'listening');
    const socket = await attempt({
      ...pinnedClientOptions({ ca: wide.certificatePem, pin: allowed.pin }),
      port: (control.address() as AddressInfo).port,
      servername: 'bank.example',
    });
    expect(socket.authorized).toBe(true);
    socket.destroy();
    control.close();
  });
});
