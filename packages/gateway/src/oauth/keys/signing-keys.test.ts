import { verify } from 'node:crypto';
import type { Json } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { KEY_GRACE_MS, KEY_LIFE_MS } from '../limits.ts';
import { SigningKeys } from './signing-keys.ts';

function setUp() {
  const state = { now: 1_000_000, document: undefined as Json | undefined };
  const clock = { now: () => state.now, monotonic: () => state.now };
  const store = {
    load: async () => state.document,
    save: async (document: Json) => {
      state.document = document;
    },
  };
  return { state, open: () => SigningKeys.open(store, clock) };
}

describe('signing keys', () => {
  it('are made once and found again', async () => {
    const { open } = setUp();
    const first = await open();
    expect((await open()).current.kid).toBe(first.current.kid);
    const data = Buffer.from('x');
    const signature = await first.current.sign(data);
    expect(signature).toHaveLength(64);
    const key = { key: first.current.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', data, key, signature)).toBe(true);
  });

  it('rotate with their life; the old one verifies until its last token is over', async () => {
    const { state, open } = setUp();
    const keys = await open();
    const old = keys.current.kid;
    state.now += KEY_LIFE_MS - 1;
    expect(await keys.rotateWhenDue()).toBe(false);
    state.now += 1;
    expect(await keys.rotateWhenDue()).toBe(true);
    expect(keys.current.kid).not.toBe(old);
    expect(keys.all.map(({ kid }) => kid)).toEqual([keys.current.kid, old]);
    state.now += KEY_GRACE_MS - 1;
    await keys.rotateWhenDue();
    expect(keys.all).toHaveLength(2);
    state.now += 1;
    expect(await keys.rotateWhenDue()).toBe(true);
    expect(keys.all).toHaveLength(1);
  });

  it.each([[{}], [{ v: 1, keys: [{ pem: 'x', since: 1 }] }], ['x'], [{ v: 2, keys: [] }]])(
    'that are damaged are never silently replaced: %j',
    async (document) => {
      const { state, open } = setUp();
      state.document = document as Json;
      await expect(open()).rejects.toMatchObject({ code: 'OAUTH_KEYS_INVALID' });
    },
  );
});
