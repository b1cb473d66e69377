import { X509Certificate } from 'node:crypto';
import {
  type ConnectionOptions,
  checkServerIdentity,
  type PeerCertificate,
  type SecureContextOptions,
  type TlsOptions,
} from 'node:tls';
import { CodedError } from '@wardmesh/core';
import type { TlsErrorCode } from './error.ts';
import { samePin, spkiPin } from './pin.ts';

/** TLS 1.3 by default, 1.2 at least (CM-TLS-1), and of 1.2 only suites with forward secrecy and authenticated encryption. */
const VERSIONS = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
  ].join(':'),
} as const satisfies SecureContextOptions;

/** Options of the gateway's `https.createServer`. */
export function serverTlsOptions(material: {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}): TlsOptions {
  return {
    ...VERSIONS,
    key: material.privateKeyPem,
    cert: material.certificatePem,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: 10_000,
  };
}

/**
 * Options of a client that reaches a gateway with a local authority: the certificate must be the authority's, fit the
 * host name, and carry the pinned key.
 */
export function pinnedClientOptions(trust: { readonly ca: string; readonly pin: string }): ConnectionOptions {
  return {
    ...VERSIONS,
    // Suites of a gateway whose key is not ours to choose stay out: the pinned key is ECDSA.
    ca: trust.ca,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    checkServerIdentity(host: string, peer: PeerCertificate): Error | undefined {
      const mismatch = checkServerIdentity(host, peer);
      if (mismatch !== undefined) return mismatch;
      if (samePin(spkiPin(new X509Certificate(peer.raw)), trust.pin)) return undefined;
      return new CodedError<TlsErrorCode>('TLS_PIN_MISMATCH', "the gateway's key is not the pinned one", {
        hint: 'Someone may stand in between. If the gateway was set up anew, set up its clients anew: ward status shows the pin.',
      });
    },
  };
}
