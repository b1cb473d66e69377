import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CREDENTIALS, KmsEmulator } from '@wardmesh/key-providers/testing/kms-emulator';
import { TestLedger, testWallet } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  BACKUP_PASSWORD,
  Consent,
  connectTo,
  fund,
  ledgerHandlers,
  openTestSigner,
  PASSWORD,
  secret,
  temporaryHome,
} from '../fixture.ts';
import { openAuthority } from '../serve/open-authority.ts';
import { makeApprovers, pay } from '../start/life.fixture.ts';

const wish = {
  ...({ network: 'local', name: 'till', algorithm: null, policy: null, kind: 'agent', purpose: null } as const),
  ...{ approvalId: null, provider: 'cloud' },
} as const;
const why = { reason: 'scheduled', description: null, createBackup: true, force: false, approvalId: null } as const;

/** A signer with a key service behind it, and a wallet there whose regular key is on the ledger. */
async function secured() {
  const emulator = await KmsEmulator.start();
  onTestFinished(() => emulator.stop());
  const home = await temporaryHome();
  const people = makeApprovers(home);
  const credentialsFile = join(home, 'aws.json');
  writeFileSync(credentialsFile, JSON.stringify(CREDENTIALS), { mode: 0o600 });
  const { endpoint } = emulator;
  const providers = new Map([
    ['cloud', { kind: 'aws-kms', region: 'eu-central-1', endpoint, credentialsFile } as const],
  ]);
  const open = () => openTestSigner(home, new Consent(), { providers, authority: openAuthority, signDeadline: 2_000 });
  const signer = await open();
  const ledger = new TestLedger();
  const operator = await connectTo(signer.operatorSocket, { ledger: ledgerHandlers(ledger) });
  const agent = await connectTo(signer.agentSocket);
  const { wallet } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result;
  const ref = { network: 'local', address: wallet.address } as const;
  fund(ledger, wallet.address);
  fund(ledger, testWallet('shop').address);
  const { attachments } = await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]);
  const secrets = [secret(PASSWORD), secret(BACKUP_PASSWORD), attachments[0]!];
  const done = (await operator.request('wallet.secure', ref, secrets)).result;
  return { emulator, people, signer, ledger, operator, agent, ref, wallet: done.wallet };
}

