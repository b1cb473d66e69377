import { toBase64Url } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { DPOP_AGE_SECONDS } from '../limits.ts';

/** Nonces for DPoP proofs (RFC 9449 §8, §9) that are computed, not kept: one for each minute, the last two count. */
export class DpopNonces {
  readonly #key: HmacKey;

  constructor(key: HmacKey) {
    this.#key = key;
  }

  /** What to send in `DPoP-Nonce`. */
  current(now: number): string {
    return this.#of(windowOf(now));
  }

  accepts(nonce: unknown, now: number): boolean {
    const window = windowOf(now);
    return nonce === this.#of(window) || nonce === this.#of(window - 1);
  }

  #of(window: number): string {
    return toBase64Url(this.#key.bytes(`wardmesh dpop nonce v1\n${window}`)).slice(0, 32);
  }
}

function windowOf(now: number): number {
  return Math.floor(now / (DPOP_AGE_SECONDS * 1_000));
}
