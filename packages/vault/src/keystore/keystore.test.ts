import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { deriveAddress, verify } from 'ripple-keypairs';
import { describe, expect, test, vi } from 'vitest';
import { code } from '../fixture.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { newWalletId } from '../wallet-file/place.ts';
import {
  ADDRESS,
  backupPassword,
  MESSAGE,
  openKeystore,
  PASSWORD,
  password,
  SEED,
  secret,
} from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';

const importSeed = (keystore: Keystore, overrides = {}) =>
  keystore.import({
    name: 'imported',
    password: password(),
    secret: secret(SEED),
    confirmedAddress: ADDRESS,
    ...overrides,
  });

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

describe('W14: wrong passwords', () => {
  verifies('XR-LOCK-1');

  const wrong = () => secret('Wrong horse 99');

  test('lock after five, by every way in, over a restart, and for longer each time', async () => {
    const { keystore, options, clock } = await openKeystore();
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
    const restarted = await Keystore.open(options);
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
