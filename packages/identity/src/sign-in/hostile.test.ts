import { toBase64 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTEXT, setUp } from './fixture.ts';
import { HOSTILE, NO_MESSAGE } from './hostile.fixture.ts';
import { parseMessage } from './message.ts';
import { kindOf, verifyWalletMessage } from './wallet-message.ts';
import { type FakeWallet, solanaWallet, WALLETS } from './wallets.fixture.ts';

const refused = expect.objectContaining({ code: 'IDENTITY_SIGN_IN_REFUSED', message: 'the sign-in was refused' });

const cases = WALLETS.map((wallet): [string, FakeWallet] => [wallet.name, wallet]);

describe.each(cases)('%s: a message with', (_name, wallet) => {
  verifies('CM-AUTH-3');
  const { signIn, prove } = setUp();
  const { kind } = kindOf(wallet.chain)!;
  const text = signIn.challenge({ ...CONTEXT, chain: wallet.chain, address: wallet.address }).message as string;

  it.each(HOSTILE)('%s is refused, though it is signed', async (name, change) => {
    const message = change(text, wallet);
    // Some spellings are one and the same for some kinds: Sui addresses are in lower case anyway.
    if (message === text) return expect(name).toMatch(/case/);
    const proof = { chain: wallet.chain, message, ...(await wallet.sign(message)) };
    return expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refused);
  });

  it.each(NO_MESSAGE)('%s is no message, whoever issued it', (_what, change) => {
    expect(parseMessage(kind.word, change(text, wallet)).ok).toBe(false);
  });

  it('nothing of that is accepted: the control', async () => {
    expect(parseMessage(kind.word, text).ok).toBe(true);
    const proof = { chain: wallet.chain, message: text, ...(await wallet.sign(text)) };
    await expect(signIn.verify(proof, CONTEXT)).resolves.toBeDefined();
    await expect(signIn.verify(await prove(wallet), CONTEXT)).resolves.toBeDefined();
  });
});

describe.each(cases)('%s: a signature', (_name, wallet) => {
  verifies('CM-AUTH-3');
  const { signIn, prove } = setUp();

  it('with any bit changed is refused', async () => {
    const good = await prove(wallet);
    const isHex = /^(0x)?[0-9a-fA-F]+$/.test(good.signature);
    const bytes = Buffer.from(good.signature.replace(/^0x/, ''), isHex ? 'hex' : 'base64');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const signature = isHex
          ? (good.signature.startsWith('0x') ? '0x' : '') + changed.toString('hex')
          : changed.toString('base64');
        await expect(signIn.verify({ ...good, signature }, CONTEXT)).rejects.toEqual(refused);
      }),
      { numRuns: 24 },
    );
    await expect(signIn.verify(good, CONTEXT)).resolves.toBeDefined();
  });

  it.each([
    ['nothing', ''],
    ['a word', 'signature'],
    ['zeros in base64', toBase64(new Uint8Array(64))],
    ['zeros in hex', `0x${'00'.repeat(65)}`],
    ['zeros in hex without 0x', '00'.repeat(64)],
    ['spaces', '   '],
    ['a NUL', '\0'],
    ['very much', 'A'.repeat(1_000_000)],
  ])('of %s is refused', async (_what, signature) => {
    const good = await prove(wallet);
    await expect(signIn.verify({ ...good, signature }, CONTEXT)).rejects.toEqual(refused);
  });

  it('of another wallet is refused', async () => {
    const good = await prove(wallet);
    for (const other of [...WALLETS.filter((each) => each !== wallet), solanaWallet()]) {
      const proof = { ...good, ...(await other.sign(good.message)) };
      await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refused);
    }
  });

  it('of no proof at all is refused', async () => {
    for (const wrong of [undefined, null, 7, 'x', [], {}] as never[]) {
      await expect(signIn.verify(wrong, CONTEXT)).rejects.toEqual(refused);
      expect(verifyWalletMessage(`${wallet.chain}:${wallet.address}`, 'text', wrong)).toBe(false);
    }
    const proof = await wallet.sign('text');
    expect(verifyWalletMessage(`${wallet.chain}:${wallet.address}`, 'text', proof)).toBe(true);
    for (const wrong of [undefined, null, 7, {}, ''] as never[]) {
      expect(verifyWalletMessage(`${wallet.chain}:${wallet.address}`, wrong, proof)).toBe(false);
      expect(verifyWalletMessage(wrong, 'text', proof)).toBe(false);
      expect(verifyWalletMessage(`${wallet.chain}:${wallet.address}`, 'text', { ...proof, signature: wrong })).toBe(
        false,
      );
    }
  });

  it('of another type than text is refused', async () => {
    const good = await prove(wallet);
    for (const wrong of [undefined, null, 7, [], {}, true] as unknown as string[]) {
      await expect(signIn.verify({ ...good, signature: wrong }, CONTEXT)).rejects.toEqual(refused);
      await expect(signIn.verify({ ...good, message: wrong }, CONTEXT)).rejects.toEqual(refused);
      await expect(signIn.verify({ ...good, chain: wrong }, CONTEXT)).rejects.toEqual(refused);
    }
  });
});
