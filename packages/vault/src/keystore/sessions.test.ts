import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code } from '../fixture.ts';
import { importSeed, MESSAGE, openKeystore, password } from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';

describe('an unlocked wallet', () => {
  test('locks by command, after 30 idle minutes, and after 8 hours of work', async () => {
    const { keystore, clock } = await openKeystore();
    const { walletId } = await importSeed(keystore);
    const isLocked = () =>
      expect(() => keystore.sign(walletId, MESSAGE)).toThrow(expect.objectContaining(code('VAULT_LOCKED')));
    isLocked();
    await keystore.unlock(walletId, password());
    keystore.lock(walletId);
    isLocked();
    await keystore.unlock(walletId, password());
    clock.pass(30 * 60_000);
    isLocked();
    await keystore.unlock(walletId, password());
    for (let minutes = 0; minutes < 8 * 60 - 20; minutes += 20) {
      clock.pass(20 * 60_000);
      keystore.sign(walletId, MESSAGE);
    }
    clock.pass(20 * 60_000);
    isLocked();
    await keystore.unlock(walletId, password());
    keystore.lockAll();
    expect(keystore.isUnlocked(walletId)).toBe(false);
  });

  test('signs no more than a key may, over restarts', async () => {
    verifies('XR-CRY-2');
    const { keystore, options, uses } = await openKeystore({ signaturesPerKey: 2_000 });
    const { walletId, keys } = await importSeed(keystore);
    await keystore.unlock(walletId, password());
    keystore.sign(walletId, MESSAGE);
    expect(uses.counts.get(`sign-${keys[0]!.keyId}`)).toBe(1_024);
    const restarted = await Keystore.open(options);
    await restarted.unlock(walletId, password());
    for (let i = 1_024; i < 2_000; i++) restarted.sign(walletId, MESSAGE);
    expect(() => restarted.sign(walletId, MESSAGE)).toThrow(expect.objectContaining(code('VAULT_KEY_EXHAUSTED')));
    const added = await restarted.addRegularKey(walletId, password());
    await restarted.activateKey(walletId, password(), added.keys[1]!.keyId);
    expect(restarted.sign(walletId, MESSAGE).keyId).toBe(added.keys[1]!.keyId);
  });

  test('signs nothing where the count cannot be kept', async () => {
    verifies('XR-CRY-2');
    const { keystore } = await openKeystore({
      uses: (id) => ({
        reserved: () => 0,
        reserve() {
          if (id.startsWith('sign-')) throw new Error('disk full');
        },
      }),
    });
    const { walletId } = await importSeed(keystore);
    await keystore.unlock(walletId, password());
    expect(() => keystore.sign(walletId, MESSAGE)).toThrow('disk full');
  });
});
