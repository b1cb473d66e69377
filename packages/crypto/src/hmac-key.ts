import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { assertBytes } from './check.ts';

/** HMAC-SHA-256 under one key, for chains: the key is imported once and texts are hashed without a copy. */
export class HmacKey {
  readonly #key: KeyObject;

  constructor(key: Uint8Array) {
    assertBytes(key, 'key');
    this.#key = createSecretKey(key);
  }

  /** 64 lower-case hex digits over the bytes, or over the UTF-8 bytes of a text. */
  hex(data: string | Uint8Array): string {
    return createHmac('sha256', this.#key).update(data).digest('hex');
  }

  /** 32 bytes. */
  bytes(data: string | Uint8Array): Uint8Array {
    return createHmac('sha256', this.#key).update(data).digest();
  }
}

/** SHA-256 of the UTF-8 bytes of a text, 32 bytes. */
export function sha256Text(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}
