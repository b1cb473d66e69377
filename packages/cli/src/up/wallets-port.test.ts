import { ENDPOINTS } from '@wardmesh/api';
import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { type FakeMethod, FakeSigner } from '../testing/fake-signer.ts';
import { ALICE, fakeApproval, fakeFull, fakeWallet, HASH, REQUEST } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { SignerWallets } from './wallets-port.ts';

const LEFT = {
  autonomousRemaining: '1000000',
  dailyRemaining: '9000000',
  hourlyTransactionsRemaining: 9,
  dailyTransactionsRemaining: 99,
  destinationsRemaining: 5,
  hourlyResetAt: 1,
  dailyResetAt: 2,
};
const USED = { spentToday: '1000000', dailyVolume: '10000000', hourCount: 1, perHour: 10, dayCount: 1, perDay: 100 };
const APPROVERS = [{ keyId: 'op-1', by: 'operator', publicKey: 'AA==', account: null }];

describe('the signer behind the console', () => {
  verifies('CM-API-1');

  const terminals: TestTerminal[] = [];
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    for (const terminal of terminals.splice(0)) terminal.dispose();
  });

  async function start(methods: Readonly<Record<string, FakeMethod>>) {
    const terminal = new TestTerminal();
    terminals.push(terminal);
    const signer = await FakeSigner.start(terminal.home, methods);
    closers.push(() => signer.close());
    return { terminal, signer, port: connect(terminal) };
  }
  function connect(terminal: TestTerminal): SignerWallets {
    const port = new SignerWallets(homePaths(terminal.home).signerOperatorSocket);
    closers.push(() => port.close());
    return port;
  }

  it('shows wallets, policy, history and limits as the API agreed, and no key', async () => {
    const { port } = await start({
      'wallets.list': () => ({ result: { wallets: [fakeWallet()] } }),
      'policy.get': () => ({
        result: { policy: { amounts: {} }, id: 'p', version: '1.0.0', hash: HASH, history: [{ version: '1.0.0' }] },
      }),
      'limits.get': () => ({ result: { left: LEFT, ...USED } }),
    });
    const wallets = await port.list();
    expect(ENDPOINTS['wallets.list'].answer.parse({ available: true, wallets })).toMatchObject({
      wallets: [{ address: ALICE, protection: 'sealed under a password', backupAt: null }],
    });
    expect(JSON.stringify(wallets)).not.toContain('publicKey');
    const shown = ENDPOINTS['wallets.show'].answer.parse(await port.show('local', ALICE));
    expect(shown).toMatchObject({
      history: [{ version: '1.0.0' }],
      limits: { dailyRemaining: '9000000', perHour: 10 },
      // Nobody was asked: that is said, and not that there is nothing.
      balance: null,
    });
  });

  it('hands a proposal over in the name of who made it', async () => {
    const policy = { id: 'p', version: '1.0.0', hash: HASH };
    const { port, signer } = await start({
      'policy.propose': ({ params }) => ({
        result:
          params.mode === 'merge'
            ? { status: 'applied', previous: policy, current: policy, changes: [], appliedAt: 1 }
            : { status: 'pending_approval', previous: policy, proposed: policy, changes: [], approval: fakeApproval() },
      }),
    });
    const given = {
      network: 'local',
      address: ALICE,
      policy: '{}',
      reason: 'because of the audit',
      by: 'eip155:1:0xA',
    };
    const { answer } = ENDPOINTS['wallets.propose'];
    expect(answer.parse(await port.propose({ ...given, mode: 'merge' }))).toMatchObject({
      status: 'applied',
      approvalId: null,
    });
    expect(signer.last('policy.propose')).toMatchObject({ principal: 'eip155:1:0xA', approvalId: null });
    expect(answer.parse(await port.propose({ ...given, mode: 'replace' }))).toMatchObject({ approvalId: REQUEST });
  });

  it.each([
    ['waiting', 'pending'],
    ['ready', 'approved'],
    ['released', 'released'],
  ] as const)('shows a request that is %s as %s, with its lines and who may decide', async (status, state) => {
    const approval = fakeApproval({ status, releaseAt: 5 });
    const { port } = await start({
      'approvals.list': () => ({ result: { approvals: [fakeFull(approval)] } }),
      'approvers.list': () => ({ result: { approvers: APPROVERS, quorum: 1 } }),
    });
    const [view] = await port.approvals(true);
    expect(ENDPOINTS['approvals.show'].answer.parse({ ...view, mayDecide: false })).toMatchObject({
      source: 'signer',
      state,
      releaseAt: 5,
      explanation: approval.explanation,
    });
    expect(view?.deciders).toEqual(['op-1']);
  });

  it('says how a wish is fulfilled that no signature decides', async () => {
    const approval = fakeApproval({ kind: 'create', reason: null });
    const { port } = await start({
      'approvals.list': () => ({ result: { approvals: [fakeFull(approval)] } }),
      'approvers.list': () => ({ result: { approvers: APPROVERS, quorum: 1 } }),
    });
    const [view] = await port.approvals(true);
    expect(view?.explanation.at(-1)).toContain(`ward wallet create --request ${REQUEST}`);
  });

  it('shows nothing where a request is not the one that its hash names', async () => {
    const full = fakeFull(fakeApproval());
    const { port } = await start({
      'approvals.list': () => ({
        result: { approvals: [{ ...full, request: { ...full.request, over: `sha256:${'0'.repeat(64)}` } }] },
      }),
      'approvers.list': () => ({ result: { approvers: APPROVERS, quorum: 1 } }),
    });
    await expect(port.approvals(true)).rejects.toMatchObject({ code: 'NOT_VERIFIED' });
  });

  it('passes on what the signer refuses with', async () => {
    const { port } = await start({
      'approvals.approve': () => {
        throw new CodedError('APPROVAL_KEY_UNKNOWN', 'no approver has this key');
      },
    });
    await expect(port.approve(REQUEST, 'k', 's')).rejects.toMatchObject({ code: 'APPROVAL_KEY_UNKNOWN' });
  });

  it('says that no signer runs, and finds it again once it does', async () => {
    const methods = { 'wallets.list': () => ({ result: { wallets: [fakeWallet()] } }) };
    const { terminal, signer, port } = await start(methods);
    expect(await port.list()).toHaveLength(1);
    await signer.close();
    await expect(port.list()).rejects.toMatchObject({ code: 'SIGNER_NOT_RUNNING' });
    const again = await FakeSigner.start(terminal.home, methods);
    closers.push(() => again.close());
    expect(await port.list()).toHaveLength(1);
  });

  it('counts keys that are due for rotation, and says when the next is, for metrics', async () => {
    verifies('CM-MON-1');
    const key = {
      network: 'local',
      address: ALICE,
      keyId: 'key_1',
      role: 'regular',
      state: 'active',
      provider: null,
      signatures: 1,
      maxSignatures: 1_000,
      createdAt: 0,
      rotateBy: 5_000,
      due: true,
    };
    const status = {
      version: '0.1.0',
      startedAt: 0,
      pid: 2,
      sandbox: 'bubblewrap: no network',
      secureHeap: { total: 1_024, used: 32 },
      coreDumps: 'off',
      networks: ['local'],
      wallets: 2,
      unlocked: 1,
      pending: 3,
      keys: [{ ...key, rotateBy: 9_000, due: false }, key, { ...key, state: 'retired', rotateBy: 1, due: false }],
      providers: [],
    };
    const { port } = await start({ status: () => ({ result: status }) });
    expect(await port.facts()).toEqual({ wallets: 2, unlocked: 1, pending: 3, keysDue: 1, nextRotation: 5_000 });
  });

  it('looks again where the connection was lost, and never does a thing twice', async () => {
    let asked = 0;
    let signer: FakeSigner | undefined;
    const lose = async (): Promise<never> => {
      asked += 1;
      signer?.drop();
      return new Promise(() => {});
    };
    const made = await start({ 'approvals.deny': lose, 'wallets.list': lose });
    signer = made.signer;
    await expect(made.port.deny(REQUEST, 'k', 's', '')).rejects.toMatchObject({ code: 'SIGNER_CONNECTION_LOST' });
    expect(asked).toBe(1);
    await expect(made.port.list()).rejects.toMatchObject({ code: 'SIGNER_CONNECTION_LOST' });
    expect(asked).toBe(3);
  });
});
