import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code } from '../fixture.ts';
import { importSeed, MESSAGE, openKeystore, password } from './keystore.fixture.ts';

describe('keys of a wallet', () => {
  test('go only while they sign nothing, and never the last', async () => {
    const { keystore } = await openKeystore();
    const { walletId, keys } = await importSeed(keystore);
    const master = keys[0]!.keyId;
    await expect(keystore.destroyKey(walletId, password(), master)).rejects.toMatchObject(code('VAULT_KEY_STATE'));
    const first = (await keystore.addRegularKey(walletId, password())).keys[1]!.keyId;
    await keystore.activateKey(walletId, password(), first);
    const second = (await keystore.addRegularKey(walletId, password(), undefined, 'secp256k1')).keys[2]!.keyId;
    const after = await keystore.activateKey(walletId, password(), second);
    expect(after.keys.map(({ state }) => state)).toEqual(['active', 'retired', 'active']);
    await expect(keystore.activateKey(walletId, password(), first)).rejects.toMatchObject(code('VAULT_KEY_STATE'));
    expect((await keystore.destroyKey(walletId, password(), first)).keys.map(({ keyId }) => keyId)).toEqual([
      master,
      second,
    ]);
    await keystore.destroyKey(walletId, password(), first);
    await expect(keystore.activateKey(walletId, password(), first)).rejects.toMatchObject(code('VAULT_KEY_NOT_FOUND'));
  });

  test('get a fresh data key where the old one has sealed all it may, and where a key goes', async () => {
    verifies('XR-CRY-2');
    const { keystore, uses } = await openKeystore();
    const { walletId } = await importSeed(keystore);
    const dataKeys = () => [...uses.counts.keys()].filter((id) => id.startsWith('data-'));
    const [first] = dataKeys();
    const added = await keystore.addRegularKey(walletId, password());
    expect(dataKeys()).toEqual([first]);
    uses.counts.set(first!, 65_536);
    await keystore.addRegularKey(walletId, password());
    expect(dataKeys()).toHaveLength(2);
    await keystore.destroyKey(walletId, password(), added.keys[1]!.keyId);
    expect(dataKeys()).toHaveLength(3);
    await keystore.unlock(walletId, password());
    keystore.sign(walletId, MESSAGE);
  });

  test('are at most sixteen', async () => {
    const { keystore } = await openKeystore();
    const { walletId } = await importSeed(keystore);
    for (let i = 1; i < 16; i++) await keystore.addRegularKey(walletId, password());
    await expect(keystore.addRegularKey(walletId, password())).rejects.toMatchObject(code('VAULT_CAPACITY'));
  });
});
