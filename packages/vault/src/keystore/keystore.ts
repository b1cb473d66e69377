import { toTimestamp } from '@wardmesh/core';
import { decodeAccountID, isValidClassicAddress } from 'ripple-address-codec';
import {
  backupWallet,
  type RestoreRequest,
  restoreWallet,
  type VerifiedBackup,
  verifyBackup,
} from '../backup/backups.ts';
import { vaultError } from '../error.ts';
import { MAX_MESSAGE_BYTES, MAX_SIGNATURES } from '../limits.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { readSecret, type SecretOptions } from '../seeds/detect.ts';
import { type Algorithm, addressOf, publicKeyOf } from '../seeds/public-key.ts';
import { signWithKey } from '../seeds/sign.ts';
import { openKeys } from '../wallet-file/data-key.ts';
import { assertKeyId, assertNetwork, newKeyId, walletIdOfFile, walletPath } from '../wallet-file/place.ts';
import { type KeyRole, keySet, type StoredKey } from '../wallet-file/stored-key.ts';
import * as states from './key-states.ts';
import { newPrivateKey } from './new-private-key.ts';
import type { KeystoreOptions } from './options.ts';
import { assertStrongPassword } from './password-policy.ts';
import { Turnstile } from './turnstile.ts';
import { UseCounter } from './use-counter.ts';
import { WalletIndex } from './wallet-index.ts';
import type { WalletInfo } from './wallet-info.ts';
import { WalletStore } from './wallet-store.ts';

export interface Signature {
  readonly keyId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export interface ImportRequest extends SecretOptions {
  readonly name: string;
  readonly password: SecureBuffer;
  /** Mnemonic, family seed or hex key; wiped. */
  readonly secret: SecureBuffer;
  /** The address that a person confirmed, one of those that `inspectSecret` showed. */
  readonly confirmedAddress: string;
  /** Where the secret is a regular key: the account that it signs for. Its own address is still what is confirmed. */
  readonly regularKeyOf?: string;
}

/**
 * The wallets of one network. Passwords come as secure buffers that the caller wipes. No method returns a key, seed or
 * word, and none writes to a console: keys leave only inside a backup, sealed under its own password (CH-TEE-1).
 * Every method that takes a password stands behind the lockout.
 */
export class Keystore {
  readonly #options: KeystoreOptions;
  readonly #store: WalletStore;
  readonly #turnstile = new Turnstile();
  readonly #counters = new Map<string, UseCounter>();

  private constructor(options: KeystoreOptions, store: WalletStore) {
    this.#options = options;
    this.#store = store;
  }

  /** Reads the index and finishes a deletion that a crash cut short. @throws VAULT_NOT_GENUINE, VAULT_FORMAT */
  static async open(options: KeystoreOptions): Promise<Keystore> {
    assertNetwork(options.network);
    const index = await WalletIndex.open(options.files, options.indexKey, options.network);
    const keystore = new Keystore(options, new WalletStore(options, index));
    for (const { walletId, status } of index.list()) if (status === 'deleting') await keystore.#erase(walletId);
    return keystore;
  }

  list(): readonly WalletInfo[] {
    return this.#store.index.list();
  }

  /** @throws VAULT_BAD_INPUT, VAULT_WALLET_NOT_FOUND */
  get(walletId: string): WalletInfo {
    return this.#store.require(walletId);
  }

  /** A new account: an active master key and a regular key that waits to be set on the ledger. */
  create(request: {
    readonly name: string;
    readonly password: SecureBuffer;
    readonly algorithm?: Algorithm;
    /** Whether its regular key will live in a provider: none is made here. */
    readonly regularElsewhere?: boolean;
  }): Promise<WalletInfo> {
    return this.#turnstile.run(async () => {
      assertStrongPassword(request.password);
      const algorithm = request.algorithm ?? 'ed25519';
      const master = this.#newKey('master', 'active', algorithm);
      const address = addressOf(publicKeyOf(algorithm, master.secret.getBuffer()));
      const regular = request.regularElsewhere === true ? [] : [this.#newKey('regular', 'pending', algorithm)];
      using keys = keySet(decodeAccountID(address), [master, ...regular]);
      return await this.#store.create(request.name, request.password, keys);
    });
  }

