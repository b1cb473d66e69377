export { parseBackup, type WalletBackup } from './backup/backup-file.ts';
export type { RestoreRequest, VerifiedBackup } from './backup/backups.ts';
export { VaultError, type VaultErrorCode } from './error.ts';
export { type ImportRequest, Keystore, type Signature } from './keystore/keystore.ts';
export type { KeystoreOptions } from './keystore/options.ts';
export { Turnstile } from './keystore/turnstile.ts';
export { UseCounter } from './keystore/use-counter.ts';
export type { BackupInfo, KeyInfo, WalletInfo, WalletStatus } from './keystore/wallet-info.ts';
export type { LockoutAnswer, LockoutPort, PasswordKdf, PasswordSource, VaultFiles } from './ports.ts';
export { PROVIDER_CASES, type ProviderCase } from './providers/conformance.ts';
export type { KeyProvider, ProviderCapabilities, ProviderKey, ProviderSignature } from './providers/key-provider.ts';
export type { KeyWrapper } from './providers/key-wrapper.ts';
export { localFileProvider } from './providers/local-file.ts';
export { WRAPPER_CASES, type WrapperCase } from './providers/wrapper-conformance.ts';
export { fileJournal } from './rotation/file-journal.ts';
export type {
  RotationApprovals,
  RotationJournal,
  RotationLedger,
  RotationLog,
  RotationPorts,
} from './rotation/ports.ts';
export { nextAction, type RotationAction, type RotationEvent, reduce as reduceRotation } from './rotation/reduce.ts';
export {
  type AbortCause,
  type PreparedTransaction,
  ROTATION_REASONS,
  ROTATION_STEPS,
  type Rotation,
  type RotationReason,
  type RotationStep,
} from './rotation/rotation.ts';
export { type RotationProgress, type RotationRequest, Rotations } from './rotation/rotations.ts';
export { SecureBuffer } from './secure-buffer/secure-buffer.ts';
export type { DerivationPath } from './seeds/derivation-path.ts';
export { type Candidate, inspectSecret, type SecretFamily, type SecretOptions } from './seeds/detect.ts';
export { createMnemonic, type WordCount } from './seeds/mnemonic.ts';
export type { Algorithm } from './seeds/public-key.ts';
export type { KeyUses } from './wallet-file/data-key.ts';
export {
  type EncryptedWallet,
  type EncryptionHeader,
  parseWallet,
  type SealedData,
} from './wallet-file/encrypted-wallet.ts';
export { assertKeyId, assertPlace, NETWORKS, type Network, newKeyId, newWalletId } from './wallet-file/place.ts';
export type { KeyRole, KeyState } from './wallet-file/stored-key.ts';
