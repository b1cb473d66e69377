import { type Random, systemRandom } from '@wardmesh/core';
import { open, seal } from './aead.ts';
import { assertBytes } from './check.ts';
import { cryptoError } from './error.ts';
import { KEY_BYTES, KEY_USE_BLOCK, MAX_SEALS_PER_KEY } from './limits.ts';

/** Where a key's use is remembered over restarts (XR-CRY-2). */
export interface KeyUseStore {
  /** Uses reserved so far; 0 for a new key. */
  reserved(): number;
  /** Makes `upTo` durable before it returns. Throws where it cannot; then nothing is sealed. */
  reserve(upTo: number): void;
}

export interface SealingKeyOptions {
  readonly keyId: string;
  /** 32 bytes; copied. */
  readonly key: Uint8Array;
  /** Left out only for keys that live no longer than this process. */
  readonly uses?: KeyUseStore;
  /** Most seals, below 2^32 (NIST SP 800-38D §8.3). */
  readonly limit?: number;
  readonly random?: Random;
}

/**
 * An AES-256-GCM key that counts. Uses are reserved in blocks before they happen: a crash can only skip some, never
 * count one too few.
 */
export class SealingKey {
  readonly keyId: string;
  readonly limit: number;
  readonly #key: Uint8Array;
  readonly #random: Random;
  readonly #uses: KeyUseStore | undefined;
  #used: number;
  #reserved: number;

  constructor(options: SealingKeyOptions) {
    assertBytes(options.key, 'key', KEY_BYTES);
    const limit = options.limit ?? MAX_SEALS_PER_KEY - 1;
    if (!Number.isInteger(limit) || limit < 1 || limit >= MAX_SEALS_PER_KEY) {
      throw cryptoError('CRYPTO_BAD_INPUT', 'the limit of a key must stay below 2^32');
    }
    const reserved = options.uses?.reserved() ?? 0;
    if (!Number.isInteger(reserved) || reserved < 0) throw cryptoError('CRYPTO_BAD_INPUT', 'the key use is unreadable');
    this.keyId = options.keyId;
    this.limit = limit;
    // Not slice(): of a Buffer it is a view, and `destroy` would wipe the caller's key. Not inside the heap either, where
    // the collector leaves copies.
    this.#key = new Uint8Array(new ArrayBuffer(KEY_BYTES));
    this.#key.set(options.key);
    this.#random = options.random ?? systemRandom;
    this.#uses = options.uses;
    this.#used = reserved;
    this.#reserved = reserved;
  }

  /** Seals made, counting those that a restart skipped. */
  get used(): number {
    return this.#used;
  }

  /** @throws CRYPTO_KEY_EXHAUSTED at the limit: rotate the key. */
  seal(plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    if (this.#used >= this.limit) {
      throw cryptoError('CRYPTO_KEY_EXHAUSTED', `key ${this.keyId} has sealed all it may`, { hint: 'Rotate the key.' });
    }
    if (this.#uses !== undefined && this.#used >= this.#reserved) {
      const upTo = Math.min(this.#used + KEY_USE_BLOCK, this.limit);
      this.#uses.reserve(upTo);
      this.#reserved = upTo;
    }
    this.#used++;
    return seal(this.#key, plaintext, aad, this.#random);
  }

  /** @throws CRYPTO_NOT_GENUINE */
  open(sealed: Uint8Array, aad: Uint8Array): Uint8Array {
    return open(this.#key, sealed, aad);
  }

  /** Overwrites our copy of the key. */
  destroy(): void {
    this.#key.fill(0);
    this.#used = this.limit;
  }
}
