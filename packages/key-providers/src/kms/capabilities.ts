import type { ProviderCapabilities } from '@wardmesh/vault';

export const KMS_CAPABILITIES: ProviderCapabilities = Object.freeze({
  kind: 'aws-kms',
  // In this order: the service signs Ed25519 only of messages up to 4,096 bytes, ECDSA of any digest.
  algorithms: ['secp256k1', 'ed25519'] as const,
  atRest: 'remote-service',
  inUse: 'remote-service',
  survivesStolenDisk: true,
  survivesHostTakeover: true,
  isDestructionFinal: false,
  canBackup: false,
  statement:
    'Keys are made in and never leave AWS KMS: a stolen disk and a stolen machine yield no key. Whoever holds the ' +
    'credentials or controls this machine can have it sign until they are withdrawn, AWS and the account’s ' +
    'administrators can stop it, a destroyed key can be called back for 7 days, nothing is signed without the ' +
    'network, and the signer reaches one host for it.',
});
