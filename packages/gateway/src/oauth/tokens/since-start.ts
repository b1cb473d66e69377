import type { SingleUse } from '@wardmesh/identity';
import { DPOP_PAST_S } from '../limits.ts';

/**
 * Proofs used since this process started, remembered in memory. One made before is refused like a used one: whether it
 * was used, nobody remembers any more.
 */
export class SinceStart implements SingleUse {
  readonly #used: SingleUse;
  readonly #earliest: number;

  /** @param startedAt ms since the epoch */
  constructor(used: SingleUse, startedAt: number) {
    this.#used = used;
    // A mark is for the time the proof was made, whole seconds, and as long as it counts.
    this.#earliest = (Math.floor(startedAt / 1_000) + DPOP_PAST_S) * 1_000;
  }

  async use(id: string, expires: number): Promise<boolean> {
    return expires >= this.#earliest && this.#used.use(id, expires);
  }
}
