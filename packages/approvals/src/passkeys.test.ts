import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { allow, callOf, setUp as setUpBase } from './fixture.ts';
import { approvalMessage } from './message.ts';
import type { ApproverKey } from './ports.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const WALLET = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:Ada';

/** Passkeys whose "assertion" is the message they answered and a count. */
function setUp() {
  const seen: string[] = [];
  let lastCount = 0;
  const scene = setUpBase({
    walletVerify: (account, text, signature) => signature === `${account} ${text}`,
    passkeyVerify: (credentialId, message, assertion, look) => {
      const { id, over, count } = JSON.parse(assertion) as { id: string; over: string; count: number };
      seen.push(look);
      if (id !== credentialId || over !== Buffer.from(message).toString()) return false;
      if (look === 'again') return true;
      const isRisen = count > lastCount;
      lastCount = Math.max(lastCount, count);
      return isRisen;
    },
  });
  const passkey: ApproverKey = { keyId: 'passkey:p1', by: WALLET, passkey: 'p1' };
  scene.keys.set(passkey.keyId, passkey);
  scene.keys.set(WALLET, { keyId: WALLET, by: WALLET, account: WALLET });
  const sign = (over: string, decision: 'approve' | 'deny' = 'approve', count = 1, id = 'p1') => ({
    keyId: 'passkey:p1',
    signature: JSON.stringify({ id, over: Buffer.from(approvalMessage(decision, over)).toString(), count }),
  });
  const signByWallet = (over: string) => ({
    keyId: WALLET,
    signature: `${WALLET} ${Buffer.from(approvalMessage('approve', over)).toString()}`,
  });
  return { ...scene, passkey, sign, signByWallet, seen };
}

describe('a passkey', () => {
  verifies('WM-APR-1');

  it('approves, and is looked at again at release', async () => {
    const { approvals, ask, sign, seen } = setUp();
    const { id, over } = await ask();
    expect((await approvals.approve(id, sign(over))).state).toBe('approved');
    expect((await approvals.claim(id, callOf(), allow)).decidedBy).toEqual([WALLET]);
    expect(seen).toEqual(['first', 'again', 'again']);
  });

  it('denies', async () => {
    const { approvals, ask, sign } = setUp();
    const { id, over } = await ask();
    expect((await approvals.deny(id, sign(over, 'deny'))).state).toBe('denied');
  });

  it('is handed in once, also where the change has to be tried again', async () => {
    const { approvals, ask, sign, store, seen } = setUp();
    const { id, over } = await ask();
    const replace = store.replace.bind(store);
    let tries = 0;
    store.replace = async (next) => (tries++ === 0 ? false : replace(next));
    expect((await approvals.approve(id, sign(over))).state).toBe('approved');
    expect(seen.filter((look) => look === 'first')).toHaveLength(1);
  });

  it.each([
    ['for another request', (sign: ReturnType<typeof setUp>['sign']) => sign(`sha256:${'00'.repeat(32)}`)],
    ['for the other decision', (sign: ReturnType<typeof setUp>['sign'], over: string) => sign(over, 'deny')],
    ['of another passkey', (sign: ReturnType<typeof setUp>['sign'], over: string) => sign(over, 'approve', 1, 'p2')],
    ['whose counter did not rise', (sign: ReturnType<typeof setUp>['sign'], over: string) => sign(over, 'approve', 0)],
    ['that is no JSON', () => ({ keyId: 'passkey:p1', signature: 'x' })],
  ])('does not count with an answer %s', async (_what, forge) => {
    const { approvals, ask, sign } = setUp();
    const { id, over } = await ask();
    await expect(approvals.approve(id, forge(sign, over))).rejects.toEqual(code('APPROVAL_SIGNATURE_NOT_GENUINE'));
  });

  it('and the wallet of one person count once', async () => {
    const { approvals, ask, sign, signByWallet, ada } = setUp();
    const { id, over } = await ask({ quorum: 2 });
    await approvals.approve(id, sign(over));
    expect((await approvals.approve(id, signByWallet(over))).signatures).toHaveLength(1);
    expect((await approvals.approve(id, ada.sign('approve', over))).state).toBe('approved');
  });

  it('that is removed no longer counts; the wallet of the same person then does', async () => {
    const { approvals, ask, sign, signByWallet, keys } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, sign(over));
    keys.delete('passkey:p1');
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_QUORUM_NOT_MET'));
    await approvals.approve(id, signByWallet(over));
    expect((await approvals.claim(id, callOf(), allow)).decidedBy).toEqual([WALLET]);
  });

  it('does not decide what its own person asked for', async () => {
    const { approvals, ask, sign } = setUp();
    const { id, over } = await ask({ call: callOf({ principal: WALLET }) });
    await expect(approvals.approve(id, sign(over))).rejects.toEqual(code('APPROVAL_SELF'));
  });

  it('counts nowhere without a verifier', async () => {
    const { approvals, ask, keys } = setUpBase();
    keys.set('passkey:p1', { keyId: 'passkey:p1', by: WALLET, passkey: 'p1' });
    const { id } = await ask();
    await expect(approvals.approve(id, { keyId: 'passkey:p1', signature: '{}' })).rejects.toEqual(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
  });
});
