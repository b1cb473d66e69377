import { sha256 } from '@wardmesh/crypto';
import { TILE_WIDTH, type Tile } from '@wardmesh/verify';
import { tampered } from '../error.ts';
import type { LogStorage, ReadableLogStorage } from '../ports.ts';
import { tilesName } from '../storage/names.ts';
import { Frontier } from './frontier.ts';
import { HASH_BYTES, TileLevel } from './level.ts';
import { foldComplete, nodeHash, splitPoint } from './node.ts';

/** The RFC 9162 tree over all entries, kept as C2SP tiles: every eighth level of hashes, in one file a level. */
export class MerkleTree {
  readonly #storage: ReadableLogStorage;
  readonly #levels: TileLevel[];

  private constructor(storage: ReadableLogStorage, levels: TileLevel[]) {
    this.#storage = storage;
    this.#levels = levels;
  }

  /** The stored tree's first `size` leaves. Undefined where the files hold fewer. */
  static async load(storage: ReadableLogStorage, size: number): Promise<MerkleTree | undefined> {
    const levels: TileLevel[] = [];
    for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH)) {
      const level = await TileLevel.load(storage, levels.length, count);
      if (level === undefined) return undefined;
      levels.push(level);
    }
    return new MerkleTree(storage, levels);
  }

  get size(): number {
    return this.#levels[0]?.count ?? 0;
  }

  /** Adds a leaf hash, in memory; see {@link store}. */
  push(leaf: Uint8Array): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      this.#levels[level] ??= TileLevel.empty(this.#storage, level);
      const full = this.#levels[level]!.push(hash);
      if (full === undefined) return;
      hash = foldComplete(full);
    }
  }

  /** Cuts the files to the tree of `size` leaves: what a crash left after it is not to be trusted. */
  async cutFiles(storage: LogStorage, names: ReadonlySet<string>, size: number): Promise<void> {
    let count = size;
    for (let level = 0; names.has(tilesName(level)); level++) {
      const length = count * HASH_BYTES;
      if ((await storage.size(tilesName(level))) > length) await storage.truncate(tilesName(level), length);
      count = Math.floor(count / TILE_WIDTH);
    }
  }

  /** Leaves that are in memory only. */
  get unstored(): number {
    return this.#levels[0]?.unstored ?? 0;
  }

  /** Writes what is new to the files. @param sync also makes it durable. */
  async store(storage: LogStorage, sync: boolean): Promise<void> {
    for (const level of this.#levels) {
      await level.store(storage);
      if (sync) await storage.sync(level.name);
    }
  }

  /** Root of the first `size` leaves, 32 bytes. */
  async root(size: number = this.size): Promise<Uint8Array> {
    return size === 0 ? sha256(new Uint8Array(0)) : this.#range(0, size);
  }

  /** Inclusion proof of leaf `index` in the tree of the first `size` leaves (RFC 9162 §2.1.3.1). */
  async inclusionProof(index: number, size: number = this.size): Promise<readonly Uint8Array[]> {
    const proof: Uint8Array[] = [];
    let low = 0;
    let high = size;
    while (high - low > 1) {
      const middle = low + splitPoint(high - low);
      if (index < middle) {
        proof.push(await this.#range(middle, high));
        high = middle;
      } else {
        proof.push(await this.#range(low, middle));
        low = middle;
      }
    }
    return proof.reverse();
  }

  /** Consistency proof between the trees of `oldSize` and `size` leaves (RFC 9162 §2.1.4.1). */
  async consistencyProof(oldSize: number, size: number = this.size): Promise<readonly Uint8Array[]> {
    if (oldSize <= 0 || oldSize >= size) return [];
    const proof: Uint8Array[] = [];
    let low = 0;
    let high = size;
    // Whether what is left of the old tree is the whole of it, whose root the verifier knows.
    let whole = true;
    while (oldSize !== high) {
      const middle = low + splitPoint(high - low);
      if (oldSize <= middle) {
        proof.push(await this.#range(middle, high));
        high = middle;
      } else {
        proof.push(await this.#range(low, middle));
        low = middle;
        whole = false;
      }
    }
    if (!whole) proof.push(await this.#range(low, high));
    return proof.reverse();
  }

  /** The right edge at `size`, to grow a tree from there without the leaves. */
  async frontier(size: number): Promise<Frontier> {
    const roots: Uint8Array[] = [];
    let low = 0;
    for (let width = 2 ** 52; width >= 1; width /= 2) {
      if (Math.floor(size / width) % 2 === 0) continue;
      roots.push(await this.#range(low, low + width));
      low += width;
    }
    return new Frontier(size, roots);
  }

  /** Bytes of a tile (C2SP tlog-tiles), or undefined where the tree is too small for it. */
  async tile(tile: Tile): Promise<Uint8Array | undefined> {
    const from = tile.index * TILE_WIDTH;
    const hashes = await this.#levels[tile.level]?.read(from, from + tile.width);
    if (hashes === undefined) return undefined;
    const bytes = new Uint8Array(hashes.length * HASH_BYTES);
    hashes.forEach((hash, i) => {
      bytes.set(hash, i * HASH_BYTES);
    });
    return bytes;
  }

  /** MTH of leaves `low` up to `high`, a range that the recursion of RFC 9162 §2.1.1 meets. */
  async #range(low: number, high: number): Promise<Uint8Array> {
    const width = high - low;
    if (isPowerOfTwo(width)) return this.#complete(low, width);
    const middle = low + splitPoint(width);
    return nodeHash(await this.#complete(low, middle - low), await this.#range(middle, high));
  }

  /** Root of a complete subtree: from the highest tile level that has its parts. */
  async #complete(low: number, width: number): Promise<Uint8Array> {
    let level = 0;
    let unit = 1;
    while (unit * TILE_WIDTH <= width) {
      unit *= TILE_WIDTH;
      level++;
    }
    const from = low / unit;
    const hashes = await this.#levels[level]?.read(from, from + width / unit);
    if (hashes === undefined)
      throw tampered('hashes of the tree are missing', { file: tilesName(level), offset: from * HASH_BYTES });
    return foldComplete(hashes);
  }
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;
}
