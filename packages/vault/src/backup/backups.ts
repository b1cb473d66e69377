import { equalBytes, toHex } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { authenticate } from '../keystore/authenticate.ts';
import { assertStrongPassword } from '../keystore/password-policy.ts';
import { accountAddress, type BackupInfo, type WalletInfo } from '../keystore/wallet-info.ts';
import type { WalletStore } from '../keystore/wallet-store.ts';
import { MAX_WALLET_FILE_BYTES } from '../limits.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { openKeys } from '../wallet-file/data-key.ts';
import type { KeyRole, KeySet } from '../wallet-file/stored-key.ts';
import { openBackup, parseBackup, sealBackup } from './backup-file.ts';
import { assertRestores } from './restore-test.ts';

export interface VerifiedBackup extends BackupInfo {
  /** Where it lies in the vault's folder. */
  readonly path: string;
  /** The file, for the operator to keep elsewhere. */
  readonly bytes: Uint8Array;
}

export interface RestoreRequest {
  readonly bytes: Uint8Array;
  readonly backupPassword: SecureBuffer;
  readonly name: string;
  /** Of the new wallet file. */
  readonly password: SecureBuffer;
  readonly confirmedAddress: string;
}

/**
 * Seals all keys of the wallet under a password of its own, writes the file, reads it back and restores from it on
 * trial. What does not pass is removed and never counts as a backup.
 * @throws VAULT_BAD_INPUT for the wallet's own password, VAULT_BACKUP_UNVERIFIED
 */
export async function backupWallet(
  store: WalletStore,
  walletId: string,
  password: SecureBuffer,
  backupPassword: SecureBuffer,
): Promise<VerifiedBackup> {
  assertStrongPassword(backupPassword);
  if (equalBytes(password.getBuffer(), backupPassword.getBuffer())) {
    throw vaultError('VAULT_BAD_INPUT', 'a backup has a password of its own');
  }
  store.require(walletId);
  using opened = await store.open(walletId, password);
  using keys = openKeys(opened.bundle, store.place(walletId));
  if (keys.keys.length === 0) throw vaultError('VAULT_UNSUPPORTED', 'no key of this wallet is here to be backed up');
  const info = await store.follow(walletId, keys);
  const { clock, random, network } = store.options;
  const createdAt = clock.now();
  const sealed = await sealBackup(backupPassword, keys, createdAt, store.options);
  const path = `${network}/backups/${walletId}/${createdAt}-${toHex(random.bytes(4))}.backup.json`;
  const bytes = await writeTested(store, path, sealed.bytes, backupPassword, info);
  const backup = { checksum: sealed.checksum, createdAt, keyIds: info.keys.map(({ keyId }) => keyId) };
  await store.index.put({ ...info, backup });
  return { ...backup, path, bytes };
}

/** Restores a backup on trial and stores nothing. @throws VAULT_BACKUP_UNVERIFIED, VAULT_NOT_GENUINE, VAULT_FORMAT */
export async function verifyBackup(
  store: WalletStore,
  walletId: string,
  bytes: Uint8Array,
  backupPassword: SecureBuffer,
  roles: readonly KeyRole[],
): Promise<void> {
  const info = store.require(walletId);
  using restored = await openGuarded(store, bytes, backupPassword);
  assertRestores(restored, { ...info, keys: info.keys.filter(({ role }) => roles.includes(role)) });
}

/** A wallet from a backup, under a new password. @throws VAULT_ADDRESS_NOT_CONFIRMED, VAULT_WALLET_EXISTS */
export async function restoreWallet(store: WalletStore, request: RestoreRequest): Promise<WalletInfo> {
  assertStrongPassword(request.password);
  using keys = await openGuarded(store, request.bytes, request.backupPassword);
  if (keys.keys.length === 0) throw vaultError('VAULT_BACKUP_UNVERIFIED', 'the backup holds no key');
  if (accountAddress(keys) !== request.confirmedAddress) {
    throw vaultError('VAULT_ADDRESS_NOT_CONFIRMED', 'the backup is of another account');
  }
  return await store.create(request.name, request.password, keys);
}

async function writeTested(
  store: WalletStore,
  path: string,
  written: Uint8Array,
  password: SecureBuffer,
  info: WalletInfo,
): Promise<Uint8Array> {
  const { files } = store.options;
  await files.write(path, written);
  try {
    const bytes = await files.read(path, MAX_WALLET_FILE_BYTES);
    if (bytes === undefined) throw vaultError('VAULT_BACKUP_UNVERIFIED', 'the backup is not where it was written');
    using restored = await openBackup(password, parseBackup(bytes), store.options);
    assertRestores(restored, info);
    return bytes;
  } catch (cause) {
    await files.remove(path);
    throw vaultError('VAULT_BACKUP_UNVERIFIED', 'the backup did not pass its restore test', { cause });
  }
}

/** Guesses at a backup's password are counted like those at a wallet's. */
async function openGuarded(store: WalletStore, bytes: Uint8Array, password: SecureBuffer): Promise<KeySet> {
  const backup = parseBackup(bytes);
  const { lockout, clock } = store.options;
  return authenticate(lockout, clock, `backup:${backup.checksum}`, () => openBackup(password, backup, store.options));
}
