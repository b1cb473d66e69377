import type { LogStorage } from '../src/index.ts';

/** What the next calls do wrong. */
export type Fault =
  /** Every writing call rejects before it does anything. */
  | 'read-only'
  /** Appends write half of the bytes, then reject. */
  | 'full'
  /** `sync` rejects; what was appended stays in the cache. */
  | 'sync-fails';

export class CrashError extends Error {}

interface File {
  /** What outlives a power failure. */
  durable: Uint8Array;
  /** What a reader sees. */
  cached: Uint8Array;
  /** Whether the name outlives a power failure. */
  named: boolean;
}

/** A disk that forgets, tears, fills up and dies at the call you choose. */
export class MemoryStorage implements LogStorage {
  readonly files = new Map<string, File>();
  fault: Fault | undefined;
  /** Dies at the n-th writing call from now, 0 for the next; undefined lives. */
  crashAfter: number | undefined;
  /** Writing calls made. */
  calls = 0;
  /** Bytes handed to `append`, of all files. */
  appends: { name: string; bytes: number }[] = [];
  syncs = 0;
  #dead = false;

  async list(): Promise<string[]> {
    this.#live();
    return [...this.files.keys()];
  }

  async size(name: string): Promise<number> {
    return this.#file(name).cached.length;
  }

  async read(name: string, from = 0, to?: number): Promise<Uint8Array> {
    return this.#file(name).cached.slice(from, to);
  }

  async append(name: string, bytes: Uint8Array): Promise<void> {
    const dies = this.#write();
    const file = this.files.get(name) ?? { durable: new Uint8Array(0), cached: new Uint8Array(0), named: false };
    this.files.set(name, file);
    const part = dies || this.fault === 'full' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
    const cached = new Uint8Array(file.cached.length + part.length);
    cached.set(file.cached);
    cached.set(part, file.cached.length);
    file.cached = cached;
    this.appends.push({ name, bytes: part.length });
    if (dies) this.#die();
    if (this.fault === 'full') throw new Error('ENOSPC');
  }

  async sync(name: string): Promise<void> {
    const dies = this.#write();
    if (dies) this.#die();
    if (this.fault === 'sync-fails') throw new Error('EIO');
    const file = this.#file(name);
    file.durable = file.cached.slice();
    file.named = true;
    this.syncs++;
  }

  async truncate(name: string, length: number): Promise<void> {
    const dies = this.#write();
    if (dies) this.#die();
    const file = this.#file(name);
    file.cached = file.cached.slice(0, length);
    file.durable = file.cached.slice();
    file.named = true;
  }

  async writeAtomic(name: string, bytes: Uint8Array): Promise<void> {
    const dies = this.#write();
    if (this.fault === 'full' || this.fault === 'sync-fails') throw new Error('ENOSPC');
    // Dying in an atomic write leaves either; the calls before and after show the other.
    this.files.set(name, { durable: bytes.slice(), cached: bytes.slice(), named: true });
    if (dies) this.#die();
  }

  async remove(name: string): Promise<void> {
    const dies = this.#write();
    if (dies) this.#die();
    if (!this.files.delete(name)) throw new Error('ENOENT');
  }

  /** The disk after the process was killed: the cache survives. */
  killed(): MemoryStorage {
    return this.#copy((file) => file.cached);
  }

  /** The disk after the power failed. `keep` says how much of what was not synced stays, 0 … 1. */
  powerFailed(keep = 0): MemoryStorage {
    return this.#copy((file) => {
      const unsynced = Math.max(0, file.cached.length - file.durable.length);
      if (!file.named && keep === 0) return undefined;
      return file.cached.slice(0, file.durable.length + Math.floor(unsynced * keep));
    });
  }

  /** A copy to damage. */
  copy(): MemoryStorage {
    return this.killed();
  }

  set(name: string, bytes: Uint8Array): void {
    this.files.set(name, { durable: bytes.slice(), cached: bytes.slice(), named: true });
  }

  bytes(name: string): Uint8Array {
    return this.#file(name).cached.slice();
  }

  #copy(content: (file: File) => Uint8Array | undefined): MemoryStorage {
    const copy = new MemoryStorage();
    for (const [name, file] of this.files) {
      const bytes = content(file);
      if (bytes !== undefined) copy.set(name, bytes);
    }
    return copy;
  }

  #file(name: string): File {
    this.#live();
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`ENOENT: ${name}`);
    return file;
  }

  #write(): boolean {
    this.#live();
    this.calls++;
    if (this.fault === 'read-only') throw new Error('EROFS');
    if (this.crashAfter === undefined) return false;
    return this.crashAfter-- === 0;
  }

  #die(): never {
    this.#dead = true;
    throw new CrashError('the process died here');
  }

  #live(): void {
    if (this.#dead) throw new CrashError('dead');
  }
}
