import { createHash } from 'node:crypto';
import { type Clock, type Random, utf8 } from '@wardmesh/core';
import { SealingKey } from '@wardmesh/crypto';
import { type LockoutAnswer, type LockoutPort, SecureBuffer, type VaultFiles } from '@wardmesh/vault';
import type { KeyRecord, KeyRegister } from '../managed/register.ts';

/** The process died here. */
export class Killed extends Error {}

/** A register that can die at any write, before or after it. */
export class MemoryRegister implements KeyRegister {
  records: readonly KeyRecord[] = [];
  writes = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #when: 'before' | 'after' = 'before';

  killAt(write: number, when: 'before' | 'after'): void {
    this.#killAt = this.writes + write;
    this.#when = when;
  }

  async load(): Promise<readonly KeyRecord[]> {
    await Promise.resolve();
    return this.records;
  }

  async save(records: readonly KeyRecord[]): Promise<void> {
    await Promise.resolve();
    this.writes++;
    const dies = this.writes === this.#killAt;
    if (!dies || this.#when === 'after') this.records = records;
    if (dies) throw new Killed('killed');
  }
}

export class MemoryFiles implements VaultFiles {
  readonly files = new Map<string, Uint8Array>();
  isFull = false;

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.files.get(path)?.slice();
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    if (this.isFull) throw new Error('disk full');
    this.files.set(path, bytes.slice());
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }

  async list(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }
}

export class ManualClock implements Clock {
  time = Date.UTC(2026, 0, 1);
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

/** Five failures lock for half an hour. */
export class MemoryLockout implements LockoutPort {
  readonly failures = new Map<string, number>();
  #until = 0;

  check(_id: string, now: number): LockoutAnswer {
    if (now >= this.#until) return { allowed: true };
    return { allowed: false, reason: 'locked', retryAfter: Math.ceil((this.#until - now) / 1_000) };
  }

  async fail(id: string, now: number): Promise<LockoutAnswer> {
    const count = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, count);
    if (count % 5 === 0) this.#until = now + 1_800_000;
    return this.check(id, now);
  }

  async succeed(id: string, now: number): Promise<LockoutAnswer> {
    this.failures.delete(id);
    return this.check(id, now);
  }
}

export function sealingKey(byte = 7): SealingKey {
  return new SealingKey({ keyId: 'store', key: new Uint8Array(32).fill(byte) });
}

/** A PIN or password source, and what it gave out. */
export function secretSource(text: string): { source: () => Promise<SecureBuffer>; given: SecureBuffer[] } {
  const given: SecureBuffer[] = [];
  const source = async () => {
    const secret = SecureBuffer.take(utf8(text));
    given.push(secret);
    return secret;
  };
  return { source, given };
}

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
