import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock, Random } from '@wardmesh/core';
import { type Authority, coveredHosts, serialNumber } from './authority.ts';
import { keyPair, privateKeyPem, SIGNING } from './keys.ts';
import { CERTIFICATE_LIFE_MS, CLOCK_SKEW_MS } from './limits.ts';
import { loadX509 } from './load-x509.ts';
import { spkiPin } from './pin.ts';

export interface ServerCertificate {
  /** The certificate, then its authority. */
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** `sha256/…` of the key, stable over renewals. */
  readonly pin: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

export interface CertificateOptions {
  readonly authority: Authority;
  readonly clock: Clock;
  readonly random: Random;
  /** Beyond this machine itself. */
  readonly hosts?: readonly string[];
  /** The key of the certificate that is renewed: clients have pinned it. */
  readonly privateKeyPem?: string;
}

/** A server certificate of the authority for this machine and `hosts`: P-256, 90 days, serverAuth only. */
export async function issueServerCertificate(options: CertificateOptions): Promise<ServerCertificate> {
  const x509 = await loadX509();
  const { authority, clock, random } = options;
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const issuerKeys = await keyPair(authority.privateKeyPem);
  const keys = await keyPair(options.privateKeyPem);
  const now = clock.now();
  const names = coveredHosts(options.hosts ?? []).map(
    (host) => new x509.GeneralName(isIP(host) === 0 ? 'dns' : 'ip', host),
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(random),
    // Names stand in subjectAltName, where clients look (RFC 9525 §2); the subject is for people.
    subject: 'CN=Wardmesh gateway',
    issuer: issuer.subject,
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(Math.min(now + CERTIFICATE_LIFE_MS, issuer.notAfter.getTime())),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey),
    ],
  });
  const leaf = `${certificate.toString('pem')}\n`;
  return {
    certificatePem: leaf + authority.certificatePem,
    privateKeyPem: await privateKeyPem(keys),
    pin: spkiPin(new X509Certificate(leaf)),
    notAfter: certificate.notAfter.getTime(),
  };
}
