import type { KeyUseStore } from '@wardmesh/crypto';
import { vaultError } from '../error.ts';
import { SIGNATURE_BLOCK } from '../limits.ts';

/**
 * Counts the signatures of a key over restarts and refuses the one beyond its limit, which forces a rotation. Uses are
 * reserved in blocks before they happen: a crash can only skip some, never count one too few.
 */
export class UseCounter {
  readonly #store: KeyUseStore;
  readonly #limit: number;
  #used: number;
  #reserved: number;

  constructor(store: KeyUseStore, limit: number) {
    this.#store = store;
    this.#limit = limit;
    this.#used = store.reserved();
    this.#reserved = this.#used;
  }

  /** @throws VAULT_KEY_EXHAUSTED, or what the store throws: then nothing may be signed */
  count(): void {
    if (this.#used >= this.#limit) {
      throw vaultError('VAULT_KEY_EXHAUSTED', 'the key has signed all it may', { hint: 'Rotate the wallet’s key.' });
    }
    if (this.#used >= this.#reserved) {
      const upTo = Math.min(this.#used + SIGNATURE_BLOCK, this.#limit);
      this.#store.reserve(upTo);
      this.#reserved = upTo;
    }
    this.#used++;
  }
}
