import type { AlertSink, LogStorage } from '../ports.ts';
import type { Head } from '../storage/head.ts';
import type { HeadWriter } from '../storage/head-writer.ts';
import type { MerkleTree } from '../tree/tree.ts';

/** Leaves that wait in memory before the tiles are written on; all of them can be made again from the newest segment. */
const TILE_BATCH = 256;

export interface AnchoringOptions {
  readonly storage: LogStorage;
  readonly tree: MerkleTree;
  readonly head: HeadWriter;
  /** The head as it is durable now. */
  readonly headNow: () => Omit<Head, 'time'>;
  /** Told of a failure, which fails no entry. */
  readonly alert: AlertSink;
}

/**
 * Writes anchor and tiles behind the commits, while the next one goes on: they cover what is durable, and both can be
 * made again, so a failure is told but fails no entry.
 */
export class Anchoring {
  readonly #options: AnchoringOptions;
  #work: Promise<void> | undefined;

  constructor(options: AnchoringOptions) {
    this.#options = options;
  }

  /** There was a commit. */
  follow(): void {
    this.#work ??= this.#write();
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #write(): Promise<void> {
    const { storage, tree, head, headNow, alert } = this.#options;
    try {
      for (let size = -1; size !== headNow().size; ) {
        size = headNow().size;
        if (tree.unstored >= TILE_BATCH) await tree.store(storage, false);
        await head.note(headNow());
      }
    } catch (cause) {
      const message = 'the head anchor could not be written';
      alert({ type: 'audit.anchor_failed', message, details: { cause: String(cause) } });
    } finally {
      this.#work = undefined;
    }
  }
}
