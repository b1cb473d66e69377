export type { KeyBackend, MadeKey } from './managed/backend.ts';
export { type ManagedProvider, managedProvider } from './managed/managed-provider.ts';
export { fileRegister, type KeyRecord, type KeyRegister } from './managed/register.ts';
export { type Cryptoki, loadCryptoki } from './pkcs11/cryptoki.ts';
export { pkcs11Provider } from './pkcs11/pkcs11-provider.ts';
export { Token, type TokenOptions } from './pkcs11/token.ts';
