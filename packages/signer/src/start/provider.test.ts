import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeSoftHsm,
  missingForSoftHsm,
  PIN,
  SOFTHSM_MODULE,
  type SoftHsm,
} from '@wardmesh/key-providers/testing/soft-hsm';
import { TestLedger, testWallet } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BACKUP_PASSWORD, connectTo, fund, ledgerHandlers, PASSWORD, secret, temporaryHome } from '../fixture.ts';
import { makeApprovers, pay } from './life.fixture.ts';
import { filesBelow, startTestSigner } from './process.fixture.ts';

const missing = missingForSoftHsm();
let hsm: SoftHsm | undefined;
beforeAll(() => {
  if (missing === undefined) hsm = makeSoftHsm('ward');
});
afterAll(() => hsm?.remove());

const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
  provider: 'token',
} as const;
const why = {
  reason: 'scheduled',
  description: null,
  createBackup: true,
  force: false,
  approvalId: null,
} as const;

/** A home whose operator configured the token, and its signer. */
async function withToken() {
  const home = await temporaryHome();
  const people = makeApprovers(home);
  const token = {
    ...{ kind: 'pkcs11', module: SOFTHSM_MODULE, label: 'ward', env: { SOFTHSM2_CONF: hsm!.configuration } },
    ...{ read: [hsm!.configuration], write: [hsm!.tokens] },
  };
  writeFileSync(join(home, 'operator', 'providers.json'), JSON.stringify({ providers: { token } }), { mode: 0o600 });
  const running = await startTestSigner({ home });
  const ledger = new TestLedger();
  const operator = await connectTo(running.signer.operatorSocket, { ledger: ledgerHandlers(ledger) });
  const agent = await connectTo(running.signer.agentSocket);
  return { ...running, people, ledger, operator, agent };
}

describe.skipIf(missing !== undefined)('a wallet whose regular key is in a token, in the real process', () => {
  verifies('CM-KMS-1', 'CM-KMS-2');

  test('made, secured, paid from, rotated, over a restart, and revoked', { timeout: 120_000 }, async () => {
    const { home, signer, people, ledger, operator, agent } = await withToken();
    const pin = () => secret(PIN);
    const wrong = operator.request('wallet.create', wish, [secret(PASSWORD), secret('99999999')]);
    await expect(wrong).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    expect((await operator.request('wallets.list', { network: null })).result.wallets).toEqual([]);

    const { wallet } = (await operator.request('wallet.create', wish, [secret(PASSWORD), pin()])).result;
    expect(wallet.keys.map(({ role, state }) => [role, state])).toEqual([
      ['master', 'active'],
      ['regular', 'pending'],
    ]);
    expect(wallet.protection).toMatchObject({ kind: 'pkcs11', inUse: 'process-memory' });
    expect(wallet.protection.statement).toContain('is software');
    const ref = { network: 'local', address: wallet.address } as const;
    fund(ledger, wallet.address);
    fund(ledger, testWallet('shop').address);

    // Until the ledger has the token's key, the master signs, and is the vault's.
    await operator.request('wallet.unlock', ref, [secret(PASSWORD)]);
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');
    const { attachments } = await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]);
    const secured = await operator.request('wallet.secure', ref, [
      secret(PASSWORD),
      secret(BACKUP_PASSWORD),
      attachments[0]!,
    ]);
    expect(secured.result.steps.at(-1)).toBe('master_forgotten');
    const [first] = secured.result.wallet.keys;
    expect(secured.result.wallet.keys).toEqual([expect.objectContaining({ role: 'regular', state: 'active' })]);
    expect((await ledgerHandlers(ledger)['ledger.facts'](ref)).regularKey).toBe(first!.address);

    await expect(pay(agent, ledger, wallet.address)).rejects.toMatchObject({ code: 'WALLET_LOCKED' });
    await expect(operator.request('wallet.unlock', ref, [secret('00000000')])).rejects.toMatchObject({
      code: 'VAULT_NOT_GENUINE',
    });
    await expect(operator.request('wallet.unlock', ref)).rejects.toMatchObject({ code: 'SIGNER_BAD_PARAMS' });
    await operator.request('wallet.unlock', ref, [pin()]);
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');
    await operator.request('wallet.lock', ref);
    await expect(pay(agent, ledger, wallet.address)).rejects.toMatchObject({ code: 'WALLET_LOCKED' });

    const waiting = (await operator.request('wallet.rotate', { ...ref, ...why }, [pin()])).result;
    expect(waiting).toMatchObject({ status: 'pending_approval' });
    const { approvalId, quorum } = waiting.approval!;
    const { request } = (await operator.request('approvals.show', { approvalId })).result;
    for (const person of people.slice(0, quorum.required)) {
      await operator.request('approvals.approve', { approvalId, ...person.sign(String(request.over)) });
    }
    const rotated = (await operator.request('wallet.rotate', { ...ref, ...why }, [pin()])).result;
    expect(rotated).toMatchObject({ status: 'rotated' });
    expect(rotated.newPublicKey).not.toBe(first!.publicKey);
    await operator.request('wallet.unlock', ref, [pin()]);
    expect(await pay(agent, ledger, wallet.address)).toBe('tesSUCCESS');

    const { keys, providers } = (await operator.request('status', {})).result;
    expect(keys).toEqual([
      expect.objectContaining({ role: 'regular', state: 'active', signatures: 1, due: false, provider: 'token' }),
    ]);
    expect(providers).toEqual([
      { name: 'token', kind: 'pkcs11', statement: expect.stringContaining('no more than a local file') },
    ]);

    // Another process: locked, and the same key once the PIN is given.
    await signer.stop();
    const again = await startTestSigner({ home });
    const next = await connectTo(again.signer.operatorSocket, { ledger: ledgerHandlers(ledger) });
    const nextAgent = await connectTo(again.signer.agentSocket);
    await expect(pay(nextAgent, ledger, wallet.address)).rejects.toMatchObject({ code: 'WALLET_LOCKED' });
    await next.request('wallet.unlock', ref, [pin()]);
    expect(await pay(nextAgent, ledger, wallet.address)).toBe('tesSUCCESS');

    const revoked = (await next.request('wallet.revoke', { ...ref, reason: 'lost sight of the token' })).result.wallet;
    expect(revoked).toMatchObject({ status: 'archived', keys: [{ state: 'retired' }] });
    await expect(pay(nextAgent, ledger, wallet.address)).rejects.toMatchObject({
      code: expect.stringMatching(/WALLET_(REVOKED|ARCHIVED|KEY_UNAVAILABLE)/),
    });
    await expect(next.request('wallet.unlock', ref, [pin()])).rejects.toMatchObject({ code: 'WALLET_REVOKED' });
    // Neither PIN nor password stays on the disk.
    await again.signer.stop();
    for (const { bytes } of filesBelow(home)) {
      for (const text of [PIN, PASSWORD, BACKUP_PASSWORD]) expect(bytes.includes(text)).toBe(false);
    }
  });
});
