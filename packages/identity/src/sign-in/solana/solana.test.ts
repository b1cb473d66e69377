import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { fromBase64, toBase64, utf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase58, toBase58 } from '../../account/base58.ts';
import { CONTEXT, setUp } from '../fixture.ts';
import { SOLANA, solanaWallet } from '../wallets.fixture.ts';
import { solana } from './solana.ts';

describe('base58', () => {
  it.each([
    // draft-msporny-base58-03 §5.
    ['48656c6c6f20576f726c6421', '2NEpo7TZRRrLZSi2U'],
    ['0000287fb4cd', '11233QC4'],
    ['00'.repeat(32), '1'.repeat(32)],
  ])('%s is %s', (hex, text) => {
    expect(toBase58(Buffer.from(hex, 'hex'))).toBe(text);
    expect(Buffer.from(fromBase58(text, hex.length / 2)!).toString('hex')).toBe(hex);
  });

  it('has one text for each 32 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = toBase58(bytes);
        expect(fromBase58(text, 32)).toEqual(bytes);
        expect(fromBase58(`1${text}`, 32)).toBeUndefined();
        expect(fromBase58(text, 31)).toBeUndefined();
        expect(fromBase58(text, 33)).toBeUndefined();
      }),
    );
  });

  it.each(['', '0', 'O', 'I', 'l', ' 1', '1'.repeat(100), 'é'])('%j is none', (text) => {
    expect(fromBase58(text, 32)).toBeUndefined();
  });
});

describe('a Solana signature', () => {
  it('is judged as node:crypto judges honest ones', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const address = toBase58(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const signature = sign(null, utf8(text), privateKey);
        const theirs = verify(null, utf8(other), publicKey, signature);
        expect(solana.verify(address, other, { signature: toBase64(signature) })).toBe(theirs);
      }),
      { numRuns: 20 },
    );
  });

  it('of a key of small order is refused, though a lax verifier takes it', async () => {
    const { signIn } = setUp();
    // The neutral element: A = R = 1, S = 0 satisfies S·B = R + k·A for every message.
    const key = new Uint8Array(32).with(0, 1);
    const signature = toBase64(Uint8Array.from([...key, ...new Uint8Array(32)]));
    const { message } = signIn.challenge({ ...CONTEXT, chain: SOLANA, address: toBase58(key) });
    const proof = { chain: SOLANA, message: message as string, signature };
    await expect(signIn.verify(proof, CONTEXT)).rejects.toMatchObject({ details: { reason: 'signature' } });
  });

  it('with S above the order is refused', async () => {
    const wallet = solanaWallet();
    const bytes = fromBase64((await wallet.sign('m')).signature);
    const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
    let s = L;
    for (let i = 63, scale = 256n ** 31n; i >= 32; i--, scale /= 256n) s += BigInt(bytes[i]!) * scale;
    const twin = bytes.slice();
    for (let i = 32; i < 64; i++, s >>= 8n) twin[i] = Number(s & 255n);
    expect(solana.verify(wallet.address, 'm', { signature: toBase64(bytes) })).toBe(true);
    expect(solana.verify(wallet.address, 'm', { signature: toBase64(twin) })).toBe(false);
  });

  it('in base64 of another spelling is refused', async () => {
    const wallet = solanaWallet();
    const { signature } = await wallet.sign('m');
    for (const each of [
      signature.replace(/=+$/, ''),
      ` ${signature}`,
      signature.replaceAll('+', '-'),
      `${signature}\n`,
    ]) {
      if (each !== signature) expect(solana.verify(wallet.address, 'm', { signature: each })).toBe(false);
    }
  });
});