  /**
   * An account whose secret a person has. Nothing is stored unless the secret has the confirmed address (XR-SEED-2).
   * @throws VAULT_SEED_INVALID, VAULT_ADDRESS_NOT_CONFIRMED, VAULT_WALLET_EXISTS, VAULT_WEAK_PASSWORD
   */
  import(request: ImportRequest): Promise<WalletInfo> {
    return this.#turnstile.run(async () => {
      using _ = request.secret;
      assertStrongPassword(request.password);
      const candidates = readSecret(request.secret, request);
      try {
        const chosen = candidates.find(({ address }) => address === request.confirmedAddress);
        if (chosen === undefined) {
          throw vaultError('VAULT_ADDRESS_NOT_CONFIRMED', 'the secret does not have the confirmed address');
        }
        const account = request.regularKeyOf ?? chosen.address;
        if (!isValidClassicAddress(account))
          throw vaultError('VAULT_BAD_INPUT', 'the account is not a classic address');
        const role: KeyRole = account === chosen.address ? 'master' : 'regular';
        const key = this.#storedKey(role, 'active', chosen.algorithm, SecureBuffer.from(chosen.key.getBuffer()));
        using keys = keySet(decodeAccountID(account), [key]);
        return await this.#store.create(request.name, request.password, keys);
      } finally {
        for (const { key } of candidates) key.zero();
      }
    });
  }

  /** @throws VAULT_NOT_GENUINE, VAULT_LOCKED_OUT, VAULT_ARCHIVED */
  unlock(walletId: string, password: SecureBuffer): Promise<WalletInfo> {
    return this.#turnstile.run(async () => {
      if (this.#store.require(walletId).status !== 'active') throw archived();
      const opened = await this.#store.open(walletId, password);
      try {
        using keys = openKeys(opened.bundle, this.#store.place(walletId));
        const info = await this.#store.follow(walletId, keys);
        this.#store.sessions.begin(walletId, opened.bundle);
        return info;
      } catch (error) {
        opened[Symbol.dispose]();
        throw error;
      }
    });
  }

  isUnlocked(walletId: string): boolean {
    return this.#store.sessions.has(walletId);
  }

  lock(walletId: string): void {
    this.#store.sessions.end(walletId);
  }

  lockAll(): void {
    this.#store.sessions.endAll();
  }

  /** Wipes sessions that have expired; for a timer of the process. */
  sweep(): void {
    this.#store.sessions.sweep();
  }

  /**
   * Signs with the wallet's active key: the regular one where there is one. The caller has decided that it may be.
   * @param message what the ledger hashes or signs, with its prefix
   * @throws VAULT_LOCKED, VAULT_ARCHIVED, VAULT_KEY_STATE, VAULT_KEY_EXHAUSTED
   */
  sign(walletId: string, message: Uint8Array, keyId?: string): Signature {
    if (this.#store.require(walletId).status !== 'active') throw archived();
    if (keyId !== undefined) assertKeyId(keyId);
    if (!(message instanceof Uint8Array) || message.length === 0 || message.length > MAX_MESSAGE_BYTES) {
      throw vaultError('VAULT_BAD_INPUT', `a message has 1 to ${MAX_MESSAGE_BYTES} bytes`);
    }
    using keys = openKeys(this.#store.sessions.use(walletId), this.#store.place(walletId));
    const key = states.signingKey(keys.keys, keyId);
    this.#counter(key.keyId).count();
    const secret = key.secret.getBuffer();
    return {
      keyId: key.keyId,
      publicKey: publicKeyOf(key.algorithm, secret),
      signature: signWithKey(key.algorithm, secret, message),
    };
  }

  /** Wraps the data key anew; the sealed keys stay as they are and are not opened (XR-FILE-3). */
  changePassword(walletId: string, current: SecureBuffer, next: SecureBuffer): Promise<void> {
    return this.#turnstile.run(async () => {
      assertStrongPassword(next);
      this.#store.require(walletId);
      using opened = await this.#store.open(walletId, current);
      const modified = toTimestamp(this.#options.clock.now());
      await this.#store.write(walletId, next, opened.bundle, { ...opened.metadata, modified });
    });
  }

  /** A new regular key, pending. Done twice with one id, it is done once. */
  addRegularKey(walletId: string, password: SecureBuffer, keyId?: string, algorithm?: Algorithm): Promise<WalletInfo> {
    if (keyId !== undefined) assertKeyId(keyId);
    return this.#change(walletId, password, (keys) => {
      if (keys.some((key) => key.keyId === keyId)) return keys;
      states.assertRoom(keys);
      return [...keys, this.#newKey('regular', 'pending', algorithm ?? 'ed25519', keyId)];
    });
  }

  /** The pending key signs from now on; the one before it retires. Only after the ledger has validated it. */
  activateKey(walletId: string, password: SecureBuffer, keyId: string): Promise<WalletInfo> {
    return this.#change(walletId, password, (keys) => states.activateKey(keys, keyId));
  }

  /** Destroys a pending or retired key. */
  destroyKey(walletId: string, password: SecureBuffer, keyId: string): Promise<WalletInfo> {
    return this.#change(walletId, password, (keys) => states.destroyKey(keys, keyId));
  }

  /**
   * Takes the master key out of the hot file. Its backup is opened and tested first, here and now.
   * @param signsElsewhere whether a provider's key signs in its place
   */
  async forgetMaster(
    walletId: string,
    password: SecureBuffer,
    backup: { readonly bytes: Uint8Array; readonly password: SecureBuffer },
    signsElsewhere = false,
  ): Promise<WalletInfo> {
    await this.verifyBackup(walletId, backup.bytes, backup.password, ['master']);
    return this.#change(walletId, password, (keys) => states.forgetMaster(keys, signsElsewhere));
  }

  /** Puts a wallet away: it neither unlocks nor signs until it is brought back. */
  archive(walletId: string): Promise<WalletInfo> {
    return this.#setStatus(walletId, 'archived');
  }

  /** Brings an archived wallet back. */
  async unarchive(walletId: string, password: SecureBuffer): Promise<WalletInfo> {
    await this.#change(walletId, password, (keys) => keys);
    return this.#setStatus(walletId, 'active');
  }

  /**
   * Destroys an archived wallet with all its keys. Its backups stay.
   * @param confirmed its address, and that it goes without a backup where the last one does not hold all keys
   */
  delete(
    walletId: string,
    password: SecureBuffer,
    confirmed: { readonly address: string; readonly withoutBackup?: boolean },
  ): Promise<void> {
    return this.#turnstile.run(async () => {
      const info = this.#store.require(walletId);
      if (info.status === 'active') throw vaultError('VAULT_KEY_STATE', 'archive the wallet before deleting it');
      if (info.address !== confirmed.address) {
        throw vaultError('VAULT_ADDRESS_NOT_CONFIRMED', 'the confirmed address is not the wallet’s');
      }
      const isBackedUp = info.keys.every(({ keyId }) => info.backup?.keyIds.includes(keyId));
      if (!isBackedUp && confirmed.withoutBackup !== true) {
        throw vaultError('VAULT_BACKUP_REQUIRED', 'no verified backup holds every key of the wallet');
      }
      (await this.#store.open(walletId, password))[Symbol.dispose]();
      await this.#store.index.put({ ...info, status: 'deleting' });
      await this.#erase(walletId);
    });
  }

  /** All keys under a password of its own, tested by restoring. @throws VAULT_BACKUP_UNVERIFIED, VAULT_BAD_INPUT */
  backup(walletId: string, password: SecureBuffer, backupPassword: SecureBuffer): Promise<VerifiedBackup> {
    return this.#turnstile.run(() => backupWallet(this.#store, walletId, password, backupPassword));
  }

  /** Restores a backup on trial and stores nothing. @throws VAULT_BACKUP_UNVERIFIED, VAULT_NOT_GENUINE, VAULT_FORMAT */
  verifyBackup(
    walletId: string,
    bytes: Uint8Array,
    backupPassword: SecureBuffer,
    roles: readonly KeyRole[] = ['master', 'regular'],
  ): Promise<void> {
    return this.#turnstile.run(() => verifyBackup(this.#store, walletId, bytes, backupPassword, roles));
  }

  /** A wallet from a backup, under a new password. @throws VAULT_ADDRESS_NOT_CONFIRMED, VAULT_WALLET_EXISTS */
  restore(request: RestoreRequest): Promise<WalletInfo> {
    return this.#turnstile.run(() => restoreWallet(this.#store, request));
  }

  /** Wallet files that the index does not know: a crash during creation, or a lost index, left them. */
  async orphans(): Promise<readonly string[]> {
    const names = await this.#options.files.list(`${this.#options.network}/wallets`);
    const ids = names.map(walletIdOfFile).filter((id) => id !== undefined);
    return ids.filter((id) => this.#store.index.get(id) === undefined);
  }

  /** Takes an orphan back into the index. @throws VAULT_WALLET_EXISTS, VAULT_NOT_GENUINE */
  adopt(walletId: string, password: SecureBuffer, name: string): Promise<WalletInfo> {
    return this.#turnstile.run(async () => {
      if (this.#store.index.get(walletId) !== undefined) {
        throw vaultError('VAULT_WALLET_EXISTS', 'the wallet is in the index already');
      }
      using opened = await this.#store.open(walletId, password);
      using keys = openKeys(opened.bundle, this.#store.place(walletId));
      return await this.#store.register(walletId, name, keys, Date.parse(opened.metadata.created));
    });
  }

  #change(
    walletId: string,
    password: SecureBuffer,
    edit: (keys: readonly StoredKey[]) => readonly StoredKey[],
  ): Promise<WalletInfo> {
    return this.#turnstile.run(() => this.#store.change(walletId, password, edit));
  }

  #setStatus(walletId: string, status: 'active' | 'archived'): Promise<WalletInfo> {
    return this.#turnstile.run(async () => {
      const known = this.#store.require(walletId);
      if (known.status === 'deleting') throw vaultError('VAULT_WALLET_NOT_FOUND', 'the wallet is being deleted');
      const info = { ...known, status, modifiedAt: this.#options.clock.now() };
      await this.#store.index.put(info);
      this.#store.sessions.end(walletId);
      return info;
    });
  }

  async #erase(walletId: string): Promise<void> {
    this.#store.sessions.end(walletId);
    await this.#options.files.remove(walletPath(this.#store.place(walletId)));
    await this.#store.index.remove(walletId);
  }

  #counter(keyId: string): UseCounter {
    let counter = this.#counters.get(keyId);
    if (counter === undefined) {
      const limit = this.#options.signaturesPerKey ?? MAX_SIGNATURES;
      counter = new UseCounter(this.#options.uses(`sign-${keyId}`), limit);
      this.#counters.set(keyId, counter);
    }
    return counter;
  }

  #newKey(role: KeyRole, state: StoredKey['state'], algorithm: Algorithm, keyId?: string): StoredKey {
    return this.#storedKey(role, state, algorithm, newPrivateKey(algorithm, this.#options.random), keyId);
  }

  #storedKey(
    role: KeyRole,
    state: StoredKey['state'],
    algorithm: Algorithm,
    secret: SecureBuffer,
    keyId = newKeyId(this.#options.random),
  ): StoredKey {
    return { keyId, role, state, algorithm, createdAt: this.#options.clock.now(), secret };
  }
}

function archived() {
  return vaultError('VAULT_ARCHIVED', 'the wallet is archived', { hint: 'Bring it back first.' });
}
