import type { Algorithm, ProviderCapabilities } from '@wardmesh/vault';

/** A key where it lives. */
export interface MadeKey {
  /** How the backend finds it again: an ARN, an id. */
  readonly reference: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * What a place of keys must be able to do; `managedProvider` makes a KeyProvider of it. Every method may be repeated
 * after a crash, and does its work once. All throw VAULT_PROVIDER_UNAVAILABLE where the place does not answer.
 */
export interface KeyBackend {
  readonly capabilities: ProviderCapabilities;
  /** Makes the key of this id, able to sign; where an earlier try (`isRepeat`) made one already, that one. */
  makeKey(keyId: string, algorithm: Algorithm, isRepeat: boolean): Promise<MadeKey>;
  /** A signature as the ledger wants it: 64 bytes of Ed25519, or canonical DER over SHA-512Half. Not yet verified. */
  sign(key: MadeKey, algorithm: Algorithm, message: Uint8Array): Promise<Uint8Array>;
  /** The key signs at its place from now on. */
  enable(key: MadeKey): Promise<void>;
  /** The key does not sign at its place until it is enabled, where the place knows of such a state. */
  disable(key: MadeKey): Promise<void>;
  /** Destroys the key of this id. One that is gone is no error; `key` is missing where a crash hid it. */
  destroyKey(keyId: string, key: MadeKey | undefined): Promise<void>;
}
