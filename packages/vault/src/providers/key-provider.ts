import type { Algorithm } from '../seeds/public-key.ts';
import type { KeyState } from '../wallet-file/stored-key.ts';

/** What a provider truly protects; shown to the operator as it is, and copied into receipts. */
export interface ProviderCapabilities {
  readonly kind: 'local-file' | 'pkcs11' | 'aws-kms' | 'dstack';
  readonly algorithms: readonly Algorithm[];
  /** Where the key is while it does not sign, and while it does. */
  readonly atRest: 'password-sealed-file' | 'hardware' | 'remote-service' | 'enclave';
  readonly inUse: 'process-memory' | 'hardware' | 'remote-service' | 'enclave';
  /** Whether the key stays unknown to one who reads this machine's disk. */
  readonly survivesStolenDisk: boolean;
  /** Whether the key stays unknown to one who controls this machine while the wallet is unlocked. */
  readonly survivesHostTakeover: boolean;
  /** Whether destroying the key here leaves no copy that still signs, backups set aside. */
  readonly isDestructionFinal: boolean;
  /** Whether the provider can seal the key for a backup. A key that cannot leave hardware has none. */
  readonly canBackup: boolean;
  /** One sentence for people, with what is *not* protected. */
  readonly statement: string;
}

/** Public facts of a provider's key. */
export interface ProviderKey {
  readonly keyId: string;
  readonly algorithm: Algorithm;
  readonly state: KeyState;
  /** 66 upper-case hex digits. */
  readonly publicKey: string;
  readonly address: string;
}

export interface ProviderSignature {
  readonly keyId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes of Ed25519, or fully canonical DER of ECDSA over SHA-512Half. */
  readonly signature: Uint8Array;
}

/**
 * The regular keys of one wallet, wherever they live: a sealed file, a PKCS #11 token, a cloud's key service. Ids are
 * chosen by the caller (`key_` and 32 hex digits), so that each step repeated after a crash is done once. No method
 * returns a key. `PROVIDER_CASES` is this contract as code.
 * @throws VAULT_PROVIDER_UNAVAILABLE from any method where the provider does not answer
 */
export interface KeyProvider {
  readonly capabilities: ProviderCapabilities;
  keys(): Promise<readonly ProviderKey[]>;
  /** Makes a key, pending. One with this id that is there already is returned. @throws VAULT_UNSUPPORTED */
  createKey(keyId: string, algorithm: Algorithm): Promise<ProviderKey>;
  /** The key signs from now on, and the regular key before it retires. @throws VAULT_KEY_NOT_FOUND, VAULT_KEY_STATE */
  activateKey(keyId: string): Promise<void>;
  /** Signs with an active key. @throws VAULT_KEY_NOT_FOUND, VAULT_KEY_STATE, VAULT_LOCKED */
  sign(keyId: string, message: Uint8Array): Promise<ProviderSignature>;
  /** Destroys a pending or retired key; one that is gone is no error. @throws VAULT_KEY_STATE for an active key */
  destroyKey(keyId: string): Promise<void>;
}
