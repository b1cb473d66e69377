import { type Clock, isCoded, isJsonObject, type Json, type Random } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import type { KeyRegister, ManagedProvider } from '@wardmesh/key-providers';
import {
  type Algorithm,
  type KeyInfo,
  type KeyProvider,
  type KeyUses,
  type LockoutPort,
  newKeyId,
  type ProviderKey,
  type SecureBuffer,
  UseCounter,
  type VaultFiles,
  type WalletInfo,
} from '@wardmesh/vault';
import type { KeySignature, Network } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import { MAX_KEY_SIGNATURES, PROVIDER_IDLE, PROVIDER_SIGN_DEADLINE, PROVIDER_TOTAL } from '../limits.ts';
import type { Wallet } from '../protocol/parts.ts';
import { ABSENT } from './absent.ts';
import type { ProviderConfigs } from './config.ts';
import { Place } from './place.ts';
import { within } from './within.ts';

interface Documents {
  get(key: string): Promise<Json | undefined>;
  put(key: string, document: Json): Promise<void>;
  remove(key: string): Promise<boolean>;
  keys(): Promise<readonly string[]>;
}

export interface ProviderParts {
  readonly configs: ProviderConfigs;
  readonly documents: Documents;
  readonly files: VaultFiles;
  sealingKey(label: string): SealingKey;
  readonly uses: KeyUses;
  readonly lockout: LockoutPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly proxy?: string | undefined;
  /** Longest that one signature is waited for, ms. */
  readonly signDeadline?: number;
}

/** What the sealed store keeps of a wallet whose regular keys are in a provider. */
interface Kept {
  readonly name: string;
  readonly kind: string;
  /** What the provider said of itself when it was last open. */
  readonly protection: Wallet['protection'];
  /** When each key was made, ms; the register of keys does not say. */
  readonly madeAt: Readonly<Record<string, number>>;
}

interface Session {
  readonly since: number;
  used: number;
}

/** Refusals that come before anything is signed. After any other failure the provider may have signed. */
const UNSIGNED = [
  'WALLET_LOCKED',
  'VAULT_LOCKED',
  'VAULT_LOCKED_OUT',
  'VAULT_NOT_GENUINE',
  'VAULT_BAD_INPUT',
  'VAULT_UNSUPPORTED',
  'VAULT_KEY_NOT_FOUND',
  'VAULT_KEY_EXHAUSTED',
  'VAULT_PROVIDER_REFUSED',
] as const;

/**
 * Wallets whose regular keys are in a provider: which provider, their keys as the sealed register has them, and who may
 * use them now. The master key stays a matter of the vault.
 */
export class ProviderWallets {
  readonly #parts: ProviderParts;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #kept = new Map<string, Kept>();
  readonly #keys = new Map<string, readonly KeyInfo[]>();
  readonly #providers = new Map<string, ManagedProvider>();
  readonly #sessions = new Map<string, Session>();
  readonly #counters = new Map<string, UseCounter>();
  readonly #sealing = new Map<Network, SealingKey>();

