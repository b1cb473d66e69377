import { type KeyInfo, type Keystore, localFileProvider, NETWORKS, type WalletInfo } from '@wardmesh/vault';
import type { AuthorityKeys, KeySignature, Network, PolicyRef, WalletView } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { Wallet } from '../protocol/parts.ts';
import type { ProviderWallets } from '../providers/provider-wallets.ts';
import type { MetaStore } from './meta.ts';

/** Shown where a crash came before a wallet got its policy: nothing is signed for it. */
const NO_POLICY: PolicyRef = { id: 'none', version: '0.0.0', hash: `sha256:${'0'.repeat(64)}` };

/** All wallets of this signer by account, and the one place from which a decided transaction reaches a key. */
export class WalletBook implements AuthorityKeys {
  readonly #keystores: ReadonlyMap<Network, Keystore>;
  readonly #meta: MetaStore;
  readonly #providers: ProviderWallets;
  /** Signatures made by this process, by key. */
  readonly #signed = new Map<string, number>();

  constructor(keystores: ReadonlyMap<Network, Keystore>, meta: MetaStore, providers: ProviderWallets) {
    this.#keystores = keystores;
    this.#meta = meta;
    this.#providers = providers;
  }

  keystore(network: Network): Keystore {
    return this.#keystores.get(network)!;
  }

  infos(network: Network | null): readonly WalletInfo[] {
    const networks = network === null ? NETWORKS : [network];
    return networks.flatMap((each) => this.keystore(each).list()).filter(({ status }) => status !== 'deleting');
  }

  /** @throws WALLET_NOT_FOUND */
  find(network: Network, address: string): WalletInfo {
    const found = this.infos(network).find((info) => info.address === address);
    if (found === undefined) throw signerError('WALLET_NOT_FOUND', 'no wallet of this account is here');
    return found;
  }

  wallets(network: Network | null): readonly WalletView[] {
    return this.infos(network).map((info) => this.view(info));
  }

  wallet(network: Network, address: string): WalletView {
    return this.view(this.find(network, address));
  }

  /** The wallet's keys: those of the vault, and behind them those of its provider. */
  keysOf(info: WalletInfo): readonly KeyInfo[] {
    return this.#providers.has(info) ? [...info.keys, ...this.#providers.keys(info)] : info.keys;
  }

  sign(network: Network, address: string, message: Uint8Array): KeySignature | Promise<KeySignature> {
    return this.signWith(network, address, message);
  }

  /** As {@link sign}, with a key that is named: the master, while a wallet is secured. */
  signWith(
    network: Network,
    address: string,
    message: Uint8Array,
    keyId?: string,
  ): KeySignature | Promise<KeySignature> {
    const info = this.find(network, address);
    this.assertUsable(info);
    const chosen = keyId ?? signingKey(this.keysOf(info))?.keyId;
    if (chosen !== undefined && this.#isElsewhere(info, chosen)) return this.#signElsewhere(info, chosen, message);
    const signature = this.keystore(network).sign(info.walletId, message, keyId);
    this.#signed.set(signature.keyId, this.signedBy(signature.keyId) + 1);
    return signature;
  }

  async #signElsewhere(info: WalletInfo, keyId: string, message: Uint8Array): Promise<KeySignature> {
    const signature = await this.#providers.sign(info, keyId, message);
    // It may have been revoked or archived while its provider was at work.
    this.assertUsable(this.find(info.network, info.address));
    this.#signed.set(keyId, this.signedBy(keyId) + 1);
    return signature;
  }

  /** Name of the provider that has the key; null for the vault. */
  providerOf(info: WalletInfo, keyId: string): string | null {
    return this.#isElsewhere(info, keyId) ? this.#providers.nameOf(info) : null;
  }

  #isElsewhere(info: WalletInfo, keyId: string): boolean {
    return this.#providers.keys(info).some((key) => key.keyId === keyId);
  }

  /** @throws WALLET_REVOKED, WALLET_ARCHIVED */
  assertUsable(info: WalletInfo): void {
    this.assertNotRevoked(info);
    if (info.status !== 'active') throw signerError('WALLET_ARCHIVED', 'the wallet is archived');
  }

  assertNotRevoked({ network, walletId }: WalletInfo): void {
    if ((this.#meta.get(network, walletId)?.revoked ?? null) === null) return;
    throw signerError('WALLET_REVOKED', 'the keys of this wallet were revoked', {
      hint: 'Its backups still open: move the funds with the master key.',
    });
  }

  signedBy(keyId: string): number {
    return this.#signed.get(keyId) ?? 0;
  }

  view(info: WalletInfo): WalletView {
    const meta = this.#meta.get(info.network, info.walletId);
    const signing = signingKey(this.keysOf(info));
    const keyElsewhere = signing !== undefined && this.#isElsewhere(info, signing.keyId);
    return {
      walletId: info.walletId,
      network: info.network,
      name: info.name,
      address: info.address,
      status: info.status,
      unlocked: keyElsewhere ? this.#providers.isUnlocked(info) : this.keystore(info.network).isUnlocked(info.walletId),
      keyElsewhere,
      signing:
        signing === undefined || (meta?.revoked ?? null) !== null
          ? null
          : {
              keyId: signing.keyId,
              algorithm: signing.algorithm,
              publicKey: signing.publicKey,
              address: signing.address,
            },
      kind: meta?.kind ?? 'agent',
      purpose: meta?.purpose ?? null,
      createdAt: info.createdAt,
    };
  }

  /** The wallet as both sockets show it. */
  describe(info: WalletInfo, policy: PolicyRef = NO_POLICY): Wallet {
    const { walletId, network, name, address, status, unlocked, kind, purpose, createdAt } = this.view(info);
    const { capabilities } = localFileProvider(this.keystore(network), walletId, neverAsked);
    return {
      walletId,
      network,
      name,
      address,
      status,
      unlocked,
      keys: this.keysOf(info).map((key) => ({ ...key })),
      policy: { id: policy.id, version: policy.version, hash: policy.hash },
      kind,
      purpose,
      protection: this.#providers.protection(info) ?? {
        kind: capabilities.kind,
        atRest: capabilities.atRest,
        inUse: capabilities.inUse,
        statement: capabilities.statement,
      },
      createdAt,
      modifiedAt: info.modifiedAt,
      backup:
        info.backup === undefined
          ? null
          : { checksum: info.backup.checksum, createdAt: info.backup.createdAt, keyIds: [...info.backup.keyIds] },
    };
  }
}

/** The key that signs: the active regular one where there is one, else the active master, as the vault has it. */
export function signingKey(keys: readonly KeyInfo[]): KeyInfo | undefined {
  const active = keys.filter(({ state }) => state === 'active');
  return active.find(({ role }) => role === 'regular') ?? active[0];
}

async function neverAsked(): Promise<never> {
  throw new TypeError('no password is needed to say what a provider protects');
}
