import { systemClock, systemRandom } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { MemorySingleUse, SignIn } from '@wardmesh/identity';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { NodeContractWallets, type NodeFetch } from './contract-wallets.ts';

const ADDRESS = '0x71C7656EC7ab88b098defB751B7401B5f6d8976F';
const OTHER = '0x52908400098527886E0F7030069857D2E4169EE7';
const HASH = `0x${'ab'.repeat(32)}`;
const SIGNATURE = `0x${'cd'.repeat(70)}`;
const YES = `0x1626ba7e${'0'.repeat(56)}`;

/** A node that answers as told; what it was asked stands in `asked`. */
function nodeOf(call: unknown, chainId: unknown = '0x1') {
  const asked: { method: string; params: unknown[] }[] = [];
  const fetch: NodeFetch = async (_url, init) => {
    const question = JSON.parse(String(init.body)) as { method: string; params: unknown[] };
    asked.push(question);
    const result = question.method === 'eth_chainId' ? chainId : call;
    return new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
  };
  return { fetch, asked };
}
const wallets = (fetch: NodeFetch, nodes = ['https://node.example/']) =>
  new NodeContractWallets([{ chain: 'eip155:1', accounts: [ADDRESS], nodes }], fetch);

describe('a wallet that is a contract', () => {
  verifies('CM-AUTH-1');

  it('is asked in the contract’s own encoding, and believed where it says yes', async () => {
    const { fetch, asked } = nodeOf(YES);
    expect(await wallets(fetch).isValidSignature('1', ADDRESS, HASH, SIGNATURE)).toBe(true);
    const call = asked.find(({ method }) => method === 'eth_call')!.params[0] as { to: string; data: string };
    expect(call.to).toBe(ADDRESS);
    const words = call.data.slice(10).match(/.{64}/g)!;
    expect(call.data.slice(0, 10)).toBe('0x1626ba7e');
    expect(words.slice(0, 3)).toEqual([HASH.slice(2), '40'.padStart(64, '0'), '46'.padStart(64, '0')]);
    expect(words.slice(3).join('')).toBe('cd'.repeat(70).padEnd(192, '0'));
  });

  it.each([
    ['says no', '0xffffffff'.padEnd(66, '0'), '0x1'],
    ['says yes in another form', '0x1626ba7e', '0x1'],
    ['says yes and more', `${YES}00`, '0x1'],
    ['is of another chain', YES, '0x89'],
    ['does not say its chain', YES, null],
    ['answers an object', { yes: true }, '0x1'],
  ])('is not believed where its node %s', async (_what, call, chain) => {
    expect(await wallets(nodeOf(call, chain).fetch).isValidSignature('1', ADDRESS, HASH, SIGNATURE)).toBe(false);
  });

  it('is asked of every node, and one that disagrees is enough', async () => {
    const fetch: NodeFetch = (url, init) => (url.includes('honest') ? nodeOf('0x') : nodeOf(YES)).fetch(url, init);
    const both = wallets(fetch, ['https://lying.example/', 'https://honest.example/']);
    expect(await both.isValidSignature('1', ADDRESS, HASH, SIGNATURE)).toBe(false);
  });

  it('is no other account and of no other chain, whatever a node says', async () => {
    const { fetch, asked } = nodeOf(YES);
    expect(await wallets(fetch).isValidSignature('1', OTHER, HASH, SIGNATURE)).toBe(false);
    expect(await wallets(fetch).isValidSignature('10', ADDRESS, HASH, SIGNATURE)).toBe(false);
    expect(asked).toEqual([]);
    expect(wallets(fetch).mayBeContract(`eip155:1:${OTHER}`)).toBe(false);
    expect(wallets(fetch).mayBeContract(`eip155:1:${ADDRESS}`)).toBe(true);
  });

  it.each<[string, NodeFetch]>([
    ['floods', async () => new Response('x'.repeat(100_000))],
    ['breaks', () => Promise.reject(new Error('refused'))],
    ['answers no JSON', async () => new Response('<html>')],
    ['fails', async () => new Response('{"result":"0x1"}', { status: 500 })],
  ])('does not sign in where a node %s', async (_what, fetch) => {
    const said = await wallets(fetch)
      .isValidSignature('1', ADDRESS, HASH, SIGNATURE)
      .catch(() => false);
    expect(said).toBe(false);
  });

  it('signs in with the whole flow, and only where it is configured', async () => {
    for (const [accounts, signsIn] of [
      [[ADDRESS], true],
      [[OTHER], false],
    ] as const) {
      const { fetch } = nodeOf(YES);
      const asked = new NodeContractWallets(
        [{ chain: 'eip155:1', accounts: [...accounts], nodes: ['https://n/'] }],
        fetch,
      );
      const signIn = new SignIn({
        key: new HmacKey(new Uint8Array(32).fill(1)),
        domains: ['localhost:7443'],
        chains: ['eip155:1'],
        nonces: new MemorySingleUse(systemClock),
        lockout: { check: () => ({ allowed: true }), fail: async () => {}, succeed: async () => {} } as never,
        contractWallets: [asked],
        mayBeContract: (account) => asked.mayBeContract(account),
        clock: systemClock,
        random: systemRandom,
        sleep: async (milliseconds) => void (await new Promise((resolve) => setTimeout(resolve, milliseconds))),
      });
      const place = { domain: 'localhost:7443', uri: 'https://localhost:7443/' };
      const { message } = signIn.challenge({ ...place, chain: 'eip155:1', address: ADDRESS });
      const proof = { chain: 'eip155:1', address: ADDRESS, message: message!, signature: SIGNATURE };
      const outcome = signIn.verify(proof, { ...place, source: 'test' });
      if (signsIn) expect(await outcome).toMatchObject({ account: `eip155:1:${ADDRESS}`, proof: 'contract' });
      else await expect(outcome).rejects.toMatchObject({ code: 'IDENTITY_SIGN_IN_REFUSED' });
    }
  });
});
