import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { deriveAddress, verify } from 'ripple-keypairs';
import { describe, expect, test, vi } from 'vitest';
import { code } from '../fixture.ts';
import { newWalletId } from '../wallet-file/place.ts';
import {
  ADDRESS,
  backupPassword,
  importSeed,
  MESSAGE,
  openKeystore,
  password,
  SEED,
  secret,
} from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';

const hex = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

describe('a new wallet', () => {
  test.each(['ed25519', 'secp256k1'] as const)(
    'of %s has a master key that is its address and a regular key in waiting',
    async (algorithm) => {
      const { keystore } = await openKeystore();
      const wallet = await keystore.create({ name: 'till', password: password(), algorithm });
      const [master, regular] = wallet.keys;
      expect(wallet).toMatchObject({ name: 'till', network: 'testnet', status: 'active' });
      expect([master?.role, master?.state, regular?.role, regular?.state]).toEqual([
        'master',
        'active',
        'regular',
        'pending',
      ]);
      expect(wallet.address).toBe(master?.address);
      expect(deriveAddress(regular!.publicKey)).toBe(regular!.address);
      expect(regular!.address).not.toBe(wallet.address);
      expect(keystore.list()).toEqual([wallet]);
    },
  );

  test('signs with its master until the regular key is activated, then with that', async () => {
    const { keystore } = await openKeystore();
    const { walletId, keys } = await keystore.create({ name: 'till', password: password() });
    await keystore.unlock(walletId, password());
    const first = keystore.sign(walletId, MESSAGE);
    expect(hex(first.publicKey)).toBe(keys[0]!.publicKey);
    expect(verify(hex(MESSAGE), hex(first.signature), hex(first.publicKey))).toBe(true);
    expect(() => keystore.sign(walletId, MESSAGE, keys[1]!.keyId)).toThrow(
      expect.objectContaining(code('VAULT_KEY_STATE')),
    );
    await keystore.activateKey(walletId, password(), keys[1]!.keyId);
    const second = keystore.sign(walletId, MESSAGE);
    expect(hex(second.publicKey)).toBe(keys[1]!.publicKey);
    expect(verify(hex(MESSAGE), hex(second.signature), hex(second.publicKey))).toBe(true);
  });

  test('lets its master go only after a backup was restored on trial and a regular key signs', async () => {
    const { keystore } = await openKeystore();
    const { walletId, keys } = await keystore.create({ name: 'till', password: password() });
    const { bytes } = await keystore.backup(walletId, password(), backupPassword());
    const backup = { bytes, password: backupPassword() };
    await expect(keystore.forgetMaster(walletId, password(), backup)).rejects.toMatchObject(code('VAULT_KEY_STATE'));
    await keystore.activateKey(walletId, password(), keys[1]!.keyId);
    const other = await keystore.create({ name: 'other', password: password() });
    const wrong = { ...backup, bytes: (await keystore.backup(other.walletId, password(), backupPassword())).bytes };
    await expect(keystore.forgetMaster(walletId, password(), wrong)).rejects.toMatchObject(
      code('VAULT_BACKUP_UNVERIFIED'),
    );
    const after = await keystore.forgetMaster(walletId, password(), backup);
    expect(after.keys.map(({ role }) => role)).toEqual(['regular']);
    expect(after.address).toBe(keys[0]!.address);
    await keystore.unlock(walletId, password());
    expect(hex(keystore.sign(walletId, MESSAGE).publicKey)).toBe(keys[1]!.publicKey);
  });

  test('whose regular key lives elsewhere is left without any key, and signs nothing here', async () => {
    verifies('CM-KMS-1');
    const { keystore, options } = await openKeystore();
    const made = await keystore.create({ name: 'till', password: password(), regularElsewhere: true });
    const { walletId } = made;
    expect(made.keys.map(({ role, state }) => [role, state])).toEqual([['master', 'active']]);
    const { bytes } = await keystore.backup(walletId, password(), backupPassword());
    const backup = { bytes, password: backupPassword() };
    await expect(keystore.forgetMaster(walletId, password(), backup)).rejects.toMatchObject(code('VAULT_KEY_STATE'));
    expect((await keystore.forgetMaster(walletId, password(), backup, true)).keys).toEqual([]);
    const again = await Keystore.open(options);
    expect((await again.unlock(walletId, password())).address).toBe(made.address);
    expect(() => again.sign(walletId, MESSAGE)).toThrow(expect.objectContaining(code('VAULT_KEY_NOT_FOUND')));
    await expect(again.backup(walletId, password(), backupPassword())).rejects.toMatchObject(code('VAULT_UNSUPPORTED'));
    // The backup of before still opens, and holds the master.
    await again.archive(walletId);
    await again.delete(walletId, password(), { address: made.address });
    const request = { bytes, backupPassword: backupPassword(), name: 'back', password: password() };
    const back = await again.restore({ ...request, confirmedAddress: made.address });
    expect(back.keys.map(({ role }) => role)).toEqual(['master']);
  });
});

