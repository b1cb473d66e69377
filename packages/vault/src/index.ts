export { VaultError, type VaultErrorCode } from './error.ts';
export type { LockoutAnswer, LockoutPort, PasswordKdf, PasswordSource, VaultFiles } from './ports.ts';
export { SecureBuffer } from './secure-buffer/secure-buffer.ts';
export type { DerivationPath } from './seeds/derivation-path.ts';
export { type Candidate, inspectSecret, type SecretFamily, type SecretOptions } from './seeds/detect.ts';
export { createMnemonic, type WordCount } from './seeds/mnemonic.ts';
export type { Algorithm } from './seeds/public-key.ts';
