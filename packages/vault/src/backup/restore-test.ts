import { vaultError } from '../error.ts';
import { accountAddress, describeKeys, type KeyInfo } from '../keystore/wallet-info.ts';
import type { KeySet } from '../wallet-file/stored-key.ts';

/** What a backup must give back to count as good. */
export interface BackupExpectation {
  readonly address: string;
  readonly keys: readonly Pick<KeyInfo, 'keyId' | 'role' | 'algorithm' | 'publicKey'>[];
}

/**
 * The restore test: every key that should be in the opened backup is, and derives to the public key and account that
 * are known (W15: a backup that omits a key is none).
 * @throws VAULT_BACKUP_UNVERIFIED
 */
export function assertRestores(opened: KeySet, expected: BackupExpectation): void {
  const found = new Map(describeKeys(opened).map((key) => [key.keyId, key]));
  const isWhole =
    accountAddress(opened) === expected.address &&
    expected.keys.every((key) => {
      const restored = found.get(key.keyId);
      return (
        restored?.publicKey === key.publicKey && restored.role === key.role && restored.algorithm === key.algorithm
      );
    });
  if (!isWhole) throw vaultError('VAULT_BACKUP_UNVERIFIED', 'the backup does not give back every key of the wallet');
}
