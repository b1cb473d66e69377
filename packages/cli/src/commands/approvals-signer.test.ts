import { writeFileSync } from 'node:fs';
import { approvalMessage } from '@wardmesh/approvals';
import { CodedError, fromBase64, systemRandom } from '@wardmesh/core';
import { ed25519Verify } from '@wardmesh/crypto';
import type { SignerApproval } from '@wardmesh/signer/client';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { createOperatorKey, type OperatorKeyFile, writeOperatorKey } from '../operator/key-file.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { FakeControl } from '../testing/fake-control.ts';
import { FakeSigner } from '../testing/fake-signer.ts';
import { BOB, fakeApproval, fakeFull, REQUEST } from '../testing/fake-wallet.ts';
import { TestTerminal } from '../testing/terminal.ts';

describe('requests of the signer', () => {
  verifies('WM-APR-1');
  let terminal: TestTerminal;
  let signer: FakeSigner;
  let control: FakeControl;
  let key: OperatorKeyFile;
  let asked: ReturnType<typeof fakeFull>;
  const waits = (changes: Partial<SignerApproval> = {}): void => {
    asked = fakeFull(fakeApproval(changes));
  };

  beforeEach(async () => {
    terminal = new TestTerminal();
    waits();
    await makeDirectorySecure(terminal.home);
    await makeDirectorySecure(homePaths(terminal.home).operator);
    const after = (): object => ({ ...asked, approval: { ...asked.approval, quorum: { collected: 1, required: 1 } } });
    signer = await FakeSigner.start(terminal.home, {
      'approvals.list': () => ({ result: { approvals: [asked] } }),
      'approvals.show': ({ params }) => {
        if (params.approvalId !== REQUEST) throw new CodedError('APPROVAL_NOT_FOUND', 'there is no such request');
        return { result: asked };
      },
      'approvals.approve': () => ({ result: after() }),
      'approvals.deny': () => ({ result: after() }),
      'approvals.cosign': () => ({ result: after() }),
    });
    control = await FakeControl.start(terminal.home, {
      'GET /v1/approvals?state=pending': { approvals: [] },
      'GET /v1/approvals?state=denied': { approvals: [] },
    });
    key = await createOperatorKey({ random: systemRandom }, 'me', undefined);
    await writeOperatorKey(homePaths(terminal.home).operatorKey, key);
  });
  afterEach(async () => {
    await signer.close();
    await control.close();
    terminal.dispose();
  });

  const approvals = (...argv: string[]) => terminal.run(['approvals', ...argv]);

  it('stand in one list with those of the gateway', async () => {
    const { stdout } = await approvals('list');
    expect(stdout).toMatch(new RegExp(`${REQUEST} +wallet.sign +local +pending: 0 of 1 signatures`));
    const json = JSON.parse((await approvals('list', '--json')).stdout);
    expect(json).toMatchObject([{ id: REQUEST, signer: { kind: 'sign' } }]);
    expect((await approvals('list', '--state', 'denied')).stdout).toBe('no denied calls\n');
  });

  it('are shown with what they do, why they wait, and every member that is signed', async () => {
    const { stdout } = await approvals('show', REQUEST);
    for (const part of [`pays 5,000 XRP to ${BOB}`, 'tier 3', 'signer.sign', asked.request.over, `approve ${REQUEST}`])
      expect(stdout).toContain(part);
  });

  it.each(['approve', 'deny'] as const)('are signed to %s over the hash that was shown', async (decision) => {
    const { exit } = await approvals(decision, REQUEST, ...(decision === 'approve' ? ['--yes'] : ['--reason', 'no']));
    expect(exit).toBe(0);
    const { signature, keyId } = signer.last(`approvals.${decision}`) as Record<string, string>;
    expect(keyId).toBe(key.keyId);
    const message = approvalMessage(decision, asked.request.over);
    expect(ed25519Verify(fromBase64(key.publicKey), message, fromBase64(signature!))).toBe(true);
  });

  it('are signed by nobody where they are not what their hash names', async () => {
    const { binding } = asked.request;
    for (const forged of [
      { ...asked.request, binding: { ...binding, arguments: { ...binding.arguments, blob: '1201' } } },
      { ...asked.request, id: '7b0c6b1e-0000-4000-8000-000000000002' },
      { ...asked.request, binding: { ...binding, server: 'files' } },
    ]) {
      asked = { ...asked, request: forged };
      for (const argv of [['approve', REQUEST, '--yes'], ['deny', REQUEST], ['show', REQUEST], ['list']])
        expect((await approvals(...argv)).exit).toBe(4);
    }
    expect(signer.last('approvals.approve')).toBeUndefined();
    expect(signer.last('approvals.deny')).toBeUndefined();
  });

  it('of tier 2 show their countdown, need no approval and can be vetoed', async () => {
    waits({ status: 'waiting', tier: 2, releaseAt: Date.now() + 65_000 });
    expect((await approvals('list')).stdout).toMatch(/waiting: signed in 1m \d+s unless denied/);
    expect((await approvals('show', REQUEST)).stdout).toContain(`ward approvals deny ${REQUEST}`);
    const { exit, stderr } = await approvals('approve', REQUEST, '--yes');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('nobody needs to approve this')]);
    const denied = await approvals('deny', REQUEST, '--reason', 'not ours');
    expect([denied.exit, denied.stdout]).toEqual([0, expect.stringContaining('never signed')]);
    expect(signer.last('approvals.deny')).toMatchObject({ reason: 'not ours' });
  });

  it.each([
    [{ kind: 'create' as const }, 'ward wallet create --request'],
    [{ kind: 'import' as const }, 'ward wallet import --request'],
    [{ kind: 'rotation' as const }, 'ward wallet rotate --request'],
    [{ requiredSigners: [BOB] }, 'ward approvals cosign'],
    [{ status: 'expired' as const }, 'the request is expired'],
    [{ status: 'released' as const }, 'the request is released'],
  ])('say what else decides %j', async (changes, hint) => {
    waits(changes);
    const { exit, stderr } = await approvals('approve', REQUEST, '--yes');
    expect(exit).not.toBe(0);
    expect(stderr).toContain(hint);
    expect(signer.last('approvals.approve')).toBeUndefined();
  });

  it('take the co-signature of the ledger from hex or a file', async () => {
    waits({ requiredSigners: [BOB] });
    const blob = '12000022'.repeat(5);
    expect((await approvals('cosign', REQUEST, '--blob', blob)).exit).toBe(0);
    expect(signer.last('approvals.cosign')).toEqual({ approvalId: REQUEST, blob });
    writeFileSync(`${terminal.folder}/signed.hex`, `${blob.toLowerCase()}\n`);
    expect((await approvals('cosign', REQUEST, '--blob', 'signed.hex')).exit).toBe(0);
    expect((await approvals('cosign', REQUEST, '--blob', 'nothing.hex')).exit).toBe(2);
    waits();
    expect((await approvals('cosign', REQUEST, '--blob', blob)).exit).toBe(2);
  });

  it('are found without a gateway, and calls of the gateway with a signer', async () => {
    const other = '3f0c6b1e-0000-4000-8000-000000000000';
    const { stderr } = await approvals('show', other);
    expect(stderr).toContain('ROUTE_UNKNOWN');
    expect(control.asked.at(-1)?.route).toBe(`GET /v1/approvals/${other}`);
    await control.close();
    expect((await approvals('list')).stdout).toContain(REQUEST);
    expect((await approvals('show', REQUEST)).exit).toBe(0);
    control = await FakeControl.start(terminal.home, {});
  });
});
