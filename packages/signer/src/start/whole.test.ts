import { TestLedger, testWallet } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { BACKUP_PASSWORD, connectTo, fund, ledgerHandlers, PASSWORD, secret, temporaryHome } from '../fixture.ts';
import { makeApprovers, pay } from './life.fixture.ts';
import { startTestSigner } from './process.fixture.ts';

describe('the whole life of a wallet, in the real process', () => {
  verifies('XR-WAL-5', 'CM-KMS-2');

  test('made, funded, paid from, secured, rotated by two people’s word, and paid from at each step', {
    timeout: 90_000,
  }, async () => {
    const home = await temporaryHome();
    const people = makeApprovers(home);
    const { signer } = await startTestSigner({ home });
    const ledger = new TestLedger();
    const shop = testWallet('shop').address;
    const operator = await connectTo(signer.operatorSocket, { ledger: ledgerHandlers(ledger) });
    const agent = await connectTo(signer.agentSocket);
    const { wallet } = (
      await operator.request(
        'wallet.create',
        {
          network: 'local',
          name: 'till',
          algorithm: null,
          policy: null,
          kind: 'agent',
          purpose: null,
          approvalId: null,
        },
        [secret(PASSWORD)],
      )
    ).result;
    const ref = { network: 'local', address: wallet.address } as const;
    fund(ledger, wallet.address);
    fund(ledger, shop);
    await expect(pay(agent, ledger, wallet.address)).rejects.toMatchObject({ code: 'WALLET_LOCKED' });
    await operator.request('wallet.unlock', ref, [secret(PASSWORD)]);
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');

    const [backup] = (await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]))
      .attachments;
    await operator.request('wallet.secure', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD), backup!]);
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');

    const why = {
      ...ref,
      reason: 'scheduled',
      description: null,
      createBackup: true,
      force: false,
      approvalId: null,
    } as const;
    const secrets = () => [secret(PASSWORD), secret(BACKUP_PASSWORD)];
    const waiting = (await operator.request('wallet.rotate', why, secrets())).result;
    expect(waiting).toMatchObject({ status: 'pending_approval', approval: { kind: 'rotation', tier: 3 } });
    const { approvalId, quorum } = waiting.approval!;
    const { request } = (await operator.request('approvals.show', { approvalId })).result;
    for (const person of people.slice(0, quorum.required)) {
      await operator.request('approvals.approve', { approvalId, ...person.sign(String(request.over)) });
    }
    const rotated = (await operator.request('wallet.rotate', why, secrets())).result;
    expect(rotated).toMatchObject({ status: 'rotated', newPublicKey: expect.any(String) });
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');

    const { keys } = (await operator.request('status', {})).result;
    expect(keys).toEqual([expect.objectContaining({ role: 'regular', state: 'active', signatures: 1, due: false })]);
  });
});
