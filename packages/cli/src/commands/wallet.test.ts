import { readFileSync, writeFileSync } from 'node:fs';
import { CodedError } from '@wardmesh/core';
import type { Wallet } from '@wardmesh/signer/client';
import { verifies } from '@wardmesh/testkit';
import { policyToJson, presetPolicy } from '@wardmesh/wallet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeMethod, FakeSigner } from '../testing/fake-signer.ts';
import { ALICE, BOB, fakeApproval, fakeWallet, HASH, REQUEST } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';

const LEFT = {
  autonomousRemaining: '1000000',
  dailyRemaining: '2500000',
  hourlyTransactionsRemaining: 3,
  dailyTransactionsRemaining: 4,
  destinationsRemaining: 5,
  hourlyResetAt: 1,
  dailyResetAt: 2,
};

describe('ward wallet', () => {
  let terminal: TestTerminal;
  let signer: FakeSigner;
  let methods: Record<string, FakeMethod>;
  let wallets: Wallet[];

  beforeEach(async () => {
    terminal = new TestTerminal();
    wallets = [
      fakeWallet(),
      fakeWallet({ network: 'testnet', address: BOB }),
      fakeWallet({ name: 'other', address: 'rrrrrrrrrrrrrrrrrrrrBZbvji' }),
    ];
    const answer: FakeMethod = () => ({ result: { wallet: fakeWallet() } });
    methods = {
      'wallets.list': ({ params }) => ({
        result: { wallets: wallets.filter(({ network }) => params.network === null || params.network === network) },
      }),
      'wallet.unlock': answer,
      'wallet.password': answer,
      'wallet.archive': answer,
      'wallet.revoke': answer,
      'wallet.lock': () => ({ result: {} }),
      'wallet.delete': () => ({ result: {} }),
    };
    signer = await FakeSigner.start(terminal.home, methods);
    for (const [name, text] of [
      ['pass', 'Correct Horse 1'],
      ['next', 'Battery Staple 2'],
    ])
      writeFileSync(`${terminal.folder}/${name}`, `${text}\n`, { mode: 0o600 });
  });
  afterEach(async () => {
    await signer.close();
    terminal.dispose();
  });

  const ward = (line: string, input = '') => terminal.run(line.split(' '), input);
  const code = ({ stderr }: { stderr: string }): string => JSON.parse(stderr).code;
  const local = { network: 'local', address: ALICE };

  it('is named by name or address, with the network where that is not enough', async () => {
    const listed = await ward('wallet list --network local');
    expect(listed.stdout).toMatch(new RegExp(`shop +local +${ALICE}`));
    expect(listed.stdout).not.toContain(BOB);
    expect((await ward(`wallet show ${BOB} --json`)).stdout).toContain('"testnet"');
    expect(code(await ward('wallet show shop --json'))).toBe('WALLET_AMBIGUOUS');
    expect((await ward('wallet show shop --network local')).stdout).toContain('sealed under a password');
    expect(code(await ward('wallet show nobody --json'))).toBe('WALLET_UNKNOWN');
  });

  it('says how to start a signer where none runs', async () => {
    await signer.close();
    const { exit, stderr } = await ward('wallet list --json');
    expect([exit, JSON.parse(stderr)]).toEqual([
      5,
      expect.objectContaining({ code: 'SIGNER_NOT_RUNNING', hint: expect.stringContaining('ward up') }),
    ]);
    signer = await FakeSigner.start(terminal.home, methods);
  });

  it('ends a wrong password with 3', async () => {
    methods['wallet.unlock'] = () => {
      throw new CodedError('VAULT_NOT_GENUINE', 'the password is wrong or the file was changed');
    };
    const { exit, stderr } = await ward('wallet unlock other --password-file pass');
    expect([exit, stderr]).toEqual([3, expect.stringContaining('VAULT_NOT_GENUINE')]);
  });

  it('changes a password with the old one first', async () => {
    const { exit } = await ward('wallet password other --password-file pass --new-password-file next');
    expect([exit, signer.secretsOf('wallet.password')]).toEqual([0, ['Correct Horse 1', 'Battery Staple 2']]);
  });

  it('locks one, or all', async () => {
    expect((await ward('wallet lock other')).exit).toBe(0);
    expect(signer.last('wallet.lock')).toMatchObject({ address: 'rrrrrrrrrrrrrrrrrrrrBZbvji' });
    await ward('wallet lock --all');
    expect(signer.asked.slice(-2).map(({ params }) => params)).toEqual([
      { network: 'local', address: null },
      { network: 'testnet', address: null },
    ]);
    expect((await ward('wallet lock')).exit).toBe(2);
  });

  it('revokes with one command and no password', async () => {
    verifies('CM-KMS-2');
    const { exit, stdout } = await terminal.run(['wallet', 'revoke', 'other', '--reason', 'laptop stolen', '--yes']);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('nothing signs with its keys again')]);
    expect(signer.asked.map(({ method, secrets }) => [method, secrets])).toEqual([
      ['wallets.list', []],
      ['wallet.revoke', []],
    ]);
    expect((await ward('keys revoke other --reason stolen')).exit).toBe(2);
  });

  it('deletes nothing that is in use, and nothing without a yes', async () => {
    expect((await ward('wallet delete other --password-file pass --yes')).stderr).toContain('ward wallet archive');
    wallets.splice(2, 1, fakeWallet({ name: 'other', status: 'archived', address: 'rrrrrrrrrrrrrrrrrrrrBZbvji' }));
    expect((await ward('wallet delete other --password-file pass')).exit).toBe(2);
    expect(signer.last('wallet.delete')).toBeUndefined();
    expect((await ward('wallet delete other --password-file pass --yes')).exit).toBe(0);
    expect(signer.last('wallet.delete')).toMatchObject({ withoutBackup: false });
  });

  it('tells when keys are due, and ends with 1', async () => {
    verifies('CM-KMS-2');
    const key = {
      ...local,
      keyId: 'key_1',
      role: 'regular',
      state: 'active',
      provider: null,
      signatures: 7,
      maxSignatures: 100,
    };
    const status = (due: boolean) => ({
      result: {
        version: '1',
        startedAt: 1,
        pid: 1,
        sandbox: 'bubblewrap',
        secureHeap: { total: 2, used: 1 },
        coreDumps: 'off',
        networks: ['local'],
        wallets: 1,
        unlocked: 1,
        pending: 0,
        keys: [{ ...key, createdAt: 1, rotateBy: due ? 1 : 4_000_000_000_000, due }],
        providers: [],
      },
    });
    methods.status = () => status(false);
    const fine = await ward('keys status');
    expect([fine.exit, fine.stdout]).toEqual([0, expect.stringContaining('7 of 100')]);
    methods.status = () => status(true);
    const due = await ward('keys status');
    expect([due.exit, due.stdout]).toEqual([1, expect.stringContaining('ward keys rotate ADDRESS')]);
  });

  it('opens and rotates a wallet in a token with its PIN alone, and tells where its key is kept', async () => {
    verifies('CM-KMS-1');
    writeFileSync(`${terminal.folder}/pin`, '48151623\n', { mode: 0o600 });
    const statement = 'The token is software: it protects no more than a local file.';
    wallets = [fakeWallet({ protection: { kind: 'pkcs11', atRest: 'x', inUse: 'x', statement } })];
    expect((await ward('wallet unlock shop --pin-file pin')).exit).toBe(0);
    expect(signer.secretsOf('wallet.unlock')).toEqual(['48151623']);
    methods['wallet.rotate'] = () => ({
      result: {
        status: 'rotated',
        step: 'COMPLETED',
        approval: null,
        newPublicKey: null,
        transactionHash: null,
        rotatedAt: 1,
      },
    });
    const rotated = await ward('wallet rotate shop --reason scheduled --pin-file pin');
    expect([rotated.exit, rotated.stdout]).toEqual([0, expect.stringContaining('cannot leave its provider')]);
    expect(signer.secretsOf('wallet.rotate')).toEqual(['48151623']);
    expect((await ward('wallet show shop')).stdout).toContain(statement);
  });

  it('shows what is left', async () => {
    methods['limits.get'] = () => ({
      result: { left: LEFT, spentToday: '1', dailyVolume: '3500000', hourCount: 1, perHour: 2, dayCount: 3, perDay: 4 },
    });
    const { stdout } = await ward('wallet limits other');
    for (const part of ['0.000001 XRP of 3.5 XRP', '1 of 2 transactions', 'without asking  1 XRP', '5 more today'])
      expect(stdout).toContain(part);
  });

  describe('policy', () => {
    verifies('XR-WAL-6');
    const policy = policyToJson(presetPolicy('local'));
    const set = (...more: string[]) =>
      terminal.run(['wallet', 'policy', 'other', '--set', 'new.json', '--reason', 'half the daily volume', ...more]);
    const was = { id: 'a', version: '1.0.0', hash: HASH };
    const change = { field: 'limits.perDay', operation: 'changed', previous: '2', next: '1', restricted: false };

    beforeEach(() => writeFileSync(`${terminal.folder}/new.json`, JSON.stringify(policy)));

    it('is shown as a text that can be set again', async () => {
      methods['policy.get'] = () => ({ result: { policy, ...was, history: [] } });
      const { stdout } = await ward('wallet policy other');
      expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(policy)));
    });

    it('applies what tightens', async () => {
      methods['policy.set'] = () => ({
        result: {
          status: 'applied',
          previous: was,
          current: { ...was, version: '2.0.0' },
          changes: [change],
          appliedAt: 1,
        },
      });
      const { exit, stdout } = await set();
      expect([exit, stdout]).toEqual([0, expect.stringContaining('sets limits.perDay: 2 → 1\napplied: 1.0.0 → 2.0.0')]);
      expect(signer.last('policy.set')).toMatchObject({ mode: 'replace', approvalId: null });
    });

    it('parks what loosens, ends with 3 and says how to approve it', async () => {
      methods['policy.set'] = () => ({
        result: {
          status: 'pending_approval',
          previous: was,
          proposed: was,
          changes: [change],
          approval: fakeApproval({ kind: 'policy' }),
        },
      });
      const { exit, stdout } = await set();
      expect([exit, stdout]).toEqual([3, expect.stringContaining(`ward approvals approve ${REQUEST}`)]);
    });

    it('is checked before it is sent, and needs a reason', async () => {
      writeFileSync(`${terminal.folder}/new.json`, JSON.stringify({ ...policy, unknown: 1 }));
      const { exit, stderr } = await set();
      expect([exit, stderr]).toEqual([2, expect.stringContaining('no policy for local')]);
      expect((await ward('wallet policy other --set new.json')).exit).toBe(2);
      expect(signer.last('policy.set')).toBeUndefined();
    });
  });

  describe('rotate', () => {
    const rotated = {
      step: 'COMPLETED',
      approval: null,
      newPublicKey: null,
      transactionHash: null,
      rotatedAt: null,
    };
    const rotate = (...more: string[]) =>
      terminal.run(['wallet', 'rotate', 'other', '--password-file', 'pass', '--backup-password-file', 'next', ...more]);

    it.each([
      ['rotated', 0, 'has a new regular key'],
      ['pending_approval', 3, `ward approvals approve ${REQUEST}`],
      ['waiting', 1, 'run the same command again'],
      ['rolled_back', 1, 'the old key is still the one'],
      ['failed', 1, 'the old key still signs'],
    ])('that is %s ends with %i', async (status, expected, text) => {
      const approval = status === 'pending_approval' ? fakeApproval({ kind: 'rotation' }) : null;
      methods['wallet.rotate'] = () => ({ result: { ...rotated, status, approval } });
      const { exit, stdout } = await rotate('--reason', 'scheduled');
      expect([exit, stdout]).toEqual([expected, expect.stringContaining(text)]);
      expect(signer.secretsOf('wallet.rotate')).toEqual(['Correct Horse 1', 'Battery Staple 2']);
    });

    it('takes the published reasons only, with words where they need them', async () => {
      for (const more of [
        ['--reason', 'because'],
        ['--reason', 'other'],
        ['--reason', 'incident_response'],
      ])
        expect((await rotate(...more)).exit).toBe(2);
    });
  });

  it('names no option that holds a secret', async () => {
    verifies('XR-SEED-1');
    const source = ['wallet', 'wallet-use', 'wallet-options', 'keys']
      .map((name) => readFileSync(new URL(`../definitions/${name}.ts`, import.meta.url), 'utf8'))
      .join('\n');
    const options = [...source.matchAll(/'(?:-\w, )?(--[a-z-]+) <([a-z=.]+)>/g)].map(
      ([, name, value]) => `${name} ${value}`,
    );
    const secret = options.filter((option) => /password|secret|seed|words/.test(option));
    for (const option of secret) expect(option).toMatch(/-(file|fd|keychain) (file|n|item)$|^--words n$/);
    expect(secret.length).toBeGreaterThan(7);
  });
});
