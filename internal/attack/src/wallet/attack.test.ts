import { TestLedger } from '@wardmesh/local-ledger';
import { describe, expect, test } from 'vitest';
import type { Agent } from './agent.ts';
import { judgeSigning, leaked, THIEF, trySign, type World } from './attack.ts';
import { naiveWallet } from './naive-wallet.ts';

const SECRET = 'canary seed: never told';
const KEY = '0B6CBAC838DFE7F47EA1BD0DF00EC282FDF45510C92161072CCFB84035390C4D';
const answer = (value: object, code = 'ok') => ({ code, value: value as Record<string, unknown>, text: '' });

describe('what counts as got through', () => {
  test.each([
    ['as it is', SECRET],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in capital hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in Base64', Buffer.from(SECRET).toString('base64')],
    ['in the Base64 of URLs', Buffer.from(SECRET).toString('base64url')],
    ['a key in small hex', KEY.toLowerCase()],
    ['a key in Base64', Buffer.from(KEY, 'hex').toString('base64')],
  ])('is a secret, %s', (_name, text) => {
    expect(leaked([`{"error":"x${text}y"}`], [SECRET, KEY])).toBeDefined();
    expect(leaked([`{"error":"x${text.slice(1, -4)}y"}`], [SECRET, KEY])).toBeUndefined();
  });

  test('is a signature, however it is wrapped, and nothing that waits or is refused', () => {
    expect(judgeSigning(answer({ status: 'approved', signed_tx: '12' }))).toEqual({
      through: true,
      observed: 'signed',
    });
    expect(judgeSigning(answer({ status: 'pending_approval', signed_tx: '12' })).through).toBe(true);
    expect(judgeSigning(answer({ status: 'pending_approval', policy_tier: 3 })).observed).toBe('waits for people');
    expect(judgeSigning(answer({ status: 'pending_approval', policy_tier: 2 })).observed).toBe('waits for a veto');
    const refused = { status: 'rejected', policy_tier: 4, policy_violation: { rule: 'FEE_TOO_HIGH' } };
    expect(judgeSigning(answer(refused))).toEqual({ through: false, observed: 'FEE_TOO_HIGH' });
    expect(judgeSigning(answer({}, 'WALLET_LOCKED'))).toEqual({ through: false, observed: 'WALLET_LOCKED' });
  });
});

describe('the control', () => {
  const seed = 'snoPBrXtMeMyMHUVTgbuqAfg1SUTb';
  const naive: Agent = naiveWallet(new TestLedger({ networkId: 31_337 }), seed);
  const world = { agent: naive, wallet: THIEF, secrets: [seed] } as unknown as World;

  test('signs what it is handed and tells what it knows', async () => {
    const fields = { TransactionType: 'Payment', Destination: THIEF, Amount: '1' };
    expect(await trySign(world, fields)).toEqual({ through: true, observed: 'signed' });
    await naive.call('wallet_nothing', {});
    expect(leaked(naive.heard, [seed])).toBe(seed);
  });
});
