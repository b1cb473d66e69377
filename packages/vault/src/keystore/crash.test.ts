import { fromUtf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { Killed, type MemoryFiles } from '../fixture.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { openKeys } from '../wallet-file/data-key.ts';
import type { EncryptedWallet } from '../wallet-file/encrypted-wallet.ts';
import { openWallet } from '../wallet-file/wallet-file.ts';
import { ADDRESS, backupPassword, MESSAGE, machine, password, SEED, secret } from './keystore.fixture.ts';
import { Keystore } from './keystore.ts';
import type { KeystoreOptions } from './options.ts';

const NEXT = 'Next horse 1234';

/** Runs `work` on a copy of the machine that dies at its nth change; answers with what the next process finds. */
async function dieAt(
  options: KeystoreOptions & { readonly files: MemoryFiles },
  change: number,
  when: 'before' | 'after',
  work: (keystore: Keystore) => Promise<unknown>,
): Promise<{ readonly isDead: boolean; readonly after: KeystoreOptions & { readonly files: MemoryFiles } }> {
  const files = options.files.restart();
  const keystore = await Keystore.open({ ...options, files });
  files.killAt(change, when);
  try {
    await work(keystore);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Killed ? error.cause : error;
    if (!(cause instanceof Killed)) throw error;
  }
  return { isDead: files.isDead, after: { ...options, files: files.restart() } };
}

/** Every place at which `work` can die, until it no longer does. */
async function eachDeath(
  options: KeystoreOptions & { readonly files: MemoryFiles },
  work: (keystore: Keystore) => Promise<unknown>,
  check: (after: KeystoreOptions & { readonly files: MemoryFiles }) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const when of ['before', 'after'] as const) {
    for (let change = 1; ; change++) {
      const { isDead, after } = await dieAt(options, change, when, work);
      await check(after);
      if (!isDead) break;
      deaths++;
    }
  }
  return deaths;
}

async function withWallet() {
  const { options, files } = machine();
  const keystore = await Keystore.open(options);
  const wallet = await keystore.create({ name: 'till', password: password() });
  return { options: { ...options, files }, keystore, wallet };
}

/** Which of the passwords opens the wallet, and that it signs. */
async function passwordOf(options: KeystoreOptions, walletId: string): Promise<string | undefined> {
  for (const candidate of [password(), secret(NEXT)]) {
    const keystore = await Keystore.open(options);
    const text = candidate.getBuffer().toString();
    try {
      await keystore.unlock(walletId, candidate);
      keystore.sign(walletId, MESSAGE);
      return text;
    } catch {}
  }
  return undefined;
}

describe('a change of password', () => {
  verifies('XR-FILE-3');

  test('wraps the data key anew and leaves the sealed keys as they are, unopened', async () => {
    const { options, keystore, wallet } = await withWallet();
    const place = { network: 'testnet', walletId: wallet.walletId } as const;
    const path = `testnet/wallets/${wallet.walletId}.wallet.json`;
    const open = (pass: SecureBuffer) => openWallet(pass.getBuffer(), options.files.files.get(path)!, place, options);
    const header = () =>
      (JSON.parse(fromUtf8(options.files.files.get(path)!)) as EncryptedWallet).encryption.kdfParams.salt;
    const before = { opened: await open(password()), salt: header() };
    const seals = options.uses(`data-${before.opened.bundle.dataKey.id}`).reserved();
    await keystore.changePassword(wallet.walletId, password(), secret(NEXT));
    const after = { opened: await open(secret(NEXT)), salt: header() };
    expect(after.opened.bundle.box).toEqual(before.opened.bundle.box);
    expect(after.opened.bundle.dataKey.id).toBe(before.opened.bundle.dataKey.id);
    expect(options.uses(`data-${before.opened.bundle.dataKey.id}`).reserved()).toBe(seals);
    expect(after.salt).not.toBe(before.salt);
    expect(() => openKeys(after.opened.bundle, place)[Symbol.dispose]()).not.toThrow();
    await expect(keystore.unlock(wallet.walletId, password())).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
  });

  test('cut short at any point leaves the wallet opening with the old password or the new', async () => {
    const { options, wallet } = await withWallet();
    const found = new Set<string | undefined>();
    const deaths = await eachDeath(
      options,
      (keystore) => keystore.changePassword(wallet.walletId, password(), secret(NEXT)),
      async (after) => {
        found.add(await passwordOf(after, wallet.walletId));
      },
    );
    expect(deaths).toBeGreaterThanOrEqual(2);
    expect(found).toEqual(new Set(['Correct horse 9', NEXT]));
  });

  test('on a full disk changes nothing', async () => {
    const { options, keystore, wallet } = await withWallet();
    options.files.fill();
    await expect(keystore.changePassword(wallet.walletId, password(), secret(NEXT))).rejects.toThrow('disk full');
    options.files.fill(false);
    expect(await passwordOf(options, wallet.walletId)).toBe('Correct horse 9');
  });
});

