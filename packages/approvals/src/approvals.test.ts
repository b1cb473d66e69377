import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { Approver, allow, callOf, setUp } from './fixture.ts';
import type { ApprovalBinding } from './request.ts';

const code = (name: string) => expect.objectContaining({ code: name });

describe('an approval', () => {
  verifies('WM-APR-1');

  it('releases the call that was approved', async () => {
    const { approvals, ask, ada } = setUp();
    const request = await ask();
    expect(request).toMatchObject({ state: 'pending', quorum: 1, reason: ['writes need approval'] });
    const approved = await approvals.approve(request.id, ada.sign('approve', request.over));
    expect(approved.state).toBe('approved');
    const released = await approvals.claim(request.id, callOf(), allow);
    expect(released).toMatchObject({ state: 'released', decidedBy: ['ada'], over: request.over });
    expect(await approvals.show(request.id)).toEqual(released);
  });

  it('works once', async () => {
    const { approvals, ask, ada } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    const claims = await Promise.allSettled([1, 2, 3, 4].map(() => approvals.claim(id, callOf(), allow)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_REPLAYED'));
  });

  it.each<[string, Partial<ApprovalBinding>]>([
    ['server', { server: 'filez' }],
    ['tool', { tool: 'write_files' }],
    ['pin', { pin: `sha256:${'ac'.repeat(32)}` }],
    ['argument', { arguments: { path: 'notes.txt', content: 'hellp' } }],
    ['added argument', { arguments: { path: 'notes.txt', content: 'hello', mode: 0 } }],
    ['argument type', { arguments: { path: 'notes.txt', content: ['hello'] } }],
    ['arguments hash', { argumentsHash: `sha256:${'00'.repeat(32)}` }],
    ['principal', { principal: 'agent-2' }],
    ['policy version', { policyVersion: '8' }],
    ['nonce', { nonce: 'another' }],
    ['expiry', { expiry: 1 }],
  ])('is void where the %s differs', async (_what, changes) => {
    const { approvals, ask, ada } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    await expect(approvals.claim(id, { ...callOf(), ...changes }, allow)).rejects.toEqual(
      code('APPROVAL_BINDING_CHANGED'),
    );
    // The control: nothing else stood in the way.
    expect((await approvals.claim(id, callOf(), allow)).state).toBe('released');
  });

  it('expires, at the very millisecond', async () => {
    const { approvals, ask, ada, clock } = setUp();
    const { id, over } = await ask({ lifetime: 60_000 });
    await approvals.approve(id, ada.sign('approve', over));
    clock.pass(60_000);
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_EXPIRED'));
    clock.pass(-30_000);
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_EXPIRED'));
  });

  it('expires while the policy is being asked', async () => {
    const { approvals, ask, ada, clock } = setUp();
    const { id, over } = await ask({ lifetime: 60_000 });
    await approvals.approve(id, ada.sign('approve', over));
    const slow = () => {
      clock.pass(60_000);
      return 'allow' as const;
    };
    await expect(approvals.claim(id, callOf(), slow)).rejects.toEqual(code('APPROVAL_EXPIRED'));
  });

  it('does not live longer where the clock is set back', async () => {
    const { approvals, ask, ada, clock } = setUp();
    const { id, over } = await ask({ lifetime: 60_000 });
    await approvals.approve(id, ada.sign('approve', over));
    clock.wall -= 30_000;
    clock.elapsed += 60_000;
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_EXPIRED'));
    const other = setUp();
    const second = await other.ask();
    other.clock.wall -= 3_600_000;
    await expect(other.approvals.claim(second.id, callOf(), allow)).rejects.toEqual(code('APPROVAL_EXPIRED'));
  });

  it.each([
    ['denies', () => 'deny' as const],
    [
      'cannot be asked',
      () => {
        throw new Error('no engine');
      },
    ],
    ['answers something else', () => 'yes' as 'allow'],
  ])('is not released where the policy now %s', async (_what, reevaluate) => {
    verifies('XR-FAIL-1');
    const { approvals, ask, ada } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    await expect(approvals.claim(id, callOf(), reevaluate)).rejects.toEqual(code('APPROVAL_POLICY_DENIES'));
  });

  it('a denial is final, also after an approval', async () => {
    const { approvals, ask, ada, bob } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    const denied = await approvals.deny(id, bob.sign('deny', over), 'not\u202e now');
    expect(denied).toMatchObject({ state: 'denied', decidedBy: ['bob'], denyReason: 'not now' });
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_DENIED'));
    await expect(approvals.approve(id, ada.sign('approve', over))).rejects.toEqual(code('APPROVAL_DENIED'));
  });

  it('cannot be changed through the objects it was asked with', async () => {
    const { approvals, ask, ada } = setUp();
    const args = { path: 'notes.txt', content: 'hello' };
    const { id, over } = await ask({ call: callOf({ arguments: args }) });
    args.content = 'evil';
    await approvals.approve(id, ada.sign('approve', over));
    expect((await approvals.show(id)).binding.arguments).toEqual({ path: 'notes.txt', content: 'hello' });
    await expect(approvals.claim(id, callOf({ arguments: args }), allow)).rejects.toEqual(
      code('APPROVAL_BINDING_CHANGED'),
    );
  });
});

describe('signers', () => {
  verifies('WM-APR-1');

  it('a quorum needs distinct signers', async () => {
    const { approvals, ask, ada, bob } = setUp();
    const { id, over } = await ask({ quorum: 2 });
    await approvals.approve(id, ada.sign('approve', over));
    const twice = await approvals.approve(id, ada.sign('approve', over));
    expect(twice).toMatchObject({ state: 'pending', signatures: [{ by: 'ada' }] });
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_QUORUM_NOT_MET'));
    expect((await approvals.approve(id, bob.sign('approve', over))).state).toBe('approved');
    expect((await approvals.claim(id, callOf(), allow)).decidedBy).toEqual(['ada', 'bob']);
  });

  it('one person with two keys counts once', async () => {
    const { approvals, ask, ada, keys } = setUp();
    const second = new Approver('ada', 'key-ada-2');
    keys.set(second.key.keyId, second.key);
    const { id, over } = await ask({ quorum: 2 });
    await approvals.approve(id, ada.sign('approve', over));
    expect((await approvals.approve(id, second.sign('approve', over))).state).toBe('pending');
  });

  it('one key under two names counts once', async () => {
    const { approvals, ask, ada, keys } = setUp();
    keys.set('alias', { ...ada.key, keyId: 'alias', by: 'somebody else' });
    const { id, over } = await ask({ quorum: 2 });
    const signed = ada.sign('approve', over);
    await approvals.approve(id, signed);
    expect((await approvals.approve(id, { ...signed, keyId: 'alias' })).state).toBe('pending');
  });

  it('a key revoked between approval and release no longer counts', async () => {
    const { approvals, ask, ada, keys } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    keys.set(ada.key.keyId, { ...ada.key, revoked: true });
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_QUORUM_NOT_MET'));
    await expect(approvals.approve(id, ada.sign('approve', over))).rejects.toEqual(code('APPROVAL_KEY_REVOKED'));
  });

  it('a signature in the store that does not verify does not count', async () => {
    const { approvals, ask, ada, bob, store } = setUp();
    const { id, over } = await ask();
    const approved = await approvals.approve(id, ada.sign('approve', over));
    const forged = { ...approved.signatures[0]!, signature: bob.sign('approve', over).signature };
    await store.replace({ ...approved, revision: approved.revision + 1, signatures: [forged] });
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_QUORUM_NOT_MET'));
  });

  it('the principal that asks can never approve', async () => {
    const { approvals, ask, keys } = setUp();
    const agent = new Approver('agent-1');
    keys.set(agent.key.keyId, agent.key);
    const { id, over } = await ask();
    await expect(approvals.approve(id, agent.sign('approve', over))).rejects.toEqual(code('APPROVAL_SELF'));
  });

  it('only named approvers count where the request names some', async () => {
    const { approvals, ask, ada, bob } = setUp();
    const { id, over } = await ask({ eligible: ['bob'] });
    await expect(approvals.approve(id, ada.sign('approve', over))).rejects.toEqual(code('APPROVAL_NOT_ELIGIBLE'));
    await expect(approvals.deny(id, ada.sign('deny', over))).rejects.toEqual(code('APPROVAL_NOT_ELIGIBLE'));
    expect((await approvals.approve(id, bob.sign('approve', over))).state).toBe('approved');
  });

  it('a signature means one decision on one request', async () => {
    const { approvals, ask, ada } = setUp();
    const first = await ask();
    const second = await ask();
    const notGenuine = code('APPROVAL_SIGNATURE_NOT_GENUINE');
    await expect(approvals.approve(first.id, ada.sign('deny', first.over))).rejects.toEqual(notGenuine);
    await expect(approvals.deny(first.id, ada.sign('approve', first.over))).rejects.toEqual(notGenuine);
    await expect(approvals.approve(first.id, ada.sign('approve', second.over))).rejects.toEqual(notGenuine);
  });

  it.each(['', 'AAAA', '!', 'A'.repeat(88), `${'A'.repeat(85)}B==`])('refuses the signature %j', async (signature) => {
    const { approvals, ask, ada } = setUp();
    const { id } = await ask();
    await expect(approvals.approve(id, { keyId: ada.key.keyId, signature })).rejects.toEqual(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
  });

  it('may be wallets: their own way of signing decides, and one account counts once', async () => {
    const asked: string[] = [];
    const { approvals, ask, keys, ada } = setUp({
      walletVerify: (account, text, signature) => {
        asked.push(text);
        return signature === `signed by ${account}`;
      },
    });
    const account = 'eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F';
    keys.set('wallet', { keyId: 'wallet', by: 'wanda', account });
    keys.set('again', { keyId: 'again', by: 'somebody else', account });
    const { id, over } = await ask({ quorum: 2 });
    await expect(approvals.approve(id, { keyId: 'wallet', signature: 'AAAA' })).rejects.toEqual(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
    const signature = `signed by ${account}`;
    await approvals.approve(id, { keyId: 'wallet', signature });
    expect(asked.at(-1)).toBe(`wardmesh approval v1\napprove\n${over}`);
    expect((await approvals.approve(id, { keyId: 'again', signature })).state).toBe('pending');
    expect((await approvals.approve(id, ada.sign('approve', over))).state).toBe('approved');
  });

  it('that are one wallet on two chains count once, and never for what that wallet asks itself', async () => {
    const { approvals, ask, keys } = setUp({ walletVerify: () => true });
    const chains = ['eip155:1:0xAbC1', 'eip155:137:0xabc1'];
    for (const account of chains) keys.set(account, { keyId: account, by: account, account });
    const { id } = await ask({ quorum: 2 });
    for (const keyId of chains) await approvals.approve(id, { keyId, signature: 'genuine' });
    expect((await approvals.show(id)).state).toBe('pending');
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_QUORUM_NOT_MET'));

    const own = await ask({ call: callOf({ principal: 'eip155:10:0xABC1' }) });
    for (const keyId of chains) {
      await expect(approvals.approve(own.id, { keyId, signature: 'genuine' })).rejects.toEqual(code('APPROVAL_SELF'));
    }
    // The control: another wallet's signature meets both.
    keys.set('other', { keyId: 'other', by: 'eip155:1:0xdef2', account: 'eip155:1:0xdef2' });
    expect((await approvals.approve(id, { keyId: 'other', signature: 'genuine' })).state).toBe('approved');
    expect((await approvals.approve(own.id, { keyId: 'other', signature: 'genuine' })).state).toBe('approved');
  });

  it('that are a wallet and a listed key with one public key count once', async () => {
    const { approvals, ask, keys, ada } = setUp({ walletVerify: () => true });
    keys.set('wallet', { keyId: 'wallet', by: 'wanda', account: 'solana:x:y', publicKey: ada.key.publicKey! });
    const { id, over } = await ask({ quorum: 2 });
    await approvals.approve(id, ada.sign('approve', over));
    expect((await approvals.approve(id, { keyId: 'wallet', signature: 'genuine' })).state).toBe('pending');
  });

  it('that are wallets do not count where nobody can verify them', async () => {
    const { approvals, ask, keys } = setUp();
    keys.set('wallet', { keyId: 'wallet', by: 'wanda', account: 'eip155:1:0x1' });
    const { id } = await ask();
    await expect(approvals.approve(id, { keyId: 'wallet', signature: 'x' })).rejects.toEqual(
      code('APPROVAL_SIGNATURE_NOT_GENUINE'),
    );
  });

  it('an unknown key is refused', async () => {
    const { approvals, ask } = setUp();
    const { id, over } = await ask();
    await expect(approvals.approve(id, new Approver('eve').sign('approve', over))).rejects.toEqual(
      code('APPROVAL_KEY_UNKNOWN'),
    );
  });
});

describe('requests', () => {
  it('are bounded per principal, also when asked at once', async () => {
    const { ask, approvals, ada, clock } = setUp({ maxPending: 3 });
    const asked = await Promise.allSettled(Array.from({ length: 6 }, () => ask()));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    await expect(ask()).rejects.toEqual(code('APPROVAL_TOO_MANY'));
    await expect(ask({ call: callOf({ principal: 'agent-2' }) })).resolves.toBeDefined();
    const [first] = await approvals.list({ principal: 'agent-1' });
    await approvals.deny(first!.id, ada.sign('deny', first!.over));
    await expect(ask()).resolves.toBeDefined();
    clock.pass(900_000);
    await expect(ask()).resolves.toBeDefined();
  });

  it.each([
    ['no quorum', { quorum: 0 }],
    ['a huge quorum', { quorum: 17 }],
    ['no life', { lifetime: 0 }],
    ['a long life', { lifetime: 8 * 86_400_000 }],
    ['too few approvers', { quorum: 2, eligible: ['ada', 'ada'] }],
    ['itself as approver', { eligible: ['agent-1'] }],
    ['a malformed pin', { call: callOf({ pin: 'latest' }) }],
    ['arguments without a canonical form', { call: { ...callOf(), arguments: { n: Number.NaN } } }],
    ['huge arguments', { call: callOf({ arguments: { a: 'x'.repeat(1_100_000) } }) }],
  ])('with %s are refused', async (_what, changes) => {
    await expect(setUp().ask(changes)).rejects.toEqual(code('APPROVAL_INVALID'));
  });

  it('are listed newest first, those past their time as expired', async () => {
    const { ask, approvals, clock } = setUp();
    const old = await ask({ lifetime: 1_000 });
    clock.pass(2_000);
    const young = await ask();
    expect((await approvals.list()).map(({ id, state }) => [id, state])).toEqual([
      [young.id, 'pending'],
      [old.id, 'expired'],
    ]);
    expect(await approvals.list({ state: 'pending' })).toHaveLength(1);
    expect(await approvals.expire()).toBe(1);
    expect(await approvals.expire()).toBe(0);
  });

  it('that contradict themselves in the store release nothing', async () => {
    const { ask, approvals, ada, store } = setUp();
    const request = await ask();
    const approved = await approvals.approve(request.id, ada.sign('approve', request.over));
    const binding = { ...approved.binding, tool: 'delete_all' };
    await store.replace({ ...approved, revision: approved.revision + 1, binding });
    await expect(approvals.claim(request.id, callOf({ tool: 'delete_all' }), allow)).rejects.toEqual(
      code('APPROVAL_NOT_GENUINE'),
    );
  });

  it('that nobody knows release nothing', async () => {
    await expect(setUp().approvals.claim('x', callOf(), allow)).rejects.toEqual(code('APPROVAL_UNKNOWN'));
  });
});

describe('failing ports', () => {
  verifies('XR-FAIL-1');

  it('a store that fails at any step releases nothing', async () => {
    for (const broken of ['get', 'list', 'insert', 'replace'] as const) {
      const { ask, approvals, ada, store } = setUp();
      const { id, over } = await ask();
      await approvals.approve(id, ada.sign('approve', over));
      Object.assign(store, { [broken]: () => Promise.reject(new Error('disk full')) });
      const outcome = broken === 'insert' || broken === 'list' ? ask() : approvals.claim(id, callOf(), allow);
      await expect(outcome).rejects.toEqual(code('APPROVAL_STORE_FAILED'));
    }
  });

  it('a key directory that fails releases nothing', async () => {
    const { ask, approvals, ada, keys } = setUp();
    const { id, over } = await ask();
    await approvals.approve(id, ada.sign('approve', over));
    keys.get = () => {
      throw new Error('unreadable');
    };
    await expect(approvals.claim(id, callOf(), allow)).rejects.toEqual(code('APPROVAL_STORE_FAILED'));
  });
});

describe('waiting', () => {
  it('ends with the decision', async () => {
    const { ask, approvals, ada } = setUp({ pollInterval: 60_000 });
    const { id, over } = await ask();
    const waiting = approvals.waitFor(id);
    await approvals.approve(id, ada.sign('approve', over));
    expect((await waiting).state).toBe('approved');
  });

  it('sees what another process decided', async () => {
    const { ask, approvals, store } = setUp();
    const request = await ask();
    const waiting = approvals.waitFor(request.id);
    await store.replace({ ...request, revision: 2, state: 'denied' });
    expect((await waiting).state).toBe('denied');
  });

  it('ends when the request expires', async () => {
    const { ask, approvals, clock } = setUp();
    const { id } = await ask({ lifetime: 1_000 });
    const waiting = approvals.waitFor(id);
    clock.pass(1_000);
    expect((await waiting).state).toBe('expired');
  });

  it('ends when the client leaves', async () => {
    const { ask, approvals } = setUp();
    const { id } = await ask();
    const controller = new AbortController();
    const waiting = expect(approvals.waitFor(id, controller.signal)).rejects.toEqual(code('APPROVAL_WAIT_ENDED'));
    await new Promise((resolve) => setTimeout(resolve));
    controller.abort();
    await waiting;
  });
});