  private constructor(parts: ProviderParts) {
    this.#parts = parts;
    const { lockout, clock, proxy } = parts;
    this.#places = new Map(
      [...parts.configs].map(([name, config]) => [name, new Place(config, { lockout, clock, proxy })]),
    );
  }

  /** Reads what the last process knew; asks no provider. */
  static async open(parts: ProviderParts, infos: readonly WalletInfo[]): Promise<ProviderWallets> {
    const wallets = new ProviderWallets(parts);
    for (const info of infos) {
      const kept = await parts.documents.get(documentOf(info));
      if (!isJsonObject(kept)) continue;
      wallets.#kept.set(info.walletId, kept as unknown as Kept);
      await wallets.#refresh(info);
    }
    return wallets;
  }

  /** Configured providers, with what wallets know of them. */
  list(): readonly { readonly name: string; readonly kind: string; readonly statement: string | null }[] {
    return [...this.#places].map(([name, { config }]) => {
      const known = [...this.#kept.values()].find((kept) => kept.name === name);
      return { name, kind: config.kind, statement: known?.protection.statement ?? null };
    });
  }

  /** @throws PROVIDER_UNKNOWN */
  assertKnown(name: string): void {
    this.#place(name);
  }

  has({ walletId }: WalletInfo): boolean {
    return this.#kept.has(walletId);
  }

  nameOf({ walletId }: WalletInfo): string | null {
    return this.#kept.get(walletId)?.name ?? null;
  }

  takesPin(info: WalletInfo): boolean {
    return this.#placeOf(info).takesPin;
  }

  /** The wallet's keys in its provider, as the register has them; none for a wallet of the vault alone. */
  keys({ walletId }: WalletInfo): readonly KeyInfo[] {
    return this.#keys.get(walletId) ?? [];
  }

  protection({ walletId }: WalletInfo): Wallet['protection'] | undefined {
    return this.#kept.get(walletId)?.protection;
  }

  /** From now on the wallet's regular keys are in this provider. Done twice, it is done once. */
  async adopt(info: WalletInfo, name: string): Promise<void> {
    if (this.has(info)) return;
    const { kind } = this.#place(name).config;
    const { statement } = ABSENT.capabilities;
    await this.#keep(info, {
      name,
      kind,
      protection: { kind, atRest: 'unknown', inUse: 'unknown', statement },
      madeAt: {},
    });
  }

  /** Logs in for a while, without unlocking a wallet. */
  async logIn(name: string, pin: SecureBuffer | undefined): Promise<void> {
    await this.#place(name).logIn(pin);
  }

  async logInTo(info: WalletInfo, pin: SecureBuffer | undefined): Promise<void> {
    await this.#placeOf(info).logIn(pin);
  }

  /** Logs out of the provider, unless a wallet that is unlocked uses it. */
  async logOut(name: string): Promise<void> {
    for (const [walletId, kept] of this.#kept) if (kept.name === name && this.#sessions.has(walletId)) return;
    await this.#place(name)
      .logOut()
      .catch(() => undefined);
  }

  async logOutOf({ walletId }: WalletInfo): Promise<void> {
    const kept = this.#kept.get(walletId);
    if (kept !== undefined) await this.logOut(kept.name);
  }

  /** The regular key that signs or waits to; made in the provider where there is none. */
  async ensureKey(info: WalletInfo, algorithm: Algorithm | null): Promise<KeyInfo> {
    const there = this.keys(info).find(({ state }) => state === 'active' || state === 'pending');
    if (there !== undefined) return there;
    const provider = await this.port(info);
    const wanted = algorithm ?? provider.capabilities.algorithms[0];
    if (wanted === undefined) throw signerError('WALLET_STATE', 'the provider has no algorithm of the ledger');
    const { keyId } = await provider.createKey(newKeyId(this.#parts.random), wanted);
    return this.keys(info).find((key) => key.keyId === keyId)!;
  }

  /** The port of the wallet's provider; what it changes is seen here at once. @throws VAULT_PROVIDER_UNAVAILABLE */
  async port(info: WalletInfo): Promise<KeyProvider> {
    const provider = await this.#provider(info);
    const seen = async <T>(change: Promise<T>): Promise<T> => {
      try {
        return await change;
      } finally {
        await this.#refresh(info);
      }
    };
    return {
      capabilities: provider.capabilities,
      keys: () => provider.keys(),
      createKey: async (keyId, algorithm) => {
        const kept = this.#kept.get(info.walletId)!;
        if (kept.madeAt[keyId] === undefined) {
          await this.#keep(info, { ...kept, madeAt: { ...kept.madeAt, [keyId]: this.#parts.clock.now() } });
        }
        return seen(provider.createKey(keyId, algorithm));
      },
      activateKey: (keyId) => seen(provider.activateKey(keyId)),
      sign: (keyId, message) => provider.sign(keyId, message),
      destroyKey: (keyId) => seen(provider.destroyKey(keyId)),
    };
  }

  isUnlocked({ walletId }: WalletInfo): boolean {
    const session = this.#sessions.get(walletId);
    if (session === undefined) return false;
    const now = this.#parts.clock.monotonic();
    return now - session.since < PROVIDER_TOTAL && now - session.used < PROVIDER_IDLE;
  }

  async unlock(info: WalletInfo, pin: SecureBuffer | undefined): Promise<void> {
    await this.#placeOf(info).logIn(pin);
    // What it says of itself, while it is there.
    await this.#provider(info);
    const now = this.#parts.clock.monotonic();
    this.#sessions.set(info.walletId, { since: now, used: now });
  }

  /** From here on nothing signs; the provider is left when no wallet uses it. */
  lock(info: WalletInfo): void {
    this.#sessions.delete(info.walletId);
    const kept = this.#kept.get(info.walletId);
    if (kept !== undefined && this.#places.has(kept.name)) void this.logOut(kept.name);
  }

  /** Ends sessions that have expired. */
  sweep(infos: readonly WalletInfo[]): void {
    for (const info of infos) {
      if (this.#sessions.has(info.walletId) && !this.isUnlocked(info)) this.lock(info);
    }
  }

  /**
   * Signs in the provider. The signature was verified there against the pinned key.
   * @throws WALLET_LOCKED and other refusals of before; WALLET_SIGNATURE_UNKNOWN where it may have signed
   */
  async sign(info: WalletInfo, keyId: string, message: Uint8Array): Promise<KeySignature> {
    const session = this.#sessions.get(info.walletId);
    if (session === undefined || !this.isUnlocked(info)) {
      throw signerError('WALLET_LOCKED', 'the wallet is locked', { hint: 'a person unlocks it: ward wallet unlock' });
    }
    const provider = await this.#provider(info);
    this.#counter(keyId).count();
    session.used = this.#parts.clock.monotonic();
    try {
      return await within(provider.sign(keyId, message), this.#parts.signDeadline ?? PROVIDER_SIGN_DEADLINE);
    } catch (cause) {
      if (isCoded(cause, 'WALLET_LOCKED')) this.#sessions.delete(info.walletId);
      if (UNSIGNED.some((code) => isCoded(cause, code))) throw cause;
      throw signerError('WALLET_SIGNATURE_UNKNOWN', 'the provider of the key did not answer as it should', {
        hint: 'It may have signed: what was asked stays counted until the ledger can no longer take it.',
        retryAfter: 5,
        cause,
      });
    }
  }

  /** Ends the use of every key here, durably. @returns whether the provider was told too; repeating it tells it again */
  async revoke(info: WalletInfo): Promise<boolean> {
    if (!this.has(info)) return true;
    this.#sessions.delete(info.walletId);
    try {
      const { managedProvider } = await import('@wardmesh/key-providers');
      // The provider may be gone, or its session: the register's word does not wait for it.
      const provider = await this.#provider(info).catch(async () =>
        managedProvider(ABSENT, await this.#register(info)),
      );
      await provider.revoke();
      return true;
    } catch (error) {
      if (!isCoded(error)) throw error;
      return false;
    } finally {
      await this.#refresh(info);
      this.lock(info);
    }
  }

  /** Forgets a wallet that is deleted; its keys are destroyed where the provider lets us. */
  async forget(info: WalletInfo): Promise<boolean> {
    if (!this.has(info)) return true;
    let gone = await this.revoke(info);
    for (const { keyId } of this.keys(info)) {
      gone =
        (await this.#provider(info)
          .then((provider) => provider.destroyKey(keyId))
          .then(yes, no)) && gone;
    }
    await this.#parts.documents.remove(documentOf(info));
    this.#kept.delete(info.walletId);
    this.#keys.delete(info.walletId);
    this.#providers.delete(info.walletId);
    return gone;
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    for (const place of this.#places.values()) await place.logOut().catch(() => undefined);
  }

  #counter(keyId: string): UseCounter {
    let counter = this.#counters.get(keyId);
    if (counter === undefined) {
      counter = new UseCounter(this.#parts.uses(`sign-${keyId}`), MAX_KEY_SIGNATURES);
      this.#counters.set(keyId, counter);
    }
    return counter;
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    throw signerError('PROVIDER_UNKNOWN', 'no provider of keys of this name is configured', {
      hint: 'operator/providers.json names them; a change counts from the next start.',
    });
  }

  #placeOf(info: WalletInfo): Place {
    const kept = this.#kept.get(info.walletId);
    if (kept === undefined) throw new TypeError('the keys of this wallet are in the vault');
    const place = this.#place(kept.name);
    if (place.config.kind === kept.kind) return place;
    throw signerError('PROVIDER_UNKNOWN', 'the provider of this name is of another kind than the wallet’s');
  }

  async #provider(info: WalletInfo): Promise<ManagedProvider> {
    let provider = this.#providers.get(info.walletId);
    if (provider !== undefined) return provider;
    provider = await this.#placeOf(info).provider(info.walletId, await this.#register(info));
    const kept = this.#kept.get(info.walletId)!;
    const { kind, atRest, inUse, statement } = provider.capabilities;
    const protection = { kind, atRest, inUse, statement };
    if (JSON.stringify(kept.protection) !== JSON.stringify(protection)) await this.#keep(info, { ...kept, protection });
    // Two at once make one: states are held by it.
    const first = this.#providers.get(info.walletId);
    if (first !== undefined) return first;
    this.#providers.set(info.walletId, provider);
    return provider;
  }

  async #register({ network, walletId }: WalletInfo): Promise<KeyRegister> {
    const { fileRegister } = await import('@wardmesh/key-providers');
    let key = this.#sealing.get(network);
    if (key === undefined) {
      key = this.#parts.sealingKey(`providers_${network}`);
      this.#sealing.set(network, key);
    }
    return fileRegister(this.#parts.files, key, { network, walletId, kind: this.#kept.get(walletId)!.kind });
  }

  async #keep(info: WalletInfo, kept: Kept): Promise<void> {
    await this.#parts.documents.put(documentOf(info), kept as unknown as Json);
    this.#kept.set(info.walletId, kept);
  }

  async #refresh(info: WalletInfo): Promise<void> {
    const { managedProvider } = await import('@wardmesh/key-providers');
    const keys = await managedProvider(ABSENT, await this.#register(info)).keys();
    const { madeAt } = this.#kept.get(info.walletId)!;
    this.#keys.set(
      info.walletId,
      keys.map((key) => asKeyInfo(key, madeAt[key.keyId] ?? info.createdAt)),
    );
  }
}

function asKeyInfo({ keyId, algorithm, state, publicKey, address }: ProviderKey, createdAt: number): KeyInfo {
  return { keyId, role: 'regular', state, algorithm, publicKey, address, createdAt };
}

function documentOf({ network, walletId }: Pick<WalletInfo, 'network' | 'walletId'>): string {
  return `provider/${network}/${walletId}`;
}

const yes = (): boolean => true;
const no = (): boolean => false;
