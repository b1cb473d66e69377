import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { type KeyUseStore, SealingKey } from './index.ts';

const key = new Uint8Array(32).fill(3);
const aad = utf8('aad');
const exhausted = expect.objectContaining({ code: 'CRYPTO_KEY_EXHAUSTED' });

class Store implements KeyUseStore {
  value = 0;
  writes = 0;
  fails = false;
  reserved(): number {
    return this.value;
  }
  reserve(upTo: number): void {
    if (this.fails) throw new Error('disk full');
    this.value = upTo;
    this.writes++;
  }
}

describe('a sealing key', () => {
  test('counts its seals and refuses the one beyond its limit', () => {
    verifies('XR-CRY-2');
    const sealing = new SealingKey({ keyId: 'k', key, limit: 3 });
    const boxes = [1, 2, 3].map(() => sealing.seal(utf8('x'), aad));
    expect(sealing.used).toBe(3);
    expect(() => sealing.seal(utf8('x'), aad)).toThrow(exhausted);
    expect(sealing.open(boxes[0]!, aad)).toEqual(utf8('x'));
  });

  test('has no limit of 2^32 or more', () => {
    verifies('XR-CRY-2');
    expect(new SealingKey({ keyId: 'k', key }).limit).toBe(2 ** 32 - 1);
    for (const limit of [2 ** 32, 0, -1, 1.5, Number.NaN])
      expect(() => new SealingKey({ keyId: 'k', key, limit })).toThrow(/limit/);
    const store = new Store();
    store.value = 2 ** 32 - 2;
    const sealing = new SealingKey({ keyId: 'k', key, uses: store });
    sealing.seal(utf8('x'), aad);
    expect(() => sealing.seal(utf8('x'), aad)).toThrow(exhausted);
  });

  test('never counts one too few over restarts and crashes', () => {
    verifies('XR-CRY-2');
    const store = new Store();
    let sealed = 0;
    for (let restart = 0; restart < 5; restart++) {
      const sealing = new SealingKey({ keyId: 'k', key, uses: store, limit: 100_000 });
      expect(sealing.used).toBeGreaterThanOrEqual(sealed);
      for (let i = 0; i < 5_000; i++, sealed++) sealing.seal(utf8('x'), aad);
      expect(store.value).toBeGreaterThanOrEqual(sealed);
    }
    expect(store.writes).toBeLessThanOrEqual(10);
  });

  test('seals nothing where its use cannot be made durable', () => {
    const store = new Store();
    store.fails = true;
    const sealing = new SealingKey({ keyId: 'k', key, uses: store });
    expect(() => sealing.seal(utf8('x'), aad)).toThrow('disk full');
    expect(sealing.used).toBe(0);
  });

  test.each([
    ['bytes', key.slice()],
    ['a Buffer', Buffer.from(key)],
  ])('keeps its own copy of %s and forgets it when destroyed', (_name, own) => {
    const sealing = new SealingKey({ keyId: 'k', key: own });
    const box = sealing.seal(utf8('x'), aad);
    own.fill(0);
    expect(sealing.open(box, aad)).toEqual(utf8('x'));
    own.fill(3);
    sealing.destroy();
    expect(own).toEqual(own.map(() => 3));
    expect(() => sealing.open(box, aad)).toThrow(expect.objectContaining({ code: 'CRYPTO_NOT_GENUINE' }));
    expect(() => sealing.seal(utf8('x'), aad)).toThrow(exhausted);
    expect(JSON.stringify(sealing)).not.toContain('3,3,3');
  });
});
