import type { Json } from '@wardmesh/core';
import { isJsonObject } from '@wardmesh/core';
import type { Network } from '../authority-ports.ts';

/** What the signer knows of a wallet beside its keys. */
export interface WalletMeta {
  readonly kind: 'agent' | 'service';
  readonly purpose: string | null;
  /** Set once and for ever: nothing signs with its keys again (CM-KMS-2). */
  readonly revoked: { readonly at: number; readonly reason: string } | null;
}

/** A wallet that is being made: what a crash must not lose. */
export interface Creation {
  readonly how: 'create' | 'import' | 'restore';
  readonly name: string;
  readonly kind: 'agent' | 'service';
  readonly purpose: string | null;
  readonly policy: string | null;
  readonly approvalId: string | null;
  /** Where its regular keys will be; left out for the vault. */
  readonly provider?: string | null;
}

interface Documents {
  get(key: string): Promise<Json | undefined>;
  put(key: string, document: Json): Promise<void>;
  remove(key: string): Promise<boolean>;
  keys(): Promise<readonly string[]>;
}

/** Both in the sealed store. What is known of wallets is held in memory too: decisions ask for it at each signature. */
export class MetaStore {
  readonly #documents: Documents;
  readonly #known = new Map<string, WalletMeta>();
  readonly #revokedKeys = new Map<string, NonNullable<WalletMeta['revoked']>>();

  private constructor(documents: Documents) {
    this.#documents = documents;
  }

  static async open(documents: Documents): Promise<MetaStore> {
    const store = new MetaStore(documents);
    for (const key of await documents.keys()) {
      if (!key.startsWith('wallet/') && !key.startsWith('revoked/')) continue;
      const meta = await documents.get(key);
      if (!isJsonObject(meta)) continue;
      if (key.startsWith('wallet/')) store.#known.set(key, meta as unknown as WalletMeta);
      else store.#revokedKeys.set(key, meta as unknown as NonNullable<WalletMeta['revoked']>);
    }
    return store;
  }

  get(network: Network, walletId: string): WalletMeta | undefined {
    return this.#known.get(walletKey(network, walletId));
  }

  async put(network: Network, walletId: string, meta: WalletMeta): Promise<void> {
    const key = walletKey(network, walletId);
    await this.#documents.put(key, { ...meta });
    this.#known.set(key, meta);
  }

  async remove(network: Network, walletId: string): Promise<void> {
    const key = walletKey(network, walletId);
    await this.#documents.remove(key);
    this.#known.delete(key);
  }

  /** Remembers a key by itself: its wallet may be deleted and come back from a backup. */
  async revokeKey(network: Network, publicKey: string, revoked: NonNullable<WalletMeta['revoked']>): Promise<void> {
    const key = `revoked/${network}/${publicKey}`;
    await this.#documents.put(key, { ...revoked });
    this.#revokedKeys.set(key, revoked);
  }

  revokedKey(network: Network, publicKey: string): WalletMeta['revoked'] {
    return this.#revokedKeys.get(`revoked/${network}/${publicKey}`) ?? null;
  }

  async creation(network: Network): Promise<Creation | undefined> {
    const creation = await this.#documents.get(`creating/${network}`);
    return isJsonObject(creation) ? (creation as unknown as Creation) : undefined;
  }

  async begin(network: Network, creation: Creation): Promise<void> {
    await this.#documents.put(`creating/${network}`, { ...creation });
  }

  async end(network: Network): Promise<void> {
    await this.#documents.remove(`creating/${network}`);
  }
}

function walletKey(network: Network, walletId: string): string {
  return `wallet/${network}/${walletId}`;
}