describe('a wallet whose regular key is in a key service', () => {
  verifies('CM-KMS-1', 'CM-KMS-2');

  test('signs there and nowhere else, is rotated, and is revoked there too', { timeout: 60_000 }, async () => {
    const { emulator, people, ledger, operator, agent, ref, wallet } = await secured();
    expect(wallet.protection).toMatchObject({ kind: 'aws-kms', inUse: 'remote-service' });
    expect(wallet.keys.map(({ role, state, algorithm }) => [role, state, algorithm])).toEqual([
      ['regular', 'active', 'secp256k1'],
    ]);
    // No secret opens it: what signs is there.
    await expect(operator.request('wallet.unlock', ref, [secret(PASSWORD)])).rejects.toMatchObject({
      code: 'SIGNER_BAD_PARAMS',
    });
    await operator.request('wallet.unlock', ref);
    const before = emulator.actions.filter((action) => action === 'Sign').length;
    expect(await pay(agent, ledger, ref.address)).toBe('tesSUCCESS');
    expect(emulator.actions.filter((action) => action === 'Sign')).toHaveLength(before + 1);

    const waiting = (await operator.request('wallet.rotate', { ...ref, ...why })).result;
    const { approvalId, quorum } = waiting.approval!;
    const { request } = (await operator.request('approvals.show', { approvalId })).result;
    for (const person of people.slice(0, quorum.required)) {
      await operator.request('approvals.approve', { approvalId, ...person.sign(String(request.over)) });
    }
    expect((await operator.request('wallet.rotate', { ...ref, ...why })).result.status).toBe('rotated');
    expect(emulator.actions).toContain('ScheduleKeyDeletion');
    expect(await pay(agent, ledger, ref.address)).toBe('tesSUCCESS');

    const disabled = emulator.actions.filter((action) => action === 'DisableKey').length;
    await operator.request('wallet.revoke', { ...ref, reason: 'credentials leaked' });
    expect(emulator.actions.filter((action) => action === 'DisableKey').length).toBeGreaterThan(disabled);
    await expect(pay(agent, ledger, ref.address)).rejects.toMatchObject({ code: expect.stringMatching(/^WALLET_/) });
  });

  test('is revoked here although the service cannot be told, which is said', { timeout: 60_000 }, async () => {
    const { emulator, ledger, operator, agent, ref } = await secured();
    await operator.request('wallet.unlock', ref);
    for (let i = 0; i < 3; i++) emulator.faults.push({ action: 'DisableKey', error: 'AccessDeniedException' });
    const revoke = () => operator.request('wallet.revoke', { ...ref, reason: 'credentials leaked' });
    await expect(revoke()).rejects.toMatchObject({ code: 'WALLET_REVOKED' });
    await expect(pay(agent, ledger, ref.address)).rejects.toMatchObject({ code: expect.stringMatching(/^WALLET_/) });
    emulator.faults.length = 0;
    // Again: now it is told.
    expect((await revoke()).result.wallet.status).toBe('archived');
  });

  test('that hangs gives no signature, and what it may have signed stays counted', { timeout: 60_000 }, async () => {
    const { emulator, ledger, operator, agent, ref } = await secured();
    await operator.request('wallet.unlock', ref);
    const spent = async () => (await agent.request('limits.get', ref)).result.spentToday;
    const before = BigInt(await spent());
    for (let i = 0; i < 3; i++) emulator.faults.push({ action: 'Sign', isSilent: true });
    await expect(pay(agent, ledger, ref.address)).rejects.toMatchObject({ code: 'WALLET_SIGNATURE_UNKNOWN' });
    expect(BigInt(await spent()) - before).toBe(1_000_010n);
  });

  test.each(['isCutAfter', 'change'] as const)('whose answer is lost or forged (%s) gives none', async (fault) => {
    const { emulator, ledger, operator, agent, ref } = await secured();
    await operator.request('wallet.unlock', ref);
    const forged = (answer: Record<string, unknown>) => ({
      ...answer,
      Signature: Buffer.alloc(70, 7).toString('base64'),
    });
    for (let i = 0; i < 3; i++) {
      emulator.faults.push(
        fault === 'change' ? { action: 'Sign', change: forged } : { action: 'Sign', isCutAfter: true },
      );
    }
    await expect(pay(agent, ledger, ref.address)).rejects.toMatchObject({ code: 'WALLET_SIGNATURE_UNKNOWN' });
  });

  test('is finished by the next process where the first died before the key was made', {
    timeout: 60_000,
  }, async () => {
    const emulator = await KmsEmulator.start();
    onTestFinished(() => emulator.stop());
    const home = await temporaryHome();
    const credentialsFile = join(home, 'aws.json');
    writeFileSync(credentialsFile, JSON.stringify(CREDENTIALS), { mode: 0o600 });
    const { endpoint } = emulator;
    const cloud = { kind: 'aws-kms', region: 'eu-central-1', endpoint, credentialsFile } as const;
    const providers = new Map([['cloud', cloud]]);
    const consent = new Consent();
    consent.dieAt = 'wallet.create';
    const first = await openTestSigner(home, consent, { providers });
    const dying = await connectTo(first.operatorSocket);
    await expect(dying.request('wallet.create', wish, [secret(PASSWORD)])).rejects.toThrow();
    await first.close();
    const ledger = new TestLedger();
    const second = await openTestSigner(home, consent, { providers });
    const operator = await connectTo(second.operatorSocket, { ledger: ledgerHandlers(ledger) });
    const [left] = (await operator.request('wallets.list', { network: 'local' })).result.wallets;
    expect([left!.keys.map(({ role }) => role), left!.protection.kind]).toEqual([['master'], 'aws-kms']);
    const ref = { network: 'local', address: left!.address } as const;
    fund(ledger, ref.address);
    const { attachments } = await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]);
    const secrets = [secret(PASSWORD), secret(BACKUP_PASSWORD), attachments[0]!];
    const { wallet } = (await operator.request('wallet.secure', ref, secrets)).result;
    expect(wallet.keys.map(({ role, state }) => [role, state])).toEqual([['regular', 'active']]);

    // Deleted only by one who says that there is no backup; the key goes with it.
    await operator.request('wallet.archive', ref);
    const end = (withoutBackup: boolean) =>
      operator.request('wallet.delete', { ...ref, withoutBackup }, [secret(PASSWORD)]);
    await expect(end(false)).rejects.toMatchObject({ code: 'WALLET_STATE' });
    await end(true);
    expect(emulator.actions).toContain('ScheduleKeyDeletion');
    expect((await operator.request('wallets.list', { network: 'local' })).result.wallets).toEqual([]);
  });
});
