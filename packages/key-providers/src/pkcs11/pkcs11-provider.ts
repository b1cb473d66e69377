import { type ManagedProvider, managedProvider } from '../managed/managed-provider.ts';
import type { KeyRegister } from '../managed/register.ts';
import { pkcs11Backend } from './backend.ts';
import type { Token } from './token.ts';

/** The regular keys of one wallet in a token. Several wallets may share one. */
export function pkcs11Provider(token: Token, walletId: string, register: KeyRegister): ManagedProvider {
  return managedProvider(pkcs11Backend(token, walletId), register);
}
