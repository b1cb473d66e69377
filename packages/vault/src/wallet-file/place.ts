import { type Random, toHex } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { ID_BYTES } from '../limits.ts';

/** Networks never share a folder, an index or a file: each is part of what its files are sealed for. */
export type Network = 'mainnet' | 'testnet' | 'devnet' | 'local';
export const NETWORKS: readonly Network[] = ['mainnet', 'testnet', 'devnet', 'local'];

/** Where a wallet's file stands. Its bytes open nowhere else. */
export interface WalletPlace {
  readonly network: Network;
  /** `wallet_` and 32 hex digits, made by us. Names that people give are never part of a path. */
  readonly walletId: string;
}

const WALLET_ID = /^wallet_[0-9a-f]{32}$/;
const KEY_ID = /^key_[0-9a-f]{32}$/;

export function newWalletId(random: Random): string {
  return `wallet_${toHex(random.bytes(ID_BYTES))}`;
}

export function newKeyId(random: Random): string {
  return `key_${toHex(random.bytes(ID_BYTES))}`;
}

export function assertNetwork(network: unknown): asserts network is Network {
  if (!NETWORKS.includes(network as Network)) throw vaultError('VAULT_BAD_INPUT', 'not a network that we know');
}

export function assertWalletId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !WALLET_ID.test(id)) throw vaultError('VAULT_BAD_INPUT', 'not the id of a wallet');
}

export function assertKeyId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !KEY_ID.test(id)) throw vaultError('VAULT_BAD_INPUT', 'not the id of a key');
}

/** @throws VAULT_BAD_INPUT where network or id could name another place */
export function assertPlace(place: WalletPlace): void {
  assertNetwork(place.network);
  assertWalletId(place.walletId);
}

export function walletPath(place: WalletPlace): string {
  assertPlace(place);
  return `${place.network}/wallets/${place.walletId}.wallet.json`;
}

/** Id of the wallet whose file has this name, or undefined. */
export function walletIdOfFile(name: string): string | undefined {
  const id = name.endsWith('.wallet.json') ? name.slice(0, -'.wallet.json'.length) : '';
  return WALLET_ID.test(id) ? id : undefined;
}
