import type { SealedTable } from '../database/sealed-table.ts';
import { StoreError } from '../error.ts';
import { MAX_NONCES } from '../limits.ts';

interface Use {
  /** ms since the epoch */
  readonly expires: number;
}

/** Values that count once: nonces of a sealed `requestState`. */
export class SingleUse {
  readonly #table: SealedTable<Use>;
  readonly #used = new Map<string, number>();

  constructor(table: SealedTable<Use>) {
    this.#table = table;
  }

  /**
   * Uses a nonce up, durably, over all processes. Whoever checks it must refuse what is past `expires` by itself: the
   * nonce is forgotten some time after.
   * @returns false where it was used before
   * @throws StoreError STORE_VALUE_INVALID where more nonces are in force than can be kept
   */
  async use(nonce: string, expires: number, now: number): Promise<boolean> {
    // Also remembered here: a row deleted from the file while we run brings nothing back.
    if (this.#used.has(nonce)) return false;
    const fresh = await this.#table.write(async (writer) => {
      if ((await writer.get(nonce)) !== undefined) return false;
      if (writer.count() >= MAX_NONCES) throw new StoreError('STORE_VALUE_INVALID', 'too many nonces are in force');
      await writer.insert(nonce, { expires });
      return true;
    });
    this.#used.set(nonce, expires);
    if (this.#used.size % 1_024 === 0) for (const [old, at] of this.#used) if (at < now) this.#used.delete(old);
    return fresh;
  }

  /** Forgets nonces that expired before `now`; leave a margin for clocks set back. @returns how many */
  async prune(now: number): Promise<number> {
    const old = (await this.#table.list()).filter(({ value }) => value.expires < now);
    if (old.length === 0) return 0;
    return this.#table.write(async (writer) => {
      let count = 0;
      for (const { id } of old) if (await writer.remove(id)) count++;
      return count;
    });
  }
}
