import { format, inspect } from 'node:util';
import { redact, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { SecureBuffer } from './secure-buffer.ts';

const CANARY = 'canary-3f9d0b-of-a-secret';
const zeroed = expect.objectContaining({ code: 'VAULT_BUFFER_ZEROED' });

/** Every spelling in which the canary could show. */
const SPELLINGS = [
  CANARY,
  Buffer.from(CANARY).toString('hex'),
  Buffer.from(CANARY).toString('base64').replace(/=+$/, ''),
  [...utf8(CANARY)].join(','),
  [...utf8(CANARY)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
];

function leaks(text: string): boolean {
  return SPELLINGS.some((spelling) => text.replaceAll(/\s+/g, ' ').includes(spelling));
}

describe('a secure buffer', () => {
  verifies('XR-MEM-1');

  test('gives the bytes until it is wiped, and zeros to whoever kept them', () => {
    const secure = SecureBuffer.from(CANARY);
    const kept = secure.getBuffer();
    expect(kept.toString()).toBe(CANARY);
    secure.zero();
    expect(kept.every((byte) => byte === 0)).toBe(true);
    expect(() => secure.getBuffer()).toThrow(zeroed);
    expect(secure.isZeroed).toBe(true);
    secure.zero();
  });

  test('copies what it is made from, or wipes it where told to take it', () => {
    const original = utf8(CANARY);
    const copy = SecureBuffer.from(original);
    expect(original).toEqual(utf8(CANARY));
    expect(copy.getBuffer().buffer).not.toBe(original.buffer);
    SecureBuffer.take(original);
    expect(original.every((byte) => byte === 0)).toBe(true);
  });

  test('shares no memory with the pool of small buffers', () => {
    expect(SecureBuffer.from('x').getBuffer().buffer.byteLength).toBe(1);
  });

  test('is wiped at the end of its scope, also where the scope throws', () => {
    let kept: Buffer | undefined;
    expect(() => {
      using secure = SecureBuffer.from(CANARY);
      kept = secure.getBuffer();
      throw new Error('on the way');
    }).toThrow('on the way');
    expect(kept?.every((byte) => byte === 0)).toBe(true);
  });

  test('lends a copy for one operation', async () => {
    let kept: Buffer | undefined;
    const length = await SecureBuffer.withSecureBuffer(utf8(CANARY), async (buffer) => {
      kept = buffer;
      await Promise.resolve();
      return buffer.toString().length;
    });
    expect(length).toBe(CANARY.length);
    expect(kept?.every((byte) => byte === 0)).toBe(true);
    await expect(
      SecureBuffer.withSecureBuffer(utf8(CANARY), (buffer) => {
        kept = buffer;
        throw new Error('failed');
      }),
    ).rejects.toThrow('failed');
    expect(kept?.every((byte) => byte === 0)).toBe(true);
  });

  test('shows in no log, message, snapshot, clone or JSON', () => {
    const secure = SecureBuffer.from(CANARY);
    const holder = { name: 'x', nested: [{ secure }] };
    const shown = [
      String(secure),
      `${secure}`,
      secure.toString(),
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true, getters: true }),
      format('%s %o %O %j', secure, secure, secure, secure),
      inspect(new Error(`failed with ${secure}`, { cause: secure })),
      JSON.stringify(Object.entries(secure)) + JSON.stringify(Reflect.ownKeys(secure)),
      inspect(structuredClone(secure)),
      JSON.stringify(redact(holder)),
      Object.values({ ...secure }).join(),
    ];
    for (const text of shown) expect(leaks(text)).toBe(false);
    expect(String(secure)).toBe('[secret]');
  });

  test('would be caught if it did (control)', () => {
    const bare = Buffer.from(CANARY);
    expect(leaks(inspect(bare, { maxStringLength: null }))).toBe(true);
    expect(leaks(JSON.stringify(bare))).toBe(true);
    expect(leaks(bare.toString('hex'))).toBe(true);
  });

  test.each([[undefined], [null], [7], [[1, 2]], [{}]])('refuses to be made from %j', (value) => {
    expect(() => SecureBuffer.from(value as unknown as Uint8Array)).toThrow(
      expect.objectContaining({ code: 'VAULT_BAD_INPUT' }),
    );
  });
});
