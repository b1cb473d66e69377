import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { isValidPersonalMessageSignature } from '@mysten/sui/verify';
import { p256 } from '@noble/curves/nist.js';
import { fromBase64, toBase64, utf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sui, suiAddress } from './sui.ts';

describe.each([
  ['Ed25519', Ed25519Keypair],
  ['secp256k1', Secp256k1Keypair],
  ['secp256r1', Secp256r1Keypair],
])('a Sui personal message, %s', (_name, Keypair) => {
  const keys = new Keypair();
  const address = keys.toSuiAddress();
  const sign = async (text: string) => (await keys.signPersonalMessage(utf8(text))).signature;

  it('holds as @mysten/sui signs it, at every length of the length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 127, 128, 300, 4_000), async (length) => {
        const text = 'x'.repeat(length);
        const signature = await sign(text);
        expect(sui.verify(address, text, { signature })).toBe(true);
        expect(sui.verify(address, `${text}y`, { signature })).toBe(false);
      }),
      { numRuns: 8 },
    );
  });

  it('is judged as @mysten/sui judges it, flag by flag and byte by byte', async () => {
    const bytes = fromBase64(await sign('hello'));
    const changes: Uint8Array[] = [bytes, bytes.slice(0, -1), Uint8Array.from([...bytes, 0])];
    for (const flag of [0, 1, 2, 3, 5, 6, 255]) changes.push(bytes.with(0, flag));
    for (const at of [1, 32, 33, 64, 65, 80]) changes.push(bytes.with(at, bytes[at]! ^ 1));
    for (const each of changes) {
      const signature = toBase64(each);
      const theirs = await isValidPersonalMessageSignature(utf8('hello'), signature, { address }).catch(() => false);
      expect(sui.verify(address, 'hello', { signature })).toBe(theirs);
    }
  });

  it('is not a signature over the text without its intent', async () => {
    const { signature } = await keys.signTransaction(utf8('hello'));
    expect(sui.verify(address, 'hello', { signature })).toBe(false);
  });

  it('has the address @mysten/sui derives', () => {
    const [flag, ...key] = keys.getPublicKey().toSuiBytes();
    expect(suiAddress(flag!, Uint8Array.from(key))).toBe(address);
  });
});

describe('a Sui signature', () => {
  it('has a low S on both curves', async () => {
    const keys = new Secp256r1Keypair();
    const bytes = fromBase64((await keys.signPersonalMessage(utf8('hello'))).signature);
    const low = p256.Signature.fromBytes(bytes.slice(1, 65), 'compact');
    const twin = bytes.slice();
    twin.set(new p256.Signature(low.r, p256.Point.Fn.ORDER - low.s).toBytes('compact'), 1);
    expect(sui.verify(keys.toSuiAddress(), 'hello', { signature: toBase64(bytes) })).toBe(true);
    expect(sui.verify(keys.toSuiAddress(), 'hello', { signature: toBase64(twin) })).toBe(false);
  });

  it('of a key of small order is refused', () => {
    const key = new Uint8Array(32).with(0, 1);
    const signature = toBase64(Uint8Array.from([0, ...key, ...new Uint8Array(32), ...key]));
    expect(sui.verify(suiAddress(0, key), 'hello', { signature })).toBe(false);
  });

  it.each(['0x1', `0X${'a'.repeat(64)}`, `0x${'A'.repeat(64)}`, 'a'.repeat(64)])('%s is no address', (text) => {
    expect(sui.address(text)).toBeUndefined();
  });
});
