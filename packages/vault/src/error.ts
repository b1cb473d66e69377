import { CodedError, type ErrorFields, isCoded } from '@wardmesh/core';

/** Every error code of this package. None of their messages or fields holds a word, seed, key or password. */
export type VaultErrorCode =
  /** An argument of the wrong shape. */
  | 'VAULT_BAD_INPUT'
  /** A secure buffer was used after it was wiped. */
  | 'VAULT_BUFFER_ZEROED'
  /** No mnemonic, family seed or hex key: wrong length, alphabet or checksum. */
  | 'VAULT_SEED_INVALID'
  /** The address that was confirmed is not one that the secret has. Nothing was stored. */
  | 'VAULT_ADDRESS_NOT_CONFIRMED'
  /** Not a file of ours, or not spelled the one way we spell it. */
  | 'VAULT_FORMAT'
  /** Key derivation weaker or dearer than we accept. */
  | 'VAULT_KDF_REFUSED'
  /** A wrong password, changed bytes, or a file in another's place: the three cannot be told apart. */
  | 'VAULT_NOT_GENUINE'
  | 'VAULT_WEAK_PASSWORD'
  /** Too many wrong passwords; `retryAfter` says for how long. */
  | 'VAULT_LOCKED_OUT'
  /** Unlock the wallet first. */
  | 'VAULT_LOCKED'
  | 'VAULT_ARCHIVED'
  | 'VAULT_WALLET_NOT_FOUND'
  | 'VAULT_WALLET_EXISTS'
  | 'VAULT_CAPACITY'
  | 'VAULT_KEY_NOT_FOUND'
  /** The key is in a state in which this must not happen to it. */
  | 'VAULT_KEY_STATE'
  /** The key has been used as often as it may: rotate it. */
  | 'VAULT_KEY_EXHAUSTED'
  /** The backup cannot be opened, or does not hold every key it should. */
  | 'VAULT_BACKUP_UNVERIFIED'
  /** This may happen only after a verified backup. */
  | 'VAULT_BACKUP_REQUIRED'
  /** The rotation's journal does not allow this step. */
  | 'VAULT_ROTATION_STATE'
  | 'VAULT_ROTATION_COOLDOWN'
  /** The provider cannot do this. */
  | 'VAULT_UNSUPPORTED'
  /** The provider does not answer. */
  | 'VAULT_PROVIDER_UNAVAILABLE'
  /** The provider answers that we may not: credentials, key policy, rights in the token. */
  | 'VAULT_PROVIDER_REFUSED'
  /** What the provider answered is not of the key that was asked, or the key is not kept as it must be. */
  | 'VAULT_PROVIDER_FAULT';

export class VaultError extends CodedError<VaultErrorCode> {}

export function vaultError(code: VaultErrorCode, message: string, fields?: ErrorFields): VaultError {
  return new VaultError(code, message, fields);
}

const FROM_CRYPTO: Readonly<Record<string, readonly [VaultErrorCode, string]>> = {
  CRYPTO_NOT_GENUINE: ['VAULT_NOT_GENUINE', 'the password is wrong or the file was changed'],
  CRYPTO_KDF_REFUSED: ['VAULT_KDF_REFUSED', 'the key derivation of the file is out of bounds'],
  CRYPTO_KEY_EXHAUSTED: ['VAULT_KEY_EXHAUSTED', 'the key has sealed all it may'],
  CRYPTO_BAD_INPUT: ['VAULT_BAD_INPUT', 'the password or the key has a wrong length'],
  CRYPTO_FORMAT: ['VAULT_FORMAT', 'the file is not one of ours'],
};

/** Our error for what the crypto package threw; anything else passes through. */
export function fromCrypto(error: unknown): unknown {
  const known = isCoded(error) ? FROM_CRYPTO[error.code] : undefined;
  return known === undefined ? error : vaultError(known[0], known[1], { cause: error });
}
