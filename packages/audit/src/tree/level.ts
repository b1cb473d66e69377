import { TILE_WIDTH } from '@wardmesh/verify';
import type { LogStorage, ReadableLogStorage } from '../ports.ts';
import { tilesName } from '../storage/names.ts';

export const HASH_BYTES = 32;

/** The hashes of one tile level: those on disk, and in memory at least the last tile that is not full. */
export class TileLevel {
  readonly name: string;
  readonly #storage: ReadableLogStorage;
  #count: number;
  /** Hashes that are in the file. */
  #stored: number;
  /** Index of the first hash in `#recent`; a multiple of the tile width. */
  #base: number;
  #recent: Uint8Array[];
  #dirty = false;

  private constructor(storage: ReadableLogStorage, level: number, count: number, recent: Uint8Array[]) {
    this.name = tilesName(level);
    this.#storage = storage;
    this.#count = count;
    this.#stored = count;
    this.#base = count - recent.length;
    this.#recent = recent;
  }

  /** A level whose file holds `count` hashes or more. Undefined where it holds fewer. */
  static async load(storage: ReadableLogStorage, level: number, count: number): Promise<TileLevel | undefined> {
    const base = count - (count % TILE_WIDTH);
    if (count === base) {
      const length = await storage.size(tilesName(level)).catch(() => 0);
      return length < count * HASH_BYTES ? undefined : new TileLevel(storage, level, count, []);
    }
    const bytes = await storage.read(tilesName(level), base * HASH_BYTES, count * HASH_BYTES).catch(() => undefined);
    if (bytes === undefined || bytes.length !== (count - base) * HASH_BYTES) return undefined;
    return new TileLevel(storage, level, count, split(bytes));
  }

  static empty(storage: ReadableLogStorage, level: number): TileLevel {
    return new TileLevel(storage, level, 0, []);
  }

  get count(): number {
    return this.#count;
  }

  get unstored(): number {
    return this.#count - this.#stored;
  }

  /** Adds a hash. @returns the tile that it fills, if it does. */
  push(hash: Uint8Array): readonly Uint8Array[] | undefined {
    this.#recent.push(hash);
    this.#count++;
    return this.#count % TILE_WIDTH === 0 ? this.#recent.slice(-TILE_WIDTH) : undefined;
  }

  /** Hashes `from` up to `to`, which lie in one tile. Undefined where the file does not hold them. */
  async read(from: number, to: number): Promise<readonly Uint8Array[] | undefined> {
    if (to > this.#count) return undefined;
    if (from >= this.#base) return this.#recent.slice(from - this.#base, to - this.#base);
    const bytes = await this.#storage.read(this.name, from * HASH_BYTES, to * HASH_BYTES);
    return bytes.length === (to - from) * HASH_BYTES ? split(bytes) : undefined;
  }

  /** Adds what is not yet in the file to it, not synced. After a failure the next call mends the file first. */
  async store(storage: LogStorage): Promise<void> {
    const length = this.#stored * HASH_BYTES;
    if (this.#dirty && (await storage.size(this.name).catch(() => 0)) > length)
      await storage.truncate(this.name, length);
    this.#dirty = true;
    const upTo = this.#count;
    const fresh = this.#recent.slice(this.#stored - this.#base, upTo - this.#base);
    if (fresh.length > 0) await storage.append(this.name, join(fresh));
    this.#dirty = false;
    this.#stored = upTo;
    const keepFrom = upTo - (upTo % TILE_WIDTH);
    this.#recent = this.#recent.slice(keepFrom - this.#base);
    this.#base = keepFrom;
  }
}

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

function join(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => {
    bytes.set(hash, i * HASH_BYTES);
  });
  return bytes;
}
