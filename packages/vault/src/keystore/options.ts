import type { Clock, Random } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import type { LockoutPort, PasswordKdf, VaultFiles } from '../ports.ts';
import type { KeyUses } from '../wallet-file/data-key.ts';
import type { Network } from '../wallet-file/place.ts';

export interface KeystoreOptions {
  /** A keystore sees the wallets of one network only. */
  readonly network: Network;
  readonly files: VaultFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** Seals the index; from the home's own key. */
  readonly indexKey: SealingKey;
  /** Where uses of data keys (`data-…`) and signatures (`sign-…`) are counted. */
  readonly uses: KeyUses;
  readonly lockout: LockoutPort;
  /** PBKDF2-SHA-256 instead of Argon2id for what is written (XR-KDF-2). */
  readonly fips?: boolean;
  /** Signatures of one key before it must be rotated; 2^32 − 1 where left out. */
  readonly signaturesPerKey?: number;
  /** The crypto package's where left out. */
  readonly deriveKey?: PasswordKdf;
}
