import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeSigner } from '../testing/fake-signer.ts';
import { fakeApproval, REQUEST } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';

const WALLET = 'eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F';

describe('ward approvers', () => {
  verifies('WM-APR-1');
  const terminals: TestTerminal[] = [];
  const signers: FakeSigner[] = [];
  afterEach(async () => {
    for (const signer of signers.splice(0)) await signer.close();
    for (const terminal of terminals.splice(0)) terminal.dispose();
  });

  async function start() {
    const terminal = new TestTerminal();
    terminals.push(terminal);
    const approval = fakeApproval({ kind: 'approvers', network: 'mainnet', address: null, reason: null });
    const signer = await FakeSigner.start(terminal.home, {
      'approvers.list': () => ({
        result: {
          approvers: [
            { keyId: 'op-1', by: 'anna', publicKey: 'AA==', account: null },
            { keyId: WALLET, by: WALLET, publicKey: null, account: WALLET },
          ],
          quorum: 2,
        },
      }),
      'approvers.propose': ({ params }) => {
        if (params.keyId === 'op-1') throw new CodedError('APPROVERS_TOO_FEW', 'none would be left');
        return { result: { approval } };
      },
    });
    signers.push(signer);
    return { terminal, signer };
  }

  it('lists keys and wallets, and how many a change takes', async () => {
    const { terminal } = await start();
    const { exit, stdout } = await terminal.run(['approvers', 'list']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/op-1 +anna/);
    expect(stdout).toMatch(new RegExp(`${WALLET} +a wallet`));
    expect(stdout).toContain('takes 2 of them');
  });

  it.each([
    ['add', WALLET],
    ['remove', WALLET],
  ] as const)('%s asks, and changes nothing itself', async (act, keyId) => {
    const { terminal, signer } = await start();
    const { exit, stdout } = await terminal.run(['approvers', act, keyId, '--reason', 'she left']);
    expect([exit, signer.last('approvers.propose')]).toEqual([3, { act, keyId, reason: 'she left' }]);
    expect(stdout).toContain(`ward approvals approve ${REQUEST}`);
  });

  it('says why the last one stays', async () => {
    const { terminal } = await start();
    const { exit, stderr } = await terminal.run(['approvers', 'remove', 'op-1']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('APPROVERS_TOO_FEW')]);
  });
});
