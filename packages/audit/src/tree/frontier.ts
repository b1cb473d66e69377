import { sha256 } from '@wardmesh/crypto';
import { nodeHash } from './node.ts';

/** The root of a growing tree from its right edge alone: one hash per bit of the size. */
export class Frontier {
  /** Roots of the complete subtrees, largest first: one for each set bit of the size. */
  readonly #roots: Uint8Array[];
  #size: number;

  constructor(size = 0, roots: readonly Uint8Array[] = []) {
    this.#size = size;
    this.#roots = [...roots];
  }

  get size(): number {
    return this.#size;
  }

  push(leaf: Uint8Array): void {
    let hash = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = nodeHash(this.#roots.pop()!, hash);
    this.#roots.push(hash);
    this.#size++;
  }

  root(): Uint8Array {
    if (this.#size === 0) return sha256(new Uint8Array(0));
    return this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }
}
