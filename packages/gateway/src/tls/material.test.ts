import { X509Certificate } from 'node:crypto';
import { type Clock, systemRandom } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { RENEW_BEFORE_MS } from './limits.ts';
import { ensureTlsMaterial, type TlsFiles } from './material.ts';

function setup() {
  const store = new Map<string, string>();
  const files: TlsFiles = { read: (path) => store.get(path), write: (path, text) => void store.set(path, text) };
  let now = Date.UTC(2026, 10, 22);
  const clock: Clock = { now: () => now, monotonic: () => now };
  const ensure = (hosts: string[] = []) =>
    ensureTlsMaterial({ folder: '/h/tls', hosts, clock, random: systemRandom, files });
  return {
    store,
    ensure,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('the TLS files of a home', () => {
  it('are made once', async () => {
    const { ensure, store } = setup();
    const first = await ensure();
    expect(first.made).toBe('authority');
    expect([...store.keys()].sort()).toEqual([
      '/h/tls/ca.key',
      '/h/tls/ca.pem',
      '/h/tls/server.key',
      '/h/tls/server.pem',
    ]);
    expect(await ensure()).toEqual({ ...first, made: 'nothing' });
    expect(new X509Certificate(first.certificatePem).subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
  });

  it('renew the certificate in time and keep its pin and authority', async () => {
    const { ensure, pass } = setup();
    const first = await ensure();
    pass(61 * 86_400_000);
    const second = await ensure();
    expect(second.made).toBe('certificate');
    expect(second.notAfter).toBeGreaterThan(first.notAfter);
    expect(second.pin).toBe(first.pin);
    expect(second.caPem).toBe(first.caPem);
    expect(RENEW_BEFORE_MS).toBe(30 * 86_400_000);
  });

  it('cover a host that was configured later, with the same keys', async () => {
    const { ensure } = setup();
    const first = await ensure();
    const second = await ensure(['ward.example', '10.1.2.3', 'fd00::7']);
    expect(second.made).toBe('authority');
    expect(second.pin).toBe(first.pin);
    const key = (pem: string) => new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' });
    expect(key(second.caPem)).toEqual(key(first.caPem));
    expect((await ensure(['ward.example', '10.1.2.3', 'fd00::7'])).made).toBe('nothing');
    expect((await ensure(['ward.example'])).made).toBe('nothing');
  });

  it.each([
    ['/h/tls/ca.pem', 'garbage'],
    ['/h/tls/ca.key', 'garbage'],
    ['/h/tls/server.pem', 'garbage'],
    ['/h/tls/server.key', 'garbage'],
  ])('refuse a damaged %s and repeat nothing of it', async (path, damage) => {
    const { ensure, store } = setup();
    await ensure();
    store.set(path, damage);
    const failure = await ensure().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TLS_MATERIAL_INVALID' });
    expect(JSON.stringify(failure)).not.toContain(damage);
  });

  it('refuse an authority whose key was swapped or lost', async () => {
    const { ensure, store } = setup();
    await ensure();
    const other = setup();
    await other.ensure();
    store.set('/h/tls/ca.key', other.store.get('/h/tls/ca.key')!);
    await expect(ensure()).rejects.toMatchObject({ code: 'TLS_MATERIAL_INVALID' });
    store.delete('/h/tls/ca.key');
    await expect(ensure()).rejects.toMatchObject({ code: 'TLS_MATERIAL_INVALID' });
  });
});
