import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRandom, uuid } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { BACKUP_PASSWORD, Consent, connectTo, openTestSigner, PASSWORD, secret, temporaryHome } from '../fixture.ts';

/** Well known; never fund it. */
const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
const ADDRESS = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';

const imported = (network: 'mainnet' | 'testnet' | 'devnet' | 'local', name: string) =>
  ({
    network,
    name,
    algorithm: null,
    confirmedAddress: ADDRESS,
    regularKeyOf: null,
    policy: null,
    approvalId: null,
  }) as const;
const secrets = () => [secret(PASSWORD), secret(SEED)];

describe('W2: one account on two networks', () => {
  verifies('XR-NET-1');

  test('is refused where a signature for the one holds on the other', async () => {
    const signer = await openTestSigner(await temporaryHome());
    const operator = await connectTo(signer.operatorSocket);
    await operator.request('wallet.import', imported('testnet', 'play'), secrets());
    for (const network of ['mainnet', 'devnet'] as const) {
      await expect(operator.request('wallet.import', imported(network, 'real'), secrets())).rejects.toMatchObject({
        code: 'WALLET_EXISTS',
      });
    }
    // The local ledger is named in each of its transactions.
    await operator.request('wallet.import', imported('local', 'toy'), secrets());
  });
});

describe('a key that was revoked', () => {
  verifies('CM-KMS-2');

  test('does not come back with a backup, nor with its seed', async () => {
    const signer = await openTestSigner(await temporaryHome());
    const operator = await connectTo(signer.operatorSocket);
    const ref = { network: 'local', address: ADDRESS } as const;
    await operator.request('wallet.import', imported('local', 'till'), secrets());
    const backup = await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]);
    const file = Uint8Array.from(backup.attachments[0]!);
    await operator.request('wallet.revoke', { ...ref, reason: 'seen in a chat' });
    await operator.request('wallet.delete', { ...ref, withoutBackup: false }, [secret(PASSWORD)]);
    const again = { network: 'local', name: 'again', confirmedAddress: ADDRESS, policy: null } as const;
    await operator.request('wallet.restore', again, [file, secret(BACKUP_PASSWORD), secret(PASSWORD)]);
    const unlock = () => operator.request('wallet.unlock', ref, [secret(PASSWORD)]);
    await expect(unlock()).rejects.toMatchObject({ code: 'WALLET_REVOKED' });
    await operator.request('wallet.archive', ref);
    await operator.request('wallet.delete', { ...ref, withoutBackup: true }, [secret(PASSWORD)]);
    await operator.request('wallet.import', imported('local', 'third'), secrets());
    await expect(unlock()).rejects.toMatchObject({ code: 'WALLET_REVOKED' });
  });
});

describe('one wish of an agent', () => {
  test('makes one wallet, though two commands fulfil it at once', async () => {
    const consent = new Consent();
    const { wish } = consent.service;
    Object.assign(consent.service, {
      wish: async (approvalId: string) => {
        if (consent.fulfilled.includes(approvalId)) throw Object.assign(new Error('fulfilled'), { code: 'X' });
        return wish(approvalId);
      },
    });
    const signer = await openTestSigner(await temporaryHome(), consent);
    const operator = await connectTo(signer.operatorSocket);
    const approvalId = uuid(systemRandom);
    const make = (name: string) =>
      operator.request(
        'wallet.create',
        { network: 'local', name, algorithm: null, policy: null, kind: 'agent', purpose: null, approvalId },
        [secret(PASSWORD)],
      );
    const made = await Promise.allSettled([make('one'), make('two')]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await operator.request('wallets.list', { network: null })).result.wallets).toHaveLength(1);
  });
});

describe('a wallet file that no index names', () => {
  verifies('XR-WAL-5');

  test('is told of at the start, and stays', async () => {
    const home = await temporaryHome();
    const first = await openTestSigner(home);
    const operator = await connectTo(first.operatorSocket);
    await operator.request('wallet.import', imported('local', 'till'), secrets());
    expect(first.lines).toEqual([]);
    await first.close();
    const folder = join(home, 'signer', 'keystore', 'local');
    // As a crash between the file and the index leaves it.
    await rm(join(folder, 'index.sealed'));
    const next = await openTestSigner(home);
    expect(JSON.stringify(next.lines)).toMatch(/wallet files of local that no index names: wallet_/);
    expect(await readdir(join(folder, 'wallets'))).toHaveLength(1);
  });
});
