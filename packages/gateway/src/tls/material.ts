import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, CodedError, type Random } from '@wardmesh/core';
import { type Authority, coveredHosts, createAuthority } from './authority.ts';
import { issueServerCertificate } from './certificate.ts';
import { subtree } from './der.ts';
import type { TlsErrorCode } from './error.ts';
import { RENEW_BEFORE_MS } from './limits.ts';
import { loadX509 } from './load-x509.ts';
import { spkiPin } from './pin.ts';

/** Files with mode 0600, written atomically. */
export interface TlsFiles {
  /** undefined where the file does not exist. @throws where it is open to others. */
  read(path: string): string | undefined | Promise<string | undefined>;
  write(path: string, text: string): void | Promise<void>;
}

export interface TlsMaterial {
  /** The authority's certificate, for clients. */
  readonly caPem: string;
  readonly caFile: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** `sha256/…` of the server's key. */
  readonly pin: string;
  /** End of the server certificate, milliseconds since the epoch. */
  readonly notAfter: number;
  /** What was made just now. */
  readonly made: 'nothing' | 'certificate' | 'authority';
}

export interface TlsMaterialOptions {
  /** HOME/tls. It exists, with mode 0700. */
  readonly folder: string;
  /** Names and addresses beyond this machine itself: `listen.host` and `listen.allowedHosts`. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly files: TlsFiles;
}

/**
 * The gateway's TLS files: made at first, renewed when a third of their life is left or a host is not covered. Keys stay
 * over renewals, so pins and trust do too; delete a key file to have a new key.
 * @throws CodedError TLS_MATERIAL_INVALID for a damaged file: it is never silently replaced, since clients trust it.
 */
export async function ensureTlsMaterial(options: TlsMaterialOptions): Promise<TlsMaterial> {
  const { folder, clock, files } = options;
  const caFile = join(folder, 'ca.pem');
  const paths = {
    caKey: join(folder, 'ca.key'),
    key: join(folder, 'server.key'),
    certificate: join(folder, 'server.pem'),
  };
  const [caPem, caKey, certificatePem, key] = [
    await files.read(caFile),
    await files.read(paths.caKey),
    await files.read(paths.certificate),
    await files.read(paths.key),
  ];
  const authority = await authorityOf(caPem, caKey, options);
  if (authority.made) {
    await files.write(paths.caKey, authority.privateKeyPem);
    await files.write(caFile, authority.certificatePem);
  }
  const current = authority.made ? undefined : usableCertificate(certificatePem, key, authority, options);
  if (current !== undefined) return { caPem: authority.certificatePem, caFile, ...current, made: 'nothing' };
  const issued = await issueServerCertificate({
    authority,
    clock,
    random: options.random,
    hosts: options.hosts,
    ...(key !== undefined && { privateKeyPem: assertKey(key, 'server.key') }),
  });
  await files.write(paths.key, issued.privateKeyPem);
  await files.write(paths.certificate, issued.certificatePem);
  return { caPem: authority.certificatePem, caFile, ...issued, made: authority.made ? 'authority' : 'certificate' };
}

async function authorityOf(
  caPem: string | undefined,
  caKey: string | undefined,
  options: TlsMaterialOptions,
): Promise<Authority & { made: boolean }> {
  if (caKey === undefined && caPem !== undefined) {
    throw invalid(
      'ca.key is missing beside ca.pem',
      'Restore it, or delete both: clients must then trust the new authority.',
    );
  }
  if (caPem !== undefined && caKey !== undefined) {
    const certificate = assertCertificate(caPem, 'ca.pem');
    if (!certificate.checkPrivateKey(createPrivateKey(assertKey(caKey, 'ca.key')))) {
      throw invalid('ca.key does not belong to ca.pem');
    }
    const due = certificate.validToDate.getTime() - options.clock.now() < RENEW_BEFORE_MS;
    const covered = await constraintsCover(caPem, options.hosts);
    if (!due && covered) return { certificatePem: caPem, privateKeyPem: caKey, made: false };
  }
  const made = await createAuthority({
    clock: options.clock,
    random: options.random,
    hosts: options.hosts,
    ...(caKey !== undefined && { privateKeyPem: assertKey(caKey, 'ca.key') }),
  });
  return { ...made, made: true };
}

/** Whether the authority's name constraints name each host. Exact: it was we who wrote them. */
async function constraintsCover(caPem: string, hosts: readonly string[]): Promise<boolean> {
  const further = coveredHosts(hosts).slice(coveredHosts([]).length);
  if (further.length === 0) return true;
  const x509 = await loadX509();
  const extension = new x509.X509Certificate(caPem).getExtension('2.5.29.30');
  const present = Buffer.from(extension?.value ?? new ArrayBuffer(0));
  return further.every((host) => present.includes(Buffer.from(subtree(host))));
}

function usableCertificate(
  pem: string | undefined,
  key: string | undefined,
  authority: Authority,
  options: TlsMaterialOptions,
): Omit<TlsMaterial, 'caPem' | 'caFile' | 'made'> | undefined {
  if (pem === undefined || key === undefined) return undefined;
  const certificate = assertCertificate(pem, 'server.pem');
  if (!certificate.checkPrivateKey(createPrivateKey(assertKey(key, 'server.key')))) return undefined;
  const signed = certificate.verify(new X509Certificate(authority.certificatePem).publicKey);
  const now = options.clock.now();
  const notAfter = certificate.validToDate.getTime();
  const fresh = notAfter - now >= RENEW_BEFORE_MS && certificate.validFromDate.getTime() <= now;
  const named = coveredHosts(options.hosts).every((host) => namesHost(certificate, host));
  if (!signed || !fresh || !named) return undefined;
  return { certificatePem: pem, privateKeyPem: key, pin: spkiPin(certificate), notAfter };
}

function namesHost(certificate: X509Certificate, host: string): boolean {
  return certificate.checkHost(host, { subject: 'never' }) !== undefined || certificate.checkIP(host) !== undefined;
}

function assertCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw invalid(`${name} is not a certificate`, undefined, cause);
  }
}

function assertKey(pem: string, name: string): string {
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    // No cause: it could quote the key.
    throw invalid(`${name} is not a private key`);
  }
}

function invalid(message: string, hint?: string, cause?: unknown): CodedError<TlsErrorCode> {
  return new CodedError<TlsErrorCode>('TLS_MATERIAL_INVALID', message, {
    hint: hint ?? 'Restore the tls folder from a backup, or delete it: clients must then trust the new authority.',
    ...(cause !== undefined && { cause }),
  });
}
