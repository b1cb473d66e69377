import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRandom, uuid } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { Consent, connectTo, openTestSigner, PASSWORD, secret, temporaryHome } from '../fixture.ts';

const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: 'the strict one',
  kind: 'service',
  purpose: 'pays invoices',
  approvalId: null,
} as const;

describe('a wallet whose making is cut short', () => {
  verifies('XR-WAL-5', 'CM-KEY-2');

  test.each(['adopt', 'wallet.create', 'fulfil'])(
    'at %s is finished by the next process, with the policy that was asked for',
    async (death) => {
      const home = await temporaryHome();
      const consent = new Consent();
      const approvalId = uuid(systemRandom);
      const first = await openTestSigner(home, consent);
      consent.dieAt = death;
      const operator = await connectTo(first.operatorSocket);
      await expect(
        operator.request('wallet.create', { ...wish, approvalId }, [secret(PASSWORD)]),
      ).rejects.toMatchObject({ code: 'SIGNER_INTERNAL' });
      await first.close();
      const next = await openTestSigner(home, consent);
      const again = await connectTo(next.operatorSocket);
      const { wallets } = (await again.request('wallets.list', { network: null })).result;
      expect(wallets).toEqual([expect.objectContaining({ name: 'till', kind: 'service', purpose: 'pays invoices' })]);
      expect([...consent.policies.values()]).toEqual(['the strict one']);
      expect(consent.fulfilled).toEqual([approvalId]);
      await again.request('wallet.unlock', { network: 'local', address: wallets[0]!.address }, [secret(PASSWORD)]);
    },
  );

  test('by a weak password leaves nothing that the next one would stumble over', async () => {
    const home = await temporaryHome();
    const consent = new Consent();
    const first = await openTestSigner(home, consent);
    const operator = await connectTo(first.operatorSocket);
    await expect(operator.request('wallet.create', wish, [secret('weak')])).rejects.toMatchObject({
      code: 'VAULT_WEAK_PASSWORD',
    });
    await first.close();
    const next = await openTestSigner(home, consent);
    const again = await connectTo(next.operatorSocket);
    expect((await again.request('wallets.list', { network: null })).result.wallets).toEqual([]);
    expect((await again.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet.name).toBe('till');
  });
});

describe('an act that cannot be recorded', () => {
  test('does not unlock', async () => {
    const signer = await openTestSigner(await temporaryHome());
    const operator = await connectTo(signer.operatorSocket);
    const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
    signer.consent.dieAt = 'wallet.unlock';
    await expect(
      operator.request('wallet.unlock', { network: 'local', address }, [secret(PASSWORD)]),
    ).rejects.toThrow();
    expect((await operator.request('wallets.list', { network: null })).result.wallets[0]!.unlocked).toBe(false);
  });
});

describe('a wish of an agent', () => {
  test('for another network, or of another kind, is not fulfilled', async () => {
    const signer = await openTestSigner(await temporaryHome());
    const operator = await connectTo(signer.operatorSocket);
    const approvalId = uuid(systemRandom);
    const elsewhere = { ...wish, network: 'testnet', approvalId } as const;
    await expect(operator.request('wallet.create', elsewhere, [secret(PASSWORD)])).rejects.toMatchObject({
      code: 'WALLET_WISH_MISMATCH',
    });
    expect(signer.consent.fulfilled).toEqual([]);
  });
});

describe('a wallet file that was changed', () => {
  verifies('XR-FILE-2', 'XR-FILE-3');

  test('opens nowhere, at whichever byte, and says so in a code', { timeout: 60_000 }, async () => {
    const home = await temporaryHome();
    let now = Date.UTC(2026, 0, 1);
    const clock = { now: () => now, monotonic: () => performance.now() };
    const signer = await openTestSigner(home, new Consent(), { clock });
    const operator = await connectTo(signer.operatorSocket);
    const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
    const folder = join(home, 'signer', 'keystore', 'local', 'wallets');
    const path = join(folder, readdirSync(folder)[0]!);
    const whole = await readFile(path);
    const unlock = () =>
      operator.request('wallet.unlock', { network: 'local', address }, [secret(PASSWORD)]).then(
        () => 'opened',
        ({ code }: { code: string }) => code,
      );
    const codes = new Set<string>();
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0x01;
      await writeFile(path, changed, { mode: 0o600 });
      codes.add(await unlock());
      // Each counts as a wrong password; the day of the quiet period lets the next one be tried.
      now += 8 * 24 * 3_600_000;
    }
    expect([...codes].sort()).toEqual(expect.arrayContaining(['VAULT_FORMAT', 'VAULT_NOT_GENUINE']));
    expect([...codes].filter((code) => !/^VAULT_(FORMAT|NOT_GENUINE|KDF_REFUSED)$/.test(code))).toEqual([]);
    await writeFile(path, whole.subarray(0, -9), { mode: 0o600 });
    expect(await unlock()).toBe('VAULT_FORMAT');
    await writeFile(path, whole, { mode: 0o600 });
    expect(await unlock()).toBe('opened');
  });
});