describe('a crash', () => {
  test('during creation leaves a whole wallet, an orphan that can be adopted, or nothing', async () => {
    const { options, files } = machine();
    const work = (keystore: Keystore) =>
      keystore.import({ name: 'till', password: password(), secret: secret(SEED), confirmedAddress: ADDRESS });
    const seen = new Set<string>();
    await eachDeath({ ...options, files }, work, async (after) => {
      const keystore = await Keystore.open(after);
      const orphans = await keystore.orphans();
      for (const orphan of orphans) await keystore.adopt(orphan, password(), 'found');
      seen.add(`${orphans.length} of ${keystore.list().length}`);
      for (const { walletId } of keystore.list()) await keystore.unlock(walletId, password());
      if (keystore.list().length === 0) await work(keystore);
      expect(keystore.list().map(({ address }) => address)).toEqual([ADDRESS]);
    });
    expect(seen).toEqual(new Set(['0 of 0', '1 of 1', '0 of 1']));
  });

  test('during a change of keys loses none of them, and the index catches up', async () => {
    const { options, wallet } = await withWallet();
    const regular = wallet.keys[1]!.keyId;
    await eachDeath(
      options,
      (keystore) => keystore.activateKey(wallet.walletId, password(), regular),
      async (after) => {
        const keystore = await Keystore.open(after);
        const info = await keystore.unlock(wallet.walletId, password());
        expect(info.keys.map(({ keyId }) => keyId)).toEqual(wallet.keys.map(({ keyId }) => keyId));
        const isActive = info.keys[1]!.state === 'active';
        expect(keystore.sign(wallet.walletId, MESSAGE).keyId).toBe(isActive ? regular : wallet.keys[0]!.keyId);
        expect(keystore.get(wallet.walletId)).toEqual(info);
        expect((await keystore.activateKey(wallet.walletId, password(), regular)).keys[1]!.state).toBe('active');
      },
    );
  });

  test('during a backup leaves the wallet whole and counts no backup that was not tested', async () => {
    const { options, wallet } = await withWallet();
    await eachDeath(
      options,
      (keystore) => keystore.backup(wallet.walletId, password(), backupPassword()),
      async (after) => {
        const keystore = await Keystore.open(after);
        expect(await passwordOf(after, wallet.walletId)).toBe('Correct horse 9');
        if (keystore.get(wallet.walletId).backup === undefined) return;
        const [path] = [...after.files.files.keys()].filter((name) => name.includes('/backups/'));
        await keystore.verifyBackup(wallet.walletId, after.files.files.get(path!)!, backupPassword());
      },
    );
  });

  test('during a deletion is finished by the next opening, or the wallet is still whole', async () => {
    const { options, keystore, wallet } = await withWallet();
    await keystore.archive(wallet.walletId);
    await eachDeath(
      options,
      (other) => other.delete(wallet.walletId, password(), { address: wallet.address, withoutBackup: true }),
      async (after) => {
        const reopened = await Keystore.open(after);
        const isThere = after.files.files.has(`testnet/wallets/${wallet.walletId}.wallet.json`);
        expect([reopened.list().length, await reopened.orphans()]).toEqual([isThere ? 1 : 0, []]);
        if (isThere) await reopened.unarchive(wallet.walletId, password());
      },
    );
  });
});
