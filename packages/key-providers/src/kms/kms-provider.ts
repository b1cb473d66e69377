import { type ManagedProvider, managedProvider } from '../managed/managed-provider.ts';
import type { KeyRegister } from '../managed/register.ts';
import { kmsBackend } from './backend.ts';
import { type KmsOptions, kmsClients } from './client.ts';

/** The regular keys of one wallet in AWS KMS. */
export function kmsProvider(options: KmsOptions, walletId: string, register: KeyRegister): ManagedProvider {
  return managedProvider(kmsBackend(kmsClients(options), walletId), register);
}
