import { vaultError } from '../error.ts';
import type { Keystore } from '../keystore/keystore.ts';
import type { KeyInfo } from '../keystore/wallet-info.ts';
import type { PasswordSource } from '../ports.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import type { KeyProvider, ProviderCapabilities, ProviderKey } from './key-provider.ts';

const CAPABILITIES: ProviderCapabilities = Object.freeze({
  kind: 'local-file',
  algorithms: ['ed25519', 'secp256k1'] as const,
  atRest: 'password-sealed-file',
  inUse: 'process-memory',
  survivesStolenDisk: true,
  survivesHostTakeover: false,
  isDestructionFinal: false,
  canBackup: true,
  statement:
    'Keys lie in a file sealed under your password and are in the memory of the signer while it signs: a stolen disk ' +
    'yields only what guessing the password yields, but whoever controls this machine while the wallet is unlocked can ' +
    'take the keys, and an older copy of the file still holds a destroyed key.',
});

/** A wallet of the keystore as a provider. The password is asked for at each change; signing needs the wallet unlocked. */
export function localFileProvider(keystore: Keystore, walletId: string, password: PasswordSource): KeyProvider {
  const withPassword = async <T>(work: (password: SecureBuffer) => Promise<T>): Promise<T> => {
    using secret = await password();
    return await work(secret);
  };
  const keys = (): readonly ProviderKey[] => {
    const { keys } = keystore.get(walletId);
    return keys.filter(({ role }) => role === 'regular').map(asProviderKey);
  };
  const require = (keyId: string): ProviderKey => {
    const key = keys().find((each) => each.keyId === keyId);
    if (key === undefined) throw vaultError('VAULT_KEY_NOT_FOUND', 'the wallet has no such key');
    return key;
  };
  return {
    capabilities: CAPABILITIES,
    keys: async () => keys(),
    async createKey(keyId, algorithm) {
      if (!CAPABILITIES.algorithms.includes(algorithm)) {
        throw vaultError('VAULT_UNSUPPORTED', 'the provider does not have this algorithm');
      }
      await withPassword((secret) => keystore.addRegularKey(walletId, secret, keyId, algorithm));
      return require(keyId);
    },
    async activateKey(keyId) {
      await withPassword((secret) => keystore.activateKey(walletId, secret, keyId));
    },
    async sign(keyId, message) {
      return keystore.sign(walletId, message, keyId);
    },
    async destroyKey(keyId) {
      await withPassword((secret) => keystore.destroyKey(walletId, secret, keyId));
    },
  };
}

function asProviderKey({ keyId, algorithm, state, publicKey, address }: KeyInfo): ProviderKey {
  return { keyId, algorithm, state, publicKey, address };
}
