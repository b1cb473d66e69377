import { canonicalize, fromBase64, type Random, toTimestamp, utf8 } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import { vaultError } from '../error.ts';
import { MAX_WALLET_FILE_BYTES } from '../limits.ts';
import type { PasswordKdf } from '../ports.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import {
  type EncryptionHeader,
  hasMembers,
  isEncryptionHeader,
  isSealedData,
  isTimestamp,
  parseCanonical,
  type SealedData,
} from '../wallet-file/encrypted-wallet.ts';
import { newEncryption, openWithPassword, sealWithPassword } from '../wallet-file/password-box.ts';
import type { Network } from '../wallet-file/place.ts';
import { decodeKeySet, encodeKeySet, type KeySet } from '../wallet-file/stored-key.ts';

/** A backup: all keys of a wallet under a password of its own. No address, name or network in the clear. */
export interface WalletBackup {
  readonly version: 1;
  readonly format: 'wardmesh-backup';
  readonly createdAt: string;
  readonly sourceProvider: 'local-file';
  readonly encryption: EncryptionHeader;
  readonly data: SealedData;
  /** `sha256:` of the ciphertext: tells a damaged file from a wrong password without the password. */
  readonly checksum: string;
}

interface BackupOptions {
  readonly network: Network;
  readonly random: Random;
  readonly fips?: boolean;
  readonly deriveKey?: PasswordKdf;
}

export async function sealBackup(
  password: SecureBuffer,
  keys: KeySet,
  now: number,
  options: BackupOptions,
): Promise<{ readonly bytes: Uint8Array; readonly checksum: string }> {
  const createdAt = toTimestamp(now);
  const encryption = newEncryption(options);
  using plaintext = encodeKeySet(keys);
  const bound = boundTo(createdAt, options.network);
  const data = await sealWithPassword(password.getBuffer(), plaintext.getBuffer(), encryption, bound, options);
  const checksum = contentHash(fromBase64(data.ciphertext));
  const backup: WalletBackup = {
    version: 1,
    format: 'wardmesh-backup',
    createdAt,
    sourceProvider: 'local-file',
    encryption,
    data,
    checksum,
  };
  return { bytes: utf8(`${canonicalize(backup)}\n`), checksum };
}

/** @throws VAULT_FORMAT where it is no backup, VAULT_BACKUP_UNVERIFIED where its checksum does not fit */
export function parseBackup(bytes: Uint8Array): WalletBackup {
  const value = parseCanonical(bytes, MAX_WALLET_FILE_BYTES);
  const isBackup =
    hasMembers(value, ['version', 'format', 'createdAt', 'sourceProvider', 'encryption', 'data', 'checksum']) &&
    value.version === 1 &&
    value.format === 'wardmesh-backup' &&
    value.sourceProvider === 'local-file' &&
    isTimestamp(value.createdAt) &&
    isEncryptionHeader(value.encryption) &&
    isSealedData(value.data) &&
    typeof value.checksum === 'string';
  if (!isBackup) throw vaultError('VAULT_FORMAT', 'not a backup of version 1');
  const backup = value as unknown as WalletBackup;
  if (contentHash(fromBase64(backup.data.ciphertext)) !== backup.checksum) {
    throw vaultError('VAULT_BACKUP_UNVERIFIED', 'the backup is damaged: its checksum does not fit');
  }
  return backup;
}

/** The keys in a backup; the caller disposes of them. @throws VAULT_NOT_GENUINE also for another network's backup */
export async function openBackup(
  password: SecureBuffer,
  { createdAt, encryption, data }: WalletBackup,
  options: Pick<BackupOptions, 'network' | 'deriveKey'>,
): Promise<KeySet> {
  const bound = boundTo(createdAt, options.network);
  using plaintext = await openWithPassword(password.getBuffer(), data, encryption, bound, options);
  return decodeKeySet(plaintext);
}

function boundTo(createdAt: string, network: Network): object {
  return { purpose: 'wardmesh/v1/wallet-backup', version: 1, sourceProvider: 'local-file', network, createdAt };
}
