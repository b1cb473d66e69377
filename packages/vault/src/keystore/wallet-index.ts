import { canonicalBytes, canonicalize, fromUtf8, type JsonObject, parseStrictJson } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import { fromCrypto, vaultError } from '../error.ts';
import { MAX_INDEX_BYTES } from '../limits.ts';
import type { VaultFiles } from '../ports.ts';
import type { Network } from '../wallet-file/place.ts';
import type { WalletInfo } from './wallet-info.ts';

/**
 * The sealed list of a network's wallets: the only place where names and addresses lie. It can be rebuilt from the
 * wallets' files with their passwords, so losing it loses names, never keys.
 */
export class WalletIndex {
  readonly #files: VaultFiles;
  readonly #key: SealingKey;
  readonly #network: Network;
  #wallets: ReadonlyMap<string, WalletInfo>;

  private constructor(files: VaultFiles, key: SealingKey, network: Network, wallets: ReadonlyMap<string, WalletInfo>) {
    this.#files = files;
    this.#key = key;
    this.#network = network;
    this.#wallets = wallets;
  }

  /** @throws VAULT_NOT_GENUINE for a changed index, another key's or another network's; VAULT_FORMAT */
  static async open(files: VaultFiles, key: SealingKey, network: Network): Promise<WalletIndex> {
    const sealed = await files.read(pathOf(network), MAX_INDEX_BYTES);
    if (sealed === undefined) return new WalletIndex(files, key, network, new Map());
    let bytes: Uint8Array;
    try {
      bytes = key.open(sealed, aadOf(network));
    } catch (error) {
      throw fromCrypto(error);
    }
    const parsed = parseStrictJson(fromUtf8(bytes));
    const content = parsed.ok ? (parsed.value as JsonObject) : undefined;
    if (content?.version !== 1 || !Array.isArray(content.wallets)) {
      throw vaultError('VAULT_FORMAT', 'the index of wallets is of another version');
    }
    const wallets = content.wallets as unknown as readonly WalletInfo[];
    return new WalletIndex(files, key, network, new Map(wallets.map((wallet) => [wallet.walletId, wallet])));
  }

  list(): readonly WalletInfo[] {
    return [...this.#wallets.values()];
  }

  get(walletId: string): WalletInfo | undefined {
    return this.#wallets.get(walletId);
  }

  /** Durable when it resolves; on failure nothing changed, here or on disk. */
  async put(wallet: WalletInfo): Promise<void> {
    const known = this.#wallets.get(wallet.walletId);
    if (known !== undefined && canonicalize(known) === canonicalize(wallet)) return;
    await this.#write(new Map(this.#wallets).set(wallet.walletId, wallet));
  }

  async remove(walletId: string): Promise<void> {
    const wallets = new Map(this.#wallets);
    if (wallets.delete(walletId)) await this.#write(wallets);
  }

  async #write(wallets: ReadonlyMap<string, WalletInfo>): Promise<void> {
    const content = canonicalBytes({ version: 1, wallets: [...wallets.values()] });
    let sealed: Uint8Array;
    try {
      sealed = this.#key.seal(content, aadOf(this.#network));
    } catch (error) {
      throw fromCrypto(error);
    }
    await this.#files.write(pathOf(this.#network), sealed);
    this.#wallets = wallets;
  }
}

function pathOf(network: Network): string {
  return `${network}/index.sealed`;
}

function aadOf(network: Network): Uint8Array {
  return canonicalBytes({ purpose: 'wardmesh/v1/wallet-index', network });
}
