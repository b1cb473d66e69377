import { vaultError } from '../error.ts';
import { Killed, ManualClock, seededRandom } from '../fixture.ts';
import type { KeyProvider, ProviderKey } from '../providers/key-provider.ts';
import { addressOf, publicKeyOf } from '../seeds/public-key.ts';
import type { RotationLog, RotationPorts } from './ports.ts';
import type { PreparedTransaction } from './rotation.ts';
import { Rotations } from './rotations.ts';

export const WALLET_ID = `wallet_${'a'.repeat(32)}`;
export const ACCOUNT = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
export const OLD_KEY = `key_${'0'.repeat(32)}`;

/** What the people and the ledger will do. */
export interface Fate {
  readonly approval: 'granted' | 'denied' | 'expired';
  /** `lost` submissions never arrive, until one does or the transaction expires. */
  readonly transaction: 'validated' | 'failed' | 'lost';
  /** Questions answered with "not yet". */
  readonly patience: number;
  readonly hasOldKey: boolean;
}

/** All that outlives a process: keys, journal, approvals, ledger. Any call can be the last of a process. */
export class World {
  readonly fate: Fate;
  readonly keys = new Map<string, ProviderKey>();
  readonly destroyed: string[] = [];
  readonly clock = new ManualClock();
  log: RotationLog = { completed: [] };
  regularKey: string | undefined;
  backups = 0;
  calls = 0;
  #approvals = new Map<string, string>();
  #polls = 0;
  #prepared = 0;
  #sent = new Map<string, string>();
  #killAt = Number.POSITIVE_INFINITY;
  #when: 'before' | 'after' = 'before';
  #isDead = false;
  readonly #random = seededRandom('world');

  constructor(fate: Fate) {
    this.fate = fate;
    if (!fate.hasOldKey) return;
    const old = newKey(OLD_KEY, 'active');
    this.keys.set(OLD_KEY, old);
    this.regularKey = old.address;
  }

  killAt(call: number, when: 'before' | 'after'): void {
    this.#killAt = this.calls + call;
    this.#when = when;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The next process. */
  process(): Rotations {
    this.#isDead = false;
    this.#killAt = Number.POSITIVE_INFINITY;
    return new Rotations(WALLET_ID, this.#ports(), this.clock, this.#random);
  }

  async #call<T>(effect: () => T): Promise<T> {
    await Promise.resolve();
    if (this.#isDead) throw new Killed('dead');
    this.calls++;
    const dies = this.calls >= this.#killAt;
    if (dies && this.#when === 'before') this.#die();
    const result = effect();
    this.#assertNothingLost();
    if (dies) this.#die();
    return result;
  }

  #die(): never {
    this.#isDead = true;
    throw new Killed('killed');
  }

  /** At every moment the key that the ledger takes is here. */
  #assertNothingLost(): void {
    const isHere = [...this.keys.values()].some(({ address }) => address === this.regularKey);
    if (this.regularKey !== undefined && !isHere) throw new Error('the key that the ledger takes is gone');
  }

  #notYet(): boolean {
    return this.#polls++ % (this.fate.patience + 1) < this.fate.patience;
  }

  #ports(): RotationPorts {
    return {
      journal: {
        load: () => this.#call(() => this.log),
        save: (_id, log) =>
          this.#call(() => {
            this.log = log;
          }),
      },
      keys: this.#provider(),
      approvals: {
        request: ({ rotationId }) =>
          this.#call(() => {
            const id = this.#approvals.get(rotationId) ?? `approval ${this.#approvals.size}`;
            this.#approvals.set(rotationId, id);
            return id;
          }),
        status: () => this.#call(() => (this.#notYet() ? 'pending' : this.fate.approval)),
      },
      ledger: {
        prepareSetRegularKey: (_account, address) =>
          this.#call(() => ({
            hash: String(this.#prepared++).padStart(64, '0'),
            blob: address,
            lastLedgerSequence: 9,
          })),
        submit: (transaction) => this.#call(() => this.#submit(transaction)),
        outcome: ({ hash }) =>
          this.#call(() => {
            if (this.#notYet()) return 'pending';
            if (!this.#sent.has(hash)) return 'expired';
            return this.fate.transaction === 'failed' ? 'failed' : 'validated';
          }),
        regularKey: () => this.#call(() => this.regularKey),
      },
      backup: () =>
        this.#call(() => {
          this.backups++;
          return 'sha256:backup';
        }),
    };
  }

  #submit({ hash, blob }: PreparedTransaction): void {
    if (this.fate.transaction === 'lost') return;
    this.#sent.set(hash, blob);
    if (this.fate.transaction === 'validated') this.regularKey = blob;
  }

  #provider(): KeyProvider {
    const find = (keyId: string): ProviderKey => {
      const key = this.keys.get(keyId);
      if (key === undefined) throw vaultError('VAULT_KEY_NOT_FOUND', 'no such key');
      return key;
    };
    return {
      capabilities: { canBackup: true } as KeyProvider['capabilities'],
      keys: () => this.#call(() => [...this.keys.values()]),
      createKey: (keyId) =>
        this.#call(() => {
          const key = this.keys.get(keyId) ?? newKey(keyId, 'pending');
          this.keys.set(keyId, key);
          return key;
        }),
      activateKey: (keyId) =>
        this.#call(() => {
          const chosen = find(keyId);
          for (const key of this.keys.values()) {
            if (key.state === 'active' && key !== chosen) this.keys.set(key.keyId, { ...key, state: 'retired' });
          }
          this.keys.set(keyId, { ...chosen, state: 'active' });
        }),
      sign: () => Promise.reject(new Error('a rotation signs nothing itself')),
      destroyKey: (keyId) =>
        this.#call(() => {
          if (this.keys.get(keyId)?.state === 'active') throw vaultError('VAULT_KEY_STATE', 'active');
          if (this.keys.delete(keyId)) this.destroyed.push(keyId);
        }),
    };
  }
}

function newKey(keyId: string, state: ProviderKey['state']): ProviderKey {
  const secret = new Uint8Array(32).fill(1);
  secret.set(Buffer.from(keyId.slice(4), 'hex'));
  const publicKey = publicKeyOf('ed25519', secret);
  const hex = Buffer.from(publicKey).toString('hex').toUpperCase();
  return { keyId, algorithm: 'ed25519', state, publicKey: hex, address: addressOf(publicKey) };
}
