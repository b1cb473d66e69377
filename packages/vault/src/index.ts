export { VaultError, type VaultErrorCode } from './error.ts';
export type { LockoutAnswer, LockoutPort, PasswordKdf, PasswordSource, VaultFiles } from './ports.ts';
export { SecureBuffer } from './secure-buffer/secure-buffer.ts';
