import { createHash, createHmac } from 'node:crypto';
import type { Clock, Random } from '@wardmesh/core';
import { type KeyUseStore, SealingKey } from '@wardmesh/crypto';
import type { LockoutAnswer, LockoutPort, PasswordKdf, VaultFiles } from './ports.ts';

/** The process died here: nothing after it happens. */
export class Killed extends Error {}

/** Files in memory that can die at any write or removal, just before it or just after. */
export class MemoryFiles implements VaultFiles {
  readonly files: Map<string, Uint8Array>;
  /** Writes and removals so far. */
  changes = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #when: 'before' | 'after' = 'before';
  #isDead = false;
  #isFull = false;

  constructor(files: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.files = new Map([...files].map(([path, bytes]) => [path, bytes.slice()]));
  }

  /** Dies at the nth change from now, counted from 1. */
  killAt(change: number, when: 'before' | 'after'): void {
    this.#killAt = this.changes + change;
    this.#when = when;
  }

  /** A full disk: writes fail and change nothing. */
  fill(isFull = true): void {
    this.#isFull = isFull;
  }

  /** What the next process finds. */
  restart(): MemoryFiles {
    return new MemoryFiles(this.files);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    await this.#breathe(path);
    const bytes = this.files.get(path);
    if (bytes !== undefined && bytes.length > maxBytes) throw new Error('too large');
    return bytes?.slice();
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.#breathe(path);
    if (this.#isFull) throw new Error('disk full');
    const copy = bytes.slice();
    this.#change(() => this.files.set(path, copy));
  }

  async remove(path: string): Promise<void> {
    await this.#breathe(path);
    this.#change(() => this.files.delete(path));
  }

  async list(folder: string): Promise<readonly string[]> {
    await this.#breathe(folder);
    const names = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return names.map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'));
  }

  async #breathe(path: string): Promise<void> {
    await Promise.resolve();
    if (this.#isDead) throw new Killed('the process is dead');
    const segments = path.split('/');
    if (segments.some((segment) => !/^[a-z0-9_.-]+$/.test(segment) || /^\.+$/.test(segment))) {
      throw new Error(`a path that leaves the folder: ${path}`);
    }
  }

  #change(effect: () => void): void {
    this.changes++;
    const dies = this.changes >= this.#killAt;
    if (!dies || this.#when === 'after') effect();
    if (dies) {
      this.#isDead = true;
      throw new Killed(`killed ${this.#when} change ${this.changes}`);
    }
  }
}

/** A KDF that costs nothing, so that thousands of passwords can be tried. */
export const quickKdf: PasswordKdf = async (password, parameters) =>
  new Uint8Array(createHmac('sha256', parameters.salt).update(password).digest());

/** Random bytes that a seed repeats. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 32) {
        const block = createHash('sha256').update(`${seed}/${counter++}`).digest();
        bytes.set(block.subarray(0, Math.min(32, length - i)), i);
      }
      return bytes;
    },
  };
}

export class ManualClock implements Clock {
  time = Date.UTC(2026, 0, 1);
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
  pass(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** Uses of keys, as a file would remember them. */
export class MemoryKeyUses {
  readonly counts = new Map<string, number>();
  readonly of = (keyId: string): KeyUseStore => ({
    reserved: () => this.counts.get(keyId) ?? 0,
    reserve: (upTo) => {
      this.counts.set(keyId, upTo);
    },
  });
}

/** The rule of XR-LOCK-1 in the least code: 5 failures in 900 s, 1800 s, doubling. Survives what it is handed to. */
export class MemoryLockout implements LockoutPort {
  readonly #failures = new Map<string, number[]>();
  readonly #locks = new Map<string, { until: number; count: number }>();

  check(id: string, now: number): LockoutAnswer {
    const lock = this.#locks.get(id);
    if (lock === undefined || lock.until <= now) return { allowed: true };
    return { allowed: false, reason: 'locked', retryAfter: Math.ceil((lock.until - now) / 1_000) };
  }

  async fail(id: string, now: number): Promise<LockoutAnswer> {
    await Promise.resolve();
    const recent = [...(this.#failures.get(id) ?? []), now].filter((time) => time > now - 900_000);
    this.#failures.set(id, recent);
    if (recent.length >= 5) {
      const count = (this.#locks.get(id)?.count ?? 0) + 1;
      this.#locks.set(id, { until: now + 1_800_000 * 2 ** (count - 1), count });
      this.#failures.set(id, []);
    }
    return this.check(id, now);
  }

  async succeed(id: string, now: number): Promise<LockoutAnswer> {
    await Promise.resolve();
    this.#failures.delete(id);
    return this.check(id, now);
  }
}

export function indexKey(): SealingKey {
  return new SealingKey({ keyId: 'index', key: new Uint8Array(32).fill(7) });
}

/** An error with this code. */
export function code(expected: string): object {
  return { code: expected };
}
