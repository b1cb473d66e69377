import { isCoded, toTimestamp } from '@wardmesh/core';
import { vaultError } from '../error.ts';
import { MAX_NAME_LENGTH, MAX_WALLET_FILE_BYTES, MAX_WALLETS } from '../limits.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { type Bundle, copyDataKey, type DataKey, newDataKey, openKeys, sealKeys } from '../wallet-file/data-key.ts';
import type { EncryptedWallet } from '../wallet-file/encrypted-wallet.ts';
import { assertWalletId, newWalletId, type WalletPlace, walletPath } from '../wallet-file/place.ts';
import { type KeySet, keySet, type StoredKey } from '../wallet-file/stored-key.ts';
import { type OpenedWallet, openWallet, sealWallet } from '../wallet-file/wallet-file.ts';
import { authenticate } from './authenticate.ts';
import type { KeystoreOptions } from './options.ts';
import { Sessions } from './sessions.ts';
import type { WalletIndex } from './wallet-index.ts';
import { accountAddress, describeKeys, type WalletInfo } from './wallet-info.ts';

/**
 * Wallet files, index and sessions kept in step. A wallet's file is the truth and changes in one atomic write; the
 * index follows it, and is brought up to date by the next opening where a crash came between. Callers queue.
 */
export class WalletStore {
  readonly options: KeystoreOptions;
  readonly index: WalletIndex;
  readonly sessions: Sessions;

  constructor(options: KeystoreOptions, index: WalletIndex) {
    this.options = options;
    this.index = index;
    this.sessions = new Sessions(options.clock);
  }

  /** @throws VAULT_BAD_INPUT, VAULT_WALLET_NOT_FOUND */
  require(walletId: string): WalletInfo {
    assertWalletId(walletId);
    const info = this.index.get(walletId);
    if (info === undefined) throw vaultError('VAULT_WALLET_NOT_FOUND', 'there is no such wallet on this network');
    return info;
  }

  place(walletId: string): WalletPlace {
    return { network: this.options.network, walletId };
  }

  /** Writes a new wallet; the file first, so that the index never names what is not there. */
  async create(name: string, password: SecureBuffer, keys: KeySet): Promise<WalletInfo> {
    assertName(name);
    this.#assertRoom(keys);
    const now = this.options.clock.now();
    const walletId = newWalletId(this.options.random);
    using dataKey = newDataKey(this.options.random);
    const box = sealKeys(keys, dataKey, this.place(walletId), this.options.uses, this.options.random);
    const times = { created: toTimestamp(now), modified: toTimestamp(now) };
    await this.write(walletId, password, { dataKey, box }, { ...times, keyCount: keys.keys.length });
    return this.register(walletId, name, keys, now);
  }

  /** Takes a wallet whose file is there into the index. @throws VAULT_CAPACITY, VAULT_WALLET_EXISTS */
  async register(walletId: string, name: string, keys: KeySet, createdAt: number): Promise<WalletInfo> {
    assertName(name);
    this.#assertRoom(keys);
    const info: WalletInfo = {
      walletId,
      network: this.options.network,
      name,
      address: accountAddress(keys),
      status: 'active',
      keys: describeKeys(keys),
      createdAt,
      modifiedAt: this.options.clock.now(),
    };
    await this.index.put(info);
    return info;
  }

  /** Opens a wallet's file with its password, behind the lockout; the caller disposes of it. */
  async open(walletId: string, password: SecureBuffer): Promise<OpenedWallet> {
    const { lockout, clock, files } = this.options;
    const bytes = await files.read(walletPath(this.place(walletId)), MAX_WALLET_FILE_BYTES);
    if (bytes === undefined) throw vaultError('VAULT_WALLET_NOT_FOUND', 'the file of the wallet is missing');
    return authenticate(lockout, clock, `vault:${this.options.network}:${walletId}`, () =>
      openWallet(password.getBuffer(), bytes, this.place(walletId), this.options),
    );
  }

  async write(
    walletId: string,
    password: SecureBuffer,
    bundle: Omit<Bundle, typeof Symbol.dispose>,
    metadata: EncryptedWallet['metadata'],
  ): Promise<void> {
    const place = this.place(walletId);
    const bytes = await sealWallet(password.getBuffer(), bundle, metadata, place, this.options);
    await this.options.files.write(walletPath(place), bytes);
  }

  /**
   * Changes the keys of a wallet in one atomic write. Where they stay the same nothing is written.
   * @param edit gets the keys and returns the new list; secrets that it adds are wiped afterwards
   */
  async change(
    walletId: string,
    password: SecureBuffer,
    edit: (keys: readonly StoredKey[]) => readonly StoredKey[],
  ): Promise<WalletInfo> {
    this.require(walletId);
    using opened = await this.open(walletId, password);
    using before = openKeys(opened.bundle, this.place(walletId));
    const edited = edit(before.keys);
    using after = keySet(before.accountId, edited);
    if (edited !== before.keys) {
      const isRemoval = before.keys.some(({ keyId }) => !edited.some((key) => key.keyId === keyId));
      const bundle = this.#seal(walletId, after, opened.bundle.dataKey, isRemoval);
      const modified = toTimestamp(this.options.clock.now());
      const metadata = { created: opened.metadata.created, modified, keyCount: edited.length };
      try {
        await this.write(walletId, password, bundle, metadata);
      } catch (error) {
        bundle[Symbol.dispose]();
        throw error;
      }
      this.sessions.refresh(walletId, bundle);
    }
    return this.follow(walletId, after);
  }

  /** Brings the index up to date with what the wallet's file holds. */
  async follow(walletId: string, keys: KeySet): Promise<WalletInfo> {
    const known = this.require(walletId);
    const described = describeKeys(keys);
    const isSame = JSON.stringify(described) === JSON.stringify(known.keys);
    const info = isSame ? known : { ...known, keys: described, modifiedAt: this.options.clock.now() };
    await this.index.put(info);
    return info;
  }

  #assertRoom(keys: KeySet): void {
    const wallets = this.index.list();
    if (wallets.length >= MAX_WALLETS)
      throw vaultError('VAULT_CAPACITY', `a network has at most ${MAX_WALLETS} wallets`);
    const address = accountAddress(keys);
    if (wallets.some((wallet) => wallet.address === address)) {
      throw vaultError('VAULT_WALLET_EXISTS', 'a wallet of this account is here already');
    }
  }

  /** A fresh data key where the old one is used up, and where a key goes: an old box must not open with the new file. */
  #seal(walletId: string, keys: KeySet, current: DataKey, isRemoval: boolean): Bundle {
    const { random, uses } = this.options;
    const place = this.place(walletId);
    const own = (dataKey: DataKey, box: Uint8Array): Bundle => ({
      dataKey,
      box,
      [Symbol.dispose]: () => dataKey[Symbol.dispose](),
    });
    if (!isRemoval) {
      try {
        return own(copyDataKey(current), sealKeys(keys, current, place, uses, random));
      } catch (error) {
        if (!isCoded(error, 'VAULT_KEY_EXHAUSTED')) throw error;
      }
    }
    const fresh = newDataKey(random);
    return own(fresh, sealKeys(keys, fresh, place, uses, random));
  }
}

function assertName(name: unknown): asserts name is string {
  const isPlain = typeof name === 'string' && name.length >= 1 && name.length <= MAX_NAME_LENGTH;
  // Control and format characters could make one wallet look like another in a list.
  if (!isPlain || !name.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) || name.trim() !== name) {
    throw vaultError('VAULT_BAD_INPUT', `a name has 1 to ${MAX_NAME_LENGTH} visible characters`);
  }
}
