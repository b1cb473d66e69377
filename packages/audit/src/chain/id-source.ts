import { type Random, toHex } from '@wardmesh/core';

const POOL_IDS = 128;
const ID_BYTES = 16;

/** UUIDs version 4 (RFC 9562 §5.4), drawn many at a time: asking the operating system for each costs more than the hash. */
export class IdSource {
  readonly #random: Random;
  #hex = '';
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#at >= this.#hex.length) this.#refill();
    const hex = this.#hex.slice(this.#at, this.#at + 2 * ID_BYTES);
    this.#at += 2 * ID_BYTES;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #refill(): void {
    const bytes = this.#random.bytes(POOL_IDS * ID_BYTES);
    for (let i = 0; i < bytes.length; i += ID_BYTES) {
      bytes[i + 6] = (bytes[i + 6]! & 0x0f) | 0x40;
      bytes[i + 8] = (bytes[i + 8]! & 0x3f) | 0x80;
    }
    this.#hex = toHex(bytes);
    this.#at = 0;
  }
}
