import { secp256k1 } from '@noble/curves/secp256k1.js';
import { fromHex, toHex } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { getAddress, hashMessage, recoverMessageAddress } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../clock.fixture.ts';
import { CONTRACT_FAILURE_TIME, CONTRACT_TIMEOUT, MAX_CONTRACT_QUESTIONS } from '../../limits.ts';
import { CONTEXT, setUp } from '../fixture.ts';
import { buildMessage } from '../message.ts';
import { ETHEREUM, ethereumWallet, type FakeWallet } from '../wallets.fixture.ts';
import { ethereumAddress } from './address.ts';
import type { ContractWallets } from './contract-wallet.ts';
import { ethereum, parseHex, personalHash, recoverAddress } from './ethereum.ts';

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('Ethereum addresses', () => {
  it.each([
    // EIP-55's own examples.
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0xde709f2102306220921060314715629080e2fb77',
  ])('%s has its checksum', (address) => {
    expect(ethereumAddress(address)).toBe(address);
    expect(ethereumAddress(address.toLowerCase())).toBe(address);
    expect(getAddress(address)).toBe(address);
  });

  it.each([
    '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ',
  ])('%s is none', (text) => {
    expect(ethereumAddress(text)).toBeUndefined();
  });
});

describe('an Ethereum signature', () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const text = 'hello – ✓';

  it('is read as viem reads it', async () => {
    const signature = await account.signMessage({ message: text });
    expect(`0x${toHex(personalHash(text))}`).toBe(hashMessage(text));
    const ours = recoverAddress(personalHash(text), parseHex(signature)!);
    expect(ours).toBe(account.address);
    expect(ours).toBe(await recoverMessageAddress({ message: text, signature }));
  });

  it('may carry the bare recovery bit, and no other', async () => {
    const signature = parseHex(await account.signMessage({ message: text }))!;
    const v = signature[64]!;
    const recover = (last: number) => recoverAddress(personalHash(text), signature.with(64, last));
    expect(recover(v - 27)).toBe(account.address);
    for (const other of [2, 3, 26, 29, 37, 38, 255]) expect(recover(other)).toBeUndefined();
    expect(recover(v === 27 ? 28 : 27)).not.toBe(account.address);
  });

  it('has a low S: its twin is refused, or each message would have two signatures', async () => {
    const signature = parseHex(await account.signMessage({ message: text }))!;
    const s = BigInt(`0x${toHex(signature.slice(32, 64))}`);
    const twin = signature.slice();
    twin.set(fromHex((N - s).toString(16).padStart(64, '0')), 32);
    twin[64] = signature[64] === 27 ? 28 : 27;
    // The planted fault: the twin recovers to the same key.
    const lax = secp256k1.Signature.fromBytes(twin.slice(0, 64)).addRecoveryBit(twin[64]! - 27);
    expect(lax.hasHighS()).toBe(true);
    expect(await recoverMessageAddress({ message: text, signature: `0x${toHex(twin)}` })).toBe(account.address);
    expect(recoverAddress(personalHash(text), twin)).toBeUndefined();
  });

  it('is refused with r or s of zero or the order', () => {
    const order = fromHex(N.toString(16));
    for (const part of [new Uint8Array(32), order]) {
      for (const at of [0, 32]) {
        const signature = new Uint8Array(65).fill(1).with(64, 27);
        signature.set(part, at);
        expect(recoverAddress(personalHash(text), signature)).toBeUndefined();
      }
    }
  });

  it.each(['0X00', '00', '0x0', '0xzz', `0x${'00'.repeat(64)}`, `0x${'00'.repeat(66)}`])('%s is none', (signature) => {
    expect(ethereum.verify(account.address, text, { signature })).toBe(false);
  });
});

describe('chains', () => {
  it.each(['0', '01', '-1', '1.5', '0x1', '9007199254740993', '99999999999999999', ''])('%s is none', (reference) => {
    expect(ethereum.chainLine(reference)).toBeUndefined();
  });
});

