export { type Authority, type AuthorityOptions, createAuthority, LOOPBACK_HOSTS } from './authority.ts';
export { type CertificateOptions, issueServerCertificate, type ServerCertificate } from './certificate.ts';
export type { TlsErrorCode } from './error.ts';
export { AUTHORITY_LIFE_MS, CERTIFICATE_LIFE_MS, RENEW_BEFORE_MS } from './limits.ts';
export { ensureTlsMaterial, type TlsFiles, type TlsMaterial, type TlsMaterialOptions } from './material.ts';
export { pinnedClientOptions, serverTlsOptions } from './options.ts';
export { isPin, pinOf, samePin, spkiPin } from './pin.ts';