describe('an imported wallet', () => {
  verifies('XR-SEED-2');

  test('W3: is stored with the algorithm and address that were confirmed', async () => {
    const { keystore } = await openKeystore();
    const request = {
      secret: secret('snoPBrXtMeMyMHUVTgbuqAfg1SUTb'),
      confirmedAddress: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
    };
    const wallet = await importSeed(keystore, request);
    expect(wallet.address).toBe('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh');
    expect(wallet.keys).toEqual([expect.objectContaining({ role: 'master', state: 'active', algorithm: 'secp256k1' })]);
    expect(request.secret.isZeroed).toBe(true);
  });

  test('is not stored where the confirmed address is another', async () => {
    const { keystore, files } = await openKeystore();
    const request = { secret: secret(SEED), confirmedAddress: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' };
    await expect(importSeed(keystore, request)).rejects.toMatchObject(code('VAULT_ADDRESS_NOT_CONFIRMED'));
    expect(request.secret.isZeroed).toBe(true);
    expect([files.files.size, keystore.list().length]).toEqual([0, 0]);
  });

  test('may be the regular key of another account', async () => {
    const { keystore } = await openKeystore();
    const wallet = await importSeed(keystore, { regularKeyOf: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' });
    expect(wallet.address).toBe('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh');
    expect(wallet.keys).toEqual([expect.objectContaining({ role: 'regular', address: ADDRESS })]);
    await expect(importSeed(keystore, { regularKeyOf: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi' })).rejects.toMatchObject(
      code('VAULT_BAD_INPUT'),
    );
  });

  test('is there once', async () => {
    const { keystore } = await openKeystore();
    await importSeed(keystore);
    await expect(importSeed(keystore)).rejects.toMatchObject(code('VAULT_WALLET_EXISTS'));
  });
});

describe('W2: networks', () => {
  test('see their own wallets only, and a file moved to another opens nowhere', async () => {
    const test = await openKeystore();
    const { walletId } = await importSeed(test.keystore);
    const main = await openKeystore({ ...test.options, network: 'mainnet' });
    expect(main.keystore.list()).toEqual([]);
    await expect(main.keystore.unlock(walletId, password())).rejects.toMatchObject(code('VAULT_WALLET_NOT_FOUND'));
    for (const [path, bytes] of [...test.files.files]) test.files.files.set(path.replace('testnet', 'mainnet'), bytes);
    await expect(Keystore.open(main.options)).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
    test.files.files.delete('mainnet/index.sealed');
    const fresh = await Keystore.open(main.options);
    await expect(fresh.adopt(walletId, password(), 'moved')).rejects.toMatchObject(code('VAULT_NOT_GENUINE'));
  });

  test('are a closed list', async () => {
    await expect(openKeystore({ network: '../x' as 'testnet' })).rejects.toMatchObject(code('VAULT_BAD_INPUT'));
  });
});

describe('W4: names', () => {
  test('never become paths', async () => {
    const { keystore, files } = await openKeystore();
    await keystore.create({ name: '../../x', password: password() });
    for (const path of files.files.keys())
      expect(path).toMatch(/^testnet\/(index\.sealed|wallets\/wallet_[0-9a-f]{32}\.wallet\.json)$/);
    expect(keystore.list()[0]?.name).toBe('../../x');
  });

  test.each(['', 'x'.repeat(65), 'a\nb', 'a\u202eb', ' a', '\ud800', 'a\0'])('like %j are refused', async (name) => {
    const { keystore } = await openKeystore();
    await expect(keystore.create({ name, password: password() })).rejects.toMatchObject(code('VAULT_BAD_INPUT'));
  });

  test.each([
    '../../x',
    'wallet_',
    `wallet_${'0'.repeat(31)}/`,
    `WALLET_${'0'.repeat(32)}`,
    '',
    `${newWalletId({ bytes: (n) => new Uint8Array(n) })}\n`,
  ])('like %j are no ids of wallets', async (walletId) => {
    const { keystore } = await openKeystore();
    expect(() => keystore.get(walletId)).toThrow(expect.objectContaining(code('VAULT_BAD_INPUT')));
    await expect(keystore.unlock(walletId, password())).rejects.toMatchObject(code('VAULT_BAD_INPUT'));
    await expect(keystore.adopt(walletId, password(), 'x')).rejects.toMatchObject(code('VAULT_BAD_INPUT'));
  });
});

describe('new passwords', () => {
  test.each(['Short 1', 'no upper case 1', 'NO LOWER CASE 1', 'No digit at all', `Aa1${'x'.repeat(126)}`])(
    'like %j are refused',
    async (weak) => {
      const { keystore, files } = await openKeystore();
      const request = { name: 'till', password: secret(weak) };
      await expect(keystore.create(request)).rejects.toMatchObject(code('VAULT_WEAK_PASSWORD'));
      await expect(importSeed(keystore, request)).rejects.toMatchObject(code('VAULT_WEAK_PASSWORD'));
      expect(files.files.size).toBe(0);
      const { walletId } = await keystore.create({ name: 'till', password: password() });
      await expect(keystore.changePassword(walletId, password(), secret(weak))).rejects.toMatchObject(
        code('VAULT_WEAK_PASSWORD'),
      );
    },
  );
});

describe('archived and deleted wallets', () => {
  test('W15: a deleted wallet leaves no key behind, and goes only archived, confirmed and backed up', async () => {
    const { keystore, files } = await openKeystore();
    const { walletId, address } = await keystore.create({ name: 'till', password: password() });
    const confirmed = { address };
    await expect(keystore.delete(walletId, password(), confirmed)).rejects.toMatchObject(code('VAULT_KEY_STATE'));
    await keystore.archive(walletId);
    await expect(keystore.unlock(walletId, password())).rejects.toMatchObject(code('VAULT_ARCHIVED'));
    await expect(keystore.delete(walletId, password(), confirmed)).rejects.toMatchObject(code('VAULT_BACKUP_REQUIRED'));
    const backup = await keystore.backup(walletId, password(), backupPassword());
    await expect(keystore.delete(walletId, password(), { address: ADDRESS })).rejects.toMatchObject(
      code('VAULT_ADDRESS_NOT_CONFIRMED'),
    );
    await expect(keystore.delete(walletId, secret('Wrong horse 99'), confirmed)).rejects.toMatchObject(
      code('VAULT_NOT_GENUINE'),
    );
    await keystore.delete(walletId, password(), confirmed);
    expect([...files.files.keys()].sort()).toEqual([backup.path, 'testnet/index.sealed'].sort());
    expect(keystore.list()).toEqual([]);
  });

  test('come back with the password', async () => {
    const { keystore } = await openKeystore();
    const { walletId } = await importSeed(keystore);
    await keystore.unlock(walletId, password());
    await keystore.archive(walletId);
    expect(() => keystore.sign(walletId, MESSAGE)).toThrow(expect.objectContaining(code('VAULT_ARCHIVED')));
    await expect(keystore.unarchive(walletId, secret('Wrong horse 99'))).rejects.toMatchObject(
      code('VAULT_NOT_GENUINE'),
    );
    await keystore.unarchive(walletId, password());
    await keystore.unlock(walletId, password());
    keystore.sign(walletId, MESSAGE);
  });
});

test('W17: nothing is written to a console', async () => {
  const spies = [
    vi.spyOn(process.stdout, 'write').mockReturnValue(true),
    vi.spyOn(process.stderr, 'write').mockReturnValue(true),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name).mockReturnValue()),
  ];
  try {
    const { keystore, options } = await openKeystore();
    const { walletId } = await importSeed(keystore);
    await keystore.backup(walletId, password(), backupPassword());
    const restarted = await Keystore.open(options);
    await restarted.unlock(walletId, secret('Wrong horse 99')).catch(() => undefined);
    await restarted.unlock(walletId, password());
    restarted.sign(walletId, utf8('x'));
    expect(spies.map((spy) => spy.mock.calls)).toEqual(spies.map(() => []));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
