import { toHex } from '@wardmesh/core';
import { encodeAccountID } from 'ripple-address-codec';
import { type Algorithm, addressOf, publicKeyOf } from '../seeds/public-key.ts';
import type { Network } from '../wallet-file/place.ts';
import type { KeyRole, KeySet, KeyState } from '../wallet-file/stored-key.ts';

/** Public facts of a key. */
export interface KeyInfo {
  readonly keyId: string;
  readonly role: KeyRole;
  readonly state: KeyState;
  readonly algorithm: Algorithm;
  /** 66 upper-case hex digits. */
  readonly publicKey: string;
  /** The key's own address: the account's for a master key, what SetRegularKey names for a regular key. */
  readonly address: string;
  /** ms since the epoch. */
  readonly createdAt: number;
}

/** The newest backup that passed its restore test. */
export interface BackupInfo {
  /** `sha256:` of its ciphertext. */
  readonly checksum: string;
  readonly createdAt: number;
  readonly keyIds: readonly string[];
}

/** `deleting` is seen only by a keystore that opens after a crash, which finishes it. */
export type WalletStatus = 'active' | 'archived' | 'deleting';

/** Public facts of a wallet, as the sealed index keeps them. Nothing in it opens or signs anything. */
export interface WalletInfo {
  readonly walletId: string;
  readonly network: Network;
  readonly name: string;
  /** Classic address of the account that the wallet signs for. */
  readonly address: string;
  readonly status: WalletStatus;
  readonly keys: readonly KeyInfo[];
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly backup?: BackupInfo;
}

/** Public facts of all keys of a set: each public key is derived, never believed. */
export function describeKeys({ keys }: KeySet): readonly KeyInfo[] {
  return keys.map(({ secret, ...key }) => {
    const publicKey = publicKeyOf(key.algorithm, secret.getBuffer());
    return { ...key, publicKey: toHex(publicKey).toUpperCase(), address: addressOf(publicKey) };
  });
}

export function accountAddress({ accountId }: KeySet): string {
  return encodeAccountID(accountId);
}
