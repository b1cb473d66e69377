import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code } from '../fixture.ts';
import { ADDRESS, importSeed, openKeystore, PASSWORD, password, SEED } from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';

describe('the index', () => {
  test('holds addresses and names, sealed', async () => {
    verifies('XR-FILE-1');
    const { keystore, files } = await openKeystore();
    await importSeed(keystore, { name: 'a telling name' });
    for (const [path, bytes] of files.files) {
      const text = Buffer.from(bytes).toString('latin1');
      for (const fact of [ADDRESS, 'a telling name', 'testnet', PASSWORD, SEED]) expect(text).not.toContain(fact);
      expect(path).not.toContain(ADDRESS);
    }
  });

  test('is refused with any byte changed', async () => {
    const { keystore, options, files } = await openKeystore();
    await importSeed(keystore);
    const index = files.files.get('testnet/index.sealed')!;
    for (let at = 0; at < index.length; at++) {
      index[at]! ^= 1;
      await expect(Keystore.open(options)).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
      index[at]! ^= 1;
    }
    expect((await Keystore.open(options)).list()).toHaveLength(1);
  });

  test('when lost loses names, no keys', async () => {
    const { keystore, options, files } = await openKeystore();
    const { walletId, keys } = await importSeed(keystore);
    files.files.delete('testnet/index.sealed');
    const fresh = await Keystore.open(options);
    expect([fresh.list().length, await fresh.orphans()]).toEqual([0, [walletId]]);
    expect(await fresh.adopt(walletId, password(), 'found')).toMatchObject({ address: ADDRESS, name: 'found', keys });
    await expect(fresh.adopt(walletId, password(), 'again')).rejects.toMatchObject(code('VAULT_WALLET_EXISTS'));
    expect(await fresh.orphans()).toEqual([]);
  });
});
