import type { KeyBackend } from '@wardmesh/key-providers';
import { VaultError } from '@wardmesh/vault';

/** A place that is not asked: with it the register alone is read, and its word written. */
export const ABSENT: KeyBackend = {
  capabilities: Object.freeze({
    kind: 'pkcs11',
    algorithms: [],
    atRest: 'hardware',
    inUse: 'hardware',
    survivesStolenDisk: false,
    survivesHostTakeover: false,
    isDestructionFinal: false,
    canBackup: false,
    statement: 'Nothing is known of this provider: it was not asked.',
  }),
  makeKey: refuse,
  sign: refuse,
  enable: refuse,
  disable: refuse,
  destroyKey: refuse,
};

async function refuse(): Promise<never> {
  throw new VaultError('VAULT_PROVIDER_UNAVAILABLE', 'the provider of keys is not there');
}
