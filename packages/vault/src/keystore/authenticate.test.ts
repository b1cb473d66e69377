import { Lockout, type LockoutState, type LockoutStore } from '@wardmesh/limits';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { code } from '../fixture.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { backupPassword, openKeystore, password, secret } from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';

/** Lockouts as a database would keep them. */
function lockoutStore(): LockoutStore {
  const states = new Map<string, LockoutState>();
  return {
    load: async (id) => states.get(id),
    async save(id, state) {
      if (state === undefined) states.delete(id);
      else states.set(id, structuredClone(state));
    },
    all: async () => structuredClone(states),
  };
}

describe('W14: wrong passwords', () => {
  verifies('XR-LOCK-1');

  const wrong = () => secret('Wrong horse 99');

  test('lock after five, by every way in, over a restart, and for longer each time', async () => {
    const store = lockoutStore();
    const { keystore, options, clock } = await openKeystore({ lockout: await Lockout.open(store) });
    const { walletId, keys } = await keystore.create({ name: 'till', password: password() });
    const ways: readonly ((k: Keystore, p: SecureBuffer) => Promise<unknown>)[] = [
      (k, p) => k.unlock(walletId, p),
      (k, p) => k.changePassword(walletId, p, secret('Next horse 99')),
      (k, p) => k.activateKey(walletId, p, keys[1]!.keyId),
      (k, p) => k.addRegularKey(walletId, p),
      (k, p) => k.backup(walletId, p, backupPassword()),
    ];
    for (const way of ways.slice(0, 4))
      await expect(way(keystore, wrong())).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
    await expect(ways[4]!(keystore, wrong())).rejects.toMatchObject({ code: 'VAULT_LOCKED_OUT', retryAfter: 1_800 });
    const restarted = await Keystore.open({ ...options, lockout: await Lockout.open(store) });
    for (const way of ways) await expect(way(restarted, password())).rejects.toMatchObject(code('VAULT_LOCKED_OUT'));
    clock.pass(1_800_000);
    for (let i = 0; i < 4; i++)
      await expect(restarted.unlock(walletId, wrong())).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
    await expect(restarted.unlock(walletId, wrong())).rejects.toMatchObject({
      code: 'VAULT_LOCKED_OUT',
      retryAfter: 3_600,
    });
    clock.pass(3_600_000);
    await restarted.unlock(walletId, password());
  });

  test('are counted one by one when a hundred come at once', async () => {
    const { keystore } = await openKeystore();
    const { walletId } = await keystore.create({ name: 'till', password: password() });
    const tries = await Promise.allSettled(Array.from({ length: 100 }, () => keystore.unlock(walletId, wrong())));
    const codes = tries.map((each) => (each as { reason: { code: string } }).reason.code);
    expect(codes.filter((each) => each === 'VAULT_NOT_GENUINE')).toHaveLength(4);
    expect(codes.filter((each) => each === 'VAULT_LOCKED_OUT')).toHaveLength(96);
  });

  test('of a backup lock too', async () => {
    const { keystore } = await openKeystore();
    const { walletId } = await keystore.create({ name: 'till', password: password() });
    const { bytes } = await keystore.backup(walletId, password(), backupPassword());
    for (let i = 0; i < 4; i++) {
      await expect(keystore.verifyBackup(walletId, bytes, wrong())).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
    }
    await expect(keystore.verifyBackup(walletId, bytes, wrong())).rejects.toMatchObject(code('VAULT_LOCKED_OUT'));
    await expect(keystore.verifyBackup(walletId, bytes, backupPassword())).rejects.toMatchObject(
      code('VAULT_LOCKED_OUT'),
    );
  });

  test('a lockout that cannot count denies', async () => {
    const broken = {
      check: () => ({ allowed: true }) as const,
      fail: async () => Promise.reject(new Error('disk full')),
      succeed: async () => ({ allowed: false, reason: 'unsaved', retryAfter: 5 }) as const,
    };
    const { keystore } = await openKeystore({ lockout: broken });
    const { walletId } = await keystore.create({ name: 'till', password: password() });
    await expect(keystore.unlock(walletId, password())).rejects.toMatchObject({
      code: 'VAULT_LOCKED_OUT',
      retryAfter: 5,
    });
    await expect(keystore.unlock(walletId, wrong())).rejects.toThrow('disk full');
    expect(keystore.isUnlocked(walletId)).toBe(false);
  });
});
