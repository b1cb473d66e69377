import { type Clock, type Random, toHex } from '@wardmesh/core';
import { nameConstraints } from './der.ts';
import { keyPair, privateKeyPem, SIGNING } from './keys.ts';
import { AUTHORITY_LIFE_MS, CLOCK_SKEW_MS } from './limits.ts';
import { loadX509 } from './load-x509.ts';

/** What every installation's certificates are for. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1'] as const;

export interface Authority {
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

export interface AuthorityOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Names and addresses beyond this machine itself that it may certify. */
  readonly hosts?: readonly string[];
  /** Keeps the key of an earlier authority, so that a widened constraint changes no key. */
  readonly privateKeyPem?: string;
}

/**
 * A local certificate authority: P-256, ten years, and by name constraint good for this machine and `hosts` only, so that
 * a client which trusts it trusts it for nothing else (RFC 5280 §4.2.1.10).
 */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await keyPair(options.privateKeyPem);
  const now = options.clock.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(options.random),
    name: `CN=Wardmesh local authority ${toHex(options.random.bytes(4))}`,
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + AUTHORITY_LIFE_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension('2.5.29.30', true, new Uint8Array(nameConstraints(coveredHosts(options.hosts ?? [])))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKeyPem: await privateKeyPem(keys) };
}

/** This machine's own names and the further ones, each once, in a stable order. */
export function coveredHosts(hosts: readonly string[]): string[] {
  return [...new Set([...LOOPBACK_HOSTS, ...hosts.filter((host) => host !== '0.0.0.0' && host !== '::')])];
}

/** 127 random bits, positive and without a leading zero byte (RFC 5280 §4.1.2.2). */
export function serialNumber(random: Random): string {
  const bytes = random.bytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return toHex(bytes);
}
