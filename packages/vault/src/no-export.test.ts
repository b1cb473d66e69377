import { inspect } from 'node:util';
import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { decodeSeed } from 'ripple-address-codec';
import { deriveKeypair } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import * as vault from './index.ts';
import { ADDRESS, backupPassword, MESSAGE, openKeystore, password, SEED, secret } from './keystore/keystore.fixture.ts';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

/** Every spelling of the planted key, its seed and its passwords. */
function spellings(): readonly string[] {
  const key = Buffer.from(deriveKeypair(SEED).privateKey.slice(2), 'hex');
  const raw = [key, Buffer.from(decodeSeed(SEED).bytes), Buffer.from(SEED), Buffer.from(password().getBuffer())];
  return raw.flatMap((bytes) => [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('latin1'),
    [...bytes].join(','),
  ]);
}

/** Everything reachable from a value: texts as they are, bytes in hex and as characters. */
function textOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null || seen.has(value)) return '';
  seen.add(value);
  if (value instanceof Uint8Array) return `${toHex(value)} ${Buffer.from(value).toString('latin1')}`;
  const members = Reflect.ownKeys(value).map((key) => textOf((value as Record<PropertyKey, unknown>)[key], seen));
  return [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value), ...members].join(' ');
}

describe('the vault', () => {
  verifies('CH-TEE-1', 'XR-MEM-1', 'XR-SEED-1');

  test('exports these functions and classes, and no other', () => {
    const callable = Object.entries(vault).filter(([, value]) => typeof value === 'function');
    expect(callable.map(([name]) => name).sort()).toMatchInlineSnapshot(`
      [
        "Keystore",
        "Rotations",
        "SecureBuffer",
        "Turnstile",
        "UseCounter",
        "VaultError",
        "assertKeyId",
        "assertPlace",
        "createMnemonic",
        "fileJournal",
        "inspectSecret",
        "localFileProvider",
        "newKeyId",
        "newWalletId",
        "nextAction",
        "parseBackup",
        "parseWallet",
        "reduceRotation",
      ]
    `);
    expect(Object.getOwnPropertyNames(vault.Keystore.prototype).sort()).toMatchInlineSnapshot(`
      [
        "activateKey",
        "addRegularKey",
        "adopt",
        "archive",
        "backup",
        "changePassword",
        "constructor",
        "create",
        "delete",
        "destroyKey",
        "forgetMaster",
        "get",
        "import",
        "isUnlocked",
        "list",
        "lock",
        "lockAll",
        "orphans",
        "restore",
        "sign",
        "sweep",
        "unarchive",
        "unlock",
        "verifyBackup",
      ]
    `);
  });

  test('returns, throws and writes no key, seed, word or password, whatever is asked of it', async () => {
    const { keystore, files, options } = await openKeystore();
    const answers: unknown[] = [];
    const ask = async (work: () => unknown): Promise<unknown> => {
      try {
        const answer = await work();
        answers.push(answer);
        return answer;
      } catch (error) {
        answers.push(error, (error as Error).stack, (error as Error).cause);
        return undefined;
      }
    };
    await ask(() => vault.inspectSecret(secret(SEED)));
    await ask(() => vault.inspectSecret(secret(`${SEED}x`)));
    await ask(() => vault.inspectSecret(secret(`${WORDS} zoo`)));
    const request = { name: 'till', password: password(), secret: secret(SEED), confirmedAddress: ADDRESS };
    const wallet = (await ask(() => keystore.import(request))) as vault.WalletInfo;
    const id = wallet.walletId;
    await ask(() => keystore.import({ ...request, secret: secret(SEED) }));
    await ask(() => keystore.unlock(id, secret('Wrong horse 99')));
    await ask(() => keystore.unlock(id, password()));
    await ask(() => keystore.sign(id, MESSAGE));
    await ask(() => keystore.sign(id, 'text' as unknown as Uint8Array));
    await ask(() => keystore.addRegularKey(id, password()));
    const backup = (await ask(() => keystore.backup(id, password(), backupPassword()))) as vault.VerifiedBackup;
    await ask(() => keystore.verifyBackup(id, backup.bytes, backupPassword()));
    await ask(() => keystore.verifyBackup(id, utf8(WORDS), backupPassword()));
    await ask(() => keystore.changePassword(id, password(), secret('Next horse 1234')));
    await ask(() => keystore.adopt(id, password(), 'x'));
    await ask(() => keystore.orphans());
    await ask(() => keystore.list());
    await ask(() => keystore.archive(id));
    answers.push(keystore, options, ...files.files.keys(), ...files.files.values());
    const everything = answers.map((answer) => textOf(answer)).join('\n');
    for (const spelling of spellings()) expect(everything.includes(spelling)).toBe(false);
    expect(everything).not.toContain(WORDS);
    expect(everything).not.toContain('sausage');
  });

  test('would be caught if it did (control)', () => {
    const key = Buffer.from(deriveKeypair(SEED).privateKey.slice(2), 'hex');
    const leaks: unknown[] = [
      { key },
      new Error(`bad seed ${SEED}`),
      { keys: [{ secret: [...key].join(',') }] },
      key.toString('base64'),
    ];
    for (const leak of leaks) {
      const text = textOf(leak);
      expect(spellings().some((spelling) => text.includes(spelling))).toBe(true);
    }
  });
});
