import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { KeyUseFile } from '@wardmesh/store';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { diskFiles, temporaryFolder } from './disk.fixture.ts';
import { indexKey, MemoryLockout } from './fixture.ts';
import { importSeed, MESSAGE, password, secret } from './keystore/keystore.fixture.ts';
import { Keystore } from './keystore/keystore.ts';
import type { KeystoreOptions } from './keystore/options.ts';

async function onDisk() {
  const root = await temporaryFolder();
  const options: KeystoreOptions = {
    network: 'local',
    files: diskFiles(root),
    clock: systemClock,
    random: systemRandom,
    indexKey: indexKey(),
    uses: (keyId) => KeyUseFile.open(join(root, `${keyId}.uses`)),
    lockout: new MemoryLockout(),
  };
  return { root, options };
}

describe('a keystore on a real disk, under Argon2id', () => {
  verifies('XR-KDF-1', 'XR-FILE-1', 'XR-CRY-2');

  test('keeps its files to their owner, over a restart and a change of password', async () => {
    const { root, options } = await onDisk();
    const { walletId } = await importSeed(await Keystore.open(options));
    const keystore = await Keystore.open(options);
    await expect(keystore.unlock(walletId, secret('Wrong horse 99'))).rejects.toMatchObject({
      code: 'VAULT_NOT_GENUINE',
    });
    await keystore.changePassword(walletId, password(), secret('Next horse 1234'));
    await keystore.unlock(walletId, secret('Next horse 1234'));
    expect(keystore.sign(walletId, MESSAGE).signature).toHaveLength(64);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const { mode } = await lstat(join(entry.parentPath, entry.name));
      expect([entry.name, (mode & 0o777).toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
    }
  });

  test('refuses a wallet file that others may read', async () => {
    const { root, options } = await onDisk();
    const keystore = await Keystore.open(options);
    const { walletId } = await importSeed(keystore);
    await chmod(join(root, 'local', 'wallets', `${walletId}.wallet.json`), 0o644);
    await expect(keystore.unlock(walletId, password())).rejects.toMatchObject({ code: 'STORE_FILE_TOO_OPEN' });
  });
});
