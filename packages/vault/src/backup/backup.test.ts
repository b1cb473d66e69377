import { canonicalize, fromUtf8, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code } from '../fixture.ts';
import {
  BACKUP_PASSWORD,
  backupPassword,
  MESSAGE,
  openKeystore,
  PASSWORD,
  password,
  secret,
} from '../keystore/keystore.fixture.ts';
import { Keystore } from '../keystore/keystore.ts';
import type { WalletBackup } from './backup-file.ts';

async function backedUp() {
  const on = await openKeystore();
  const wallet = await on.keystore.create({ name: 'till', password: password() });
  const backup = await on.keystore.backup(wallet.walletId, password(), backupPassword());
  return { ...on, wallet, backup };
}

const restoring = (bytes: Uint8Array, address: string) => ({
  bytes,
  backupPassword: backupPassword(),
  name: 'restored',
  password: secret('Restored horse 3'),
  confirmedAddress: address,
});

describe('a backup', () => {
  test('W15: gives back every key of the wallet on another machine, under a new password', async () => {
    const { wallet, backup } = await backedUp();
    const { keystore } = await openKeystore();
    const restored = await keystore.restore(restoring(backup.bytes, wallet.address));
    expect(restored).toMatchObject({ name: 'restored', address: wallet.address, keys: wallet.keys });
    expect(backup.keyIds).toEqual(wallet.keys.map(({ keyId }) => keyId));
    await keystore.unlock(restored.walletId, secret('Restored horse 3'));
    keystore.sign(restored.walletId, MESSAGE);
    await expect(keystore.restore(restoring(backup.bytes, wallet.address))).rejects.toMatchObject(
      code('VAULT_WALLET_EXISTS'),
    );
  });

  test('is tested before it counts, and recorded with the keys it holds', async () => {
    const { keystore, wallet, backup, files } = await backedUp();
    expect(files.files.get(backup.path)).toEqual(backup.bytes);
    expect(keystore.get(wallet.walletId).backup).toEqual({
      checksum: backup.checksum,
      createdAt: backup.createdAt,
      keyIds: backup.keyIds,
    });
  });

  test('that the disk damages on the way is removed and does not count', async () => {
    const { keystore, files } = await openKeystore();
    const { walletId } = await keystore.create({ name: 'till', password: password() });
    const write = files.write.bind(files);
    files.write = async (path, bytes) => {
      const damaged = bytes.slice();
      if (path.includes('/backups/')) damaged[damaged.length - 200]! ^= 1;
      await write(path, damaged);
    };
    await expect(keystore.backup(walletId, password(), backupPassword())).rejects.toMatchObject(
      code('VAULT_BACKUP_UNVERIFIED'),
    );
    expect([...files.files.keys()].filter((path) => path.includes('backups'))).toEqual([]);
    expect(keystore.get(walletId).backup).toBeUndefined();
  });

  test('that misses a key, or is of another wallet, fails its test', async () => {
    const { keystore, wallet, backup } = await backedUp();
    await keystore.verifyBackup(wallet.walletId, backup.bytes, backupPassword());
    await keystore.addRegularKey(wallet.walletId, password());
    await expect(keystore.verifyBackup(wallet.walletId, backup.bytes, backupPassword())).rejects.toMatchObject(
      code('VAULT_BACKUP_UNVERIFIED'),
    );
    const other = await keystore.create({ name: 'other', password: password() });
    await expect(keystore.verifyBackup(other.walletId, backup.bytes, backupPassword())).rejects.toMatchObject(
      code('VAULT_BACKUP_UNVERIFIED'),
    );
  });

  test('has a password of its own, as strong as any', async () => {
    const { keystore, wallet } = await backedUp();
    await expect(keystore.backup(wallet.walletId, password(), secret(PASSWORD))).rejects.toMatchObject(
      code('VAULT_BAD_INPUT'),
    );
    await expect(keystore.backup(wallet.walletId, password(), secret('weak'))).rejects.toMatchObject(
      code('VAULT_WEAK_PASSWORD'),
    );
  });

  test('is restored to the confirmed account only, and on its own network only', async () => {
    const { wallet, backup } = await backedUp();
    const here = await openKeystore();
    await expect(
      here.keystore.restore(restoring(backup.bytes, 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh')),
    ).rejects.toMatchObject(code('VAULT_ADDRESS_NOT_CONFIRMED'));
    const main = await openKeystore({ network: 'mainnet' });
    await expect(main.keystore.restore(restoring(backup.bytes, wallet.address))).rejects.toMatchObject(
      code('VAULT_NOT_GENUINE'),
    );
    expect([here.files.files.size, main.files.files.size]).toEqual([0, 0]);
  });

  test('is refused with any byte changed', async () => {
    const { wallet, backup, options } = await backedUp();
    const lockout = {
      check: () => ({ allowed: true }) as const,
      fail: async () => ({ allowed: true }) as const,
      succeed: async () => ({ allowed: true }) as const,
    };
    const keystore = await Keystore.open({ ...options, lockout });
    for (let at = 0; at < backup.bytes.length; at++) {
      const changed = backup.bytes.slice();
      changed[at]! ^= 1 << (at % 7);
      await expect(keystore.verifyBackup(wallet.walletId, changed, backupPassword())).rejects.toMatchObject({
        code: expect.stringMatching(/^VAULT_(FORMAT|NOT_GENUINE|KDF_REFUSED|BACKUP_UNVERIFIED)$/),
      });
    }
  });

  test('shows nothing of the wallet, and its KDF is bounded', async () => {
    verifies('XR-KDF-3');
    const { keystore, wallet, backup } = await backedUp();
    const text = fromUtf8(backup.bytes);
    for (const fact of [
      wallet.address,
      wallet.walletId,
      'testnet',
      'till',
      ...backup.keyIds,
      PASSWORD,
      BACKUP_PASSWORD,
    ]) {
      expect(text).not.toContain(fact);
    }
    const file = JSON.parse(text) as WalletBackup;
    expect(Object.keys(file)).toEqual([
      'checksum',
      'createdAt',
      'data',
      'encryption',
      'format',
      'sourceProvider',
      'version',
    ]);
    const kdfParams = { ...file.encryption.kdfParams, memoryCost: 4_194_304 };
    const bomb = utf8(`${canonicalize({ ...file, encryption: { ...file.encryption, kdfParams } })}\n`);
    await expect(keystore.verifyBackup(wallet.walletId, bomb, backupPassword())).rejects.toMatchObject(
      code('VAULT_KDF_REFUSED'),
    );
  });
});