describe('a contract wallet', () => {
  verifies('CM-AUTH-1', 'XR-ERR-2');
  /** A contract that holds no key: its signature is whatever it says it is. */
  const contract: FakeWallet = {
    name: 'contract',
    chain: ETHEREUM,
    address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    sign: async () => ({ signature: '0xc0ffee' }),
  };
  /** Answers in time: what waits for the timeout waits for ever, what pads a refusal passes the time. */
  const withNodes = (contractWallets: readonly ContractWallets[]) => {
    const clock = new TestClock();
    const sleep = (time: number) => (time === CONTRACT_TIMEOUT ? new Promise<void>(() => {}) : clock.sleep(time));
    return setUp({ clock, sleep, contractWallets, mayBeContract: () => true });
  };
  const yes: ContractWallets = { isValidSignature: async () => true };
  const refused = expect.objectContaining({ details: { reason: 'signature' } });

  it('signs in where its node says so, and the sign-in says that it was a node', async () => {
    const asked: unknown[] = [];
    const node: ContractWallets = { isValidSignature: async (...args) => asked.push(args) > 0 };
    const { signIn, prove } = withNodes([node]);
    const proof = await prove(contract);
    expect(await signIn.verify(proof, CONTEXT)).toMatchObject({ proof: 'contract' });
    expect(asked).toEqual([['1', contract.address, hashMessage(proof.message), '0xc0ffee']]);
  });

  it('is no contract unless it may be one: a lying node does not speak for a key', async () => {
    const victim = ethereumWallet();
    const account = `${victim.chain}:${victim.address}`;
    for (const mayBeContract of [undefined, (id: string) => id !== account]) {
      const clock = new TestClock();
      const { signIn, prove } = setUp({
        clock,
        contractWallets: [yes],
        ...(mayBeContract && { mayBeContract }),
      });
      const proof = { ...(await prove(victim)), ...(await ethereumWallet().sign('anything')) };
      await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refused);
      // As long as for an account that may be one: the time does not tell which.
      expect(clock.monotonic()).toBe(CONTRACT_FAILURE_TIME);
    }
  });

  it('has one spelling: an address filled in without its checksum would be another account', async () => {
    const { signIn } = withNodes([yes]);
    const { input } = signIn.challenge({ ...CONTEXT, chain: ETHEREUM });
    const signInAs = (address: string) =>
      signIn.verify(
        { chain: ETHEREUM, message: buildMessage('Ethereum', { ...input, address }), signature: '0x' },
        CONTEXT,
      );
    await expect(signInAs(contract.address.toLowerCase())).rejects.toMatchObject({
      details: { reason: 'address mismatch' },
    });
    await expect(signInAs(contract.address)).resolves.toMatchObject({ account: `${ETHEREUM}:${contract.address}` });
  });

  it('is not asked where the key itself signed', async () => {
    const node: ContractWallets = { isValidSignature: () => Promise.reject(new Error('asked')) };
    const { signIn, prove } = withNodes([node]);
    expect(await signIn.verify(await prove(ethereumWallet()), CONTEXT)).toMatchObject({ proof: 'key' });
  });

  it('works once, too', async () => {
    const { signIn, prove } = withNodes([yes]);
    const proof = await prove(contract);
    await signIn.verify(proof, CONTEXT);
    await expect(signIn.verify(proof, CONTEXT)).rejects.toMatchObject({ details: { reason: 'replayed' } });
  });

  it.each<[string, readonly ContractWallets[]]>([
    ['no node is configured', []],
    ['it says no', [{ isValidSignature: async () => false }]],
    ['it says something like yes', [{ isValidSignature: async () => 'true' as unknown as boolean }]],
    ['it says 1', [{ isValidSignature: async () => 1 as unknown as boolean }]],
    ['it answers with the magic value itself', [{ isValidSignature: async () => '0x1626ba7e' as unknown as boolean }]],
    ['it fails', [{ isValidSignature: () => Promise.reject(new Error('reverted')) }]],
    [
      'it throws at once',
      [
        {
          isValidSignature: () => {
            throw new Error('at once');
          },
        },
      ],
    ],
    ['one of two nodes lies', [yes, { isValidSignature: async () => false }]],
    ['one of two nodes fails', [yes, { isValidSignature: () => Promise.reject(new Error('down')) }]],
  ])('is refused where %s', async (_what, contractWallets) => {
    const { signIn, prove, clock } = withNodes(contractWallets);
    const proof = await prove(contract);
    await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refused);
    if (contractWallets.length > 0) expect(clock.monotonic()).toBe(CONTRACT_FAILURE_TIME);
  });

  it('is refused where it hangs, after the same time as any refusal', async () => {
    const clock = new TestClock();
    const scene = setUp({
      clock,
      sleep: clock.sleepUntilPassed,
      contractWallets: [{ isValidSignature: () => new Promise(() => {}) }],
      mayBeContract: () => true,
    });
    const challenge = await scene.prove(contract);
    let ended: number | undefined;
    const verdict = expect(scene.signIn.verify(challenge, CONTEXT)).rejects.toBeDefined();
    void verdict.then(() => {
      ended = clock.monotonic();
    });
    for (let passed = 0; passed < CONTRACT_FAILURE_TIME + 500; passed += 100) {
      await new Promise(setImmediate);
      clock.pass(100);
    }
    await verdict;
    expect(ended).toBe(CONTRACT_FAILURE_TIME);
  });

  it('is refused, not queued, where many hang already', async () => {
    const clock = new TestClock();
    let asked = 0;
    const node: ContractWallets = { isValidSignature: () => new Promise(() => void asked++) };
    const { signIn, prove } = setUp({
      clock,
      sleep: clock.sleepUntilPassed,
      contractWallets: [node],
      mayBeContract: () => true,
    });
    const proofs = await Promise.all(Array.from({ length: MAX_CONTRACT_QUESTIONS + 5 }, () => prove(contract)));
    const ends = Promise.allSettled(proofs.map((proof) => signIn.verify(proof, CONTEXT)));
    for (let passed = 0; passed <= CONTRACT_FAILURE_TIME; passed += 250) {
      await new Promise(setImmediate);
      clock.pass(250);
    }
    expect((await ends).every(({ status }) => status === 'rejected')).toBe(true);
    expect(asked).toBe(MAX_CONTRACT_QUESTIONS);
    // The places are free again.
    const again = expect(signIn.verify(await prove(contract), CONTEXT)).rejects.toBeDefined();
    await new Promise(setImmediate);
    expect(asked).toBe(MAX_CONTRACT_QUESTIONS + 1);
    for (let passed = 0; passed <= CONTRACT_FAILURE_TIME; passed += 250) {
      clock.pass(250);
      await new Promise(setImmediate);
    }
    await again;
  });

  it('cannot sign in on other chains than Ethereum’s', async () => {
    const { signIn, prove } = withNodes([yes]);
    const solana = { ...contract, chain: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', address: '1'.repeat(32) };
    const proof = await prove(solana);
    await expect(signIn.verify(proof, CONTEXT)).rejects.toEqual(refused);
  });
});
