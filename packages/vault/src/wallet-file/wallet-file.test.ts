import { canonicalize, fromBase64, fromUtf8, type JsonObject, systemRandom, toHex, utf8 } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryKeyUses, quickKdf } from '../fixture.ts';
import type { PasswordKdf } from '../ports.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { type Bundle, newDataKey, openKeys, sealKeys } from './data-key.ts';
import type { EncryptedWallet } from './encrypted-wallet.ts';
import type { PasswordBoxOptions } from './password-box.ts';
import { newKeyId, newWalletId, type WalletPlace } from './place.ts';
import { type KeySet, keySet } from './stored-key.ts';
import { openWallet, sealWallet } from './wallet-file.ts';

const PASSWORD = utf8('Correct horse 9');
const place: WalletPlace = { network: 'testnet', walletId: newWalletId(systemRandom) };
const quick: PasswordBoxOptions = { random: systemRandom, deriveKey: quickKdf };
const metadata = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z', keyCount: 2 };
const accountId = new Uint8Array(20).fill(0xac);

function someKeys(): KeySet {
  return keySet(
    accountId,
    (['master', 'regular'] as const).map((role, i) => ({
      keyId: newKeyId(systemRandom),
      role,
      state: 'active',
      algorithm: i === 0 ? 'ed25519' : 'secp256k1',
      createdAt: 1_700_000_000_000 + i,
      secret: SecureBuffer.from(new Uint8Array(32).fill(0xc1 + i)),
    })),
  );
}

function someBundle(keys = someKeys(), at = place): Omit<Bundle, typeof Symbol.dispose> {
  const dataKey = newDataKey(systemRandom);
  return { dataKey, box: sealKeys(keys, dataKey, at, new MemoryKeyUses().of, systemRandom) };
}

const sealQuick = (bundle = someBundle()): Promise<Uint8Array> => sealWallet(PASSWORD, bundle, metadata, place, quick);
const parsed = (bytes: Uint8Array): EncryptedWallet => JSON.parse(fromUtf8(bytes)) as EncryptedWallet;
const spelled = (wallet: unknown): Uint8Array => utf8(`${canonicalize(wallet)}\n`);

describe('a wallet file', () => {
  test('has exactly the members of the specification, under Argon2id', async () => {
    verifies('XR-FILE-1', 'XR-KDF-1', 'XR-CRY-1');
    const bytes = await sealWallet(PASSWORD, someBundle(), metadata, place, { random: systemRandom });
    const wallet = parsed(bytes);
    expect(wallet).toEqual({
      version: 1,
      encryption: {
        algorithm: 'aes-256-gcm',
        kdf: 'argon2id',
        kdfParams: { memoryCost: 65_536, timeCost: 3, parallelism: 4, salt: expect.any(String) },
      },
      data: { iv: expect.any(String), authTag: expect.any(String), ciphertext: expect.any(String) },
      metadata,
    });
    const sizes = [wallet.encryption.kdfParams.salt, wallet.data.iv, wallet.data.authTag].map(
      (text) => fromBase64(text).length,
    );
    expect(sizes).toEqual([32, 12, 16]);
    using opened = await openWallet(PASSWORD, bytes, place, {});
    using keys = openKeys(opened.bundle, place);
    expect(keys.keys.map(({ role, algorithm }) => [role, algorithm])).toEqual([
      ['master', 'ed25519'],
      ['regular', 'secp256k1'],
    ]);
    expect([...keys.keys[0]!.secret.getBuffer()]).toEqual(Array(32).fill(0xc1));
    expect(keys.accountId).toEqual(accountId);
  });

  test('says PBKDF2-SHA-256 with 600,000 rounds in FIPS mode, and opens', async () => {
    verifies('XR-KDF-2');
    const bytes = await sealWallet(PASSWORD, someBundle(), metadata, place, { random: systemRandom, fips: true });
    expect(parsed(bytes).encryption).toEqual({
      algorithm: 'aes-256-gcm',
      kdf: 'pbkdf2-sha256',
      kdfParams: { iterations: 600_000, salt: expect.any(String) },
    });
    (await openWallet(PASSWORD, bytes, place, {}))[Symbol.dispose]();
  });

  test('shows no key, account, network, id, name or password', async () => {
    verifies('XR-FILE-1');
    const bundle = someBundle();
    const bytes = await sealQuick(bundle);
    const everything = `${fromUtf8(bytes)} ${[...Object.values(parsed(bytes).data)].map((text) => toHex(fromBase64(text))).join(' ')}`;
    const secrets = [new Uint8Array(32).fill(0xc1), accountId, bundle.dataKey.key.getBuffer(), PASSWORD];
    for (const secret of secrets) expect(everything).not.toContain(toHex(secret));
    for (const word of [place.walletId, place.network, bundle.dataKey.id, 'master', 'regular', 'ed25519']) {
      expect(everything).not.toContain(word);
    }
  });

  test('is refused with any byte changed, dropped or added', async () => {
    verifies('XR-FILE-1', 'XR-CRY-1');
    const bytes = await sealQuick();
    const refused = expect.objectContaining({
      code: expect.stringMatching(/^VAULT_(FORMAT|NOT_GENUINE|KDF_REFUSED)$/),
    });
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      // A bit that keeps base64 and digits what they are is the hardest to see.
      changed[at]! ^= 1 << (at % 7);
      await expect(openWallet(PASSWORD, changed, place, quick)).rejects.toEqual(refused);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        fc.pre(bytes[at] !== byte);
        const replaced = bytes.slice();
        replaced[at] = byte;
        const added = Uint8Array.from([...bytes.subarray(0, at), byte, ...bytes.subarray(at)]);
        for (const changed of [replaced, added, bytes.subarray(0, at)]) {
          await expect(openWallet(PASSWORD, changed, place, quick)).rejects.toEqual(refused);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('opens at its own place only', async () => {
    const bytes = await sealQuick();
    const others = [
      { ...place, network: 'mainnet' as const },
      { ...place, walletId: newWalletId(systemRandom) },
    ];
    for (const other of others) {
      await expect(openWallet(PASSWORD, bytes, other, quick)).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    }
    const bundle = someBundle();
    expect(() => openKeys({ ...bundle, [Symbol.dispose]() {} }, others[0]!)).toThrow(
      expect.objectContaining({ code: 'VAULT_NOT_GENUINE' }),
    );
  });

  test('opens with its own password only', async () => {
    const bytes = await sealQuick();
    for (const wrong of ['correct horse 9', 'Correct horse 9 ', 'x']) {
      await expect(openWallet(utf8(wrong), bytes, place, quick)).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    }
  });

  test.each<[string, JsonObject]>([
    ['memory bomb', { memoryCost: 4_194_304 }],
    ['time bomb', { timeCost: 1_000 }],
    ['lane bomb', { parallelism: 255 }],
    ['memory downgrade', { memoryCost: 1_024 }],
    ['time downgrade', { timeCost: 1 }],
    ['short salt', { salt: 'AAAA' }],
    ['negative cost', { memoryCost: -1 }],
  ])('with a %s is refused before any derivation', async (_name, change) => {
    verifies('XR-KDF-3');
    const wallet = parsed(await sealQuick());
    const kdfParams = { ...wallet.encryption.kdfParams, ...change };
    const bytes = spelled({ ...wallet, encryption: { ...wallet.encryption, kdfParams } });
    let derivations = 0;
    const deriveKey: PasswordKdf = (password, parameters) => {
      derivations++;
      return quickKdf(password, parameters);
    };
    await expect(openWallet(PASSWORD, bytes, place, { deriveKey })).rejects.toMatchObject({
      code: 'VAULT_KDF_REFUSED',
    });
    expect(derivations).toBe(0);
  });

  test.each<[string, (wallet: EncryptedWallet) => unknown]>([
    ['another version', (wallet) => ({ ...wallet, version: 2 })],
    ['one member more', (wallet) => ({ ...wallet, address: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' })],
    ['an address in its metadata', (wallet) => ({ ...wallet, metadata: { ...wallet.metadata, address: 'r' } })],
    ['no metadata', ({ metadata: _, ...wallet }) => wallet],
    ['another cipher', (wallet) => ({ ...wallet, encryption: { ...wallet.encryption, algorithm: 'aes-256-cbc' } })],
    ['another KDF', (wallet) => ({ ...wallet, encryption: { ...wallet.encryption, kdf: 'scrypt' } })],
    [
      'PBKDF2 with parameters of Argon2',
      (wallet) => ({ ...wallet, encryption: { ...wallet.encryption, kdf: 'pbkdf2-sha256' } }),
    ],
    [
      'a fraction as cost',
      (wallet) => ({
        ...wallet,
        encryption: { ...wallet.encryption, kdfParams: { ...wallet.encryption.kdfParams, timeCost: 3.5 } },
      }),
    ],
    ['a short tag', (wallet) => ({ ...wallet, data: { ...wallet.data, authTag: 'AAAA' } })],
    [
      'a day that is none',
      (wallet) => ({ ...wallet, metadata: { ...wallet.metadata, created: '2026-02-30T00:00:00.000Z' } }),
    ],
    ['too many keys', (wallet) => ({ ...wallet, metadata: { ...wallet.metadata, keyCount: 17 } })],
    ['a list', () => []],
    ['nothing', () => null],
  ])('of %s is no wallet file', async (_name, change) => {
    const bytes = spelled(change(parsed(await sealQuick())));
    await expect(openWallet(PASSWORD, bytes, place, quick)).rejects.toMatchObject({ code: 'VAULT_FORMAT' });
  });

  test('takes a fresh salt and IV each time', async () => {
    verifies('XR-CRY-2');
    const bundle = someBundle();
    const files = (await Promise.all([1, 2, 3].map(() => sealQuick(bundle)))).map(parsed);
    expect(new Set(files.map(({ data }) => data.iv)).size).toBe(3);
    expect(new Set(files.map(({ encryption }) => encryption.kdfParams.salt)).size).toBe(3);
  });
});

describe('a data key', () => {
  test('has its uses counted, and is refused once it has sealed all it may', () => {
    verifies('XR-CRY-2');
    const uses = new MemoryKeyUses();
    const dataKey = newDataKey(systemRandom);
    sealKeys(someKeys(), dataKey, place, uses.of, systemRandom);
    expect(uses.counts.get(`data-${dataKey.id}`)).toBeGreaterThanOrEqual(1);
    uses.counts.set(`data-${dataKey.id}`, 65_536);
    expect(() => sealKeys(someKeys(), dataKey, place, uses.of, systemRandom)).toThrow(
      expect.objectContaining({ code: 'VAULT_KEY_EXHAUSTED' }),
    );
  });

  test('seals any set of keys to what it opens, and no other spelling of one', () => {
    const key = fc.record({
      keyId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => `key_${toHex(bytes)}`),
      role: fc.constantFrom('master' as const, 'regular' as const),
      state: fc.constantFrom('pending' as const, 'active' as const, 'retired' as const),
      algorithm: fc.constantFrom('ed25519' as const, 'secp256k1' as const),
      createdAt: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => SecureBuffer.from(bytes)),
    });
    const sets = fc.uniqueArray(key, { minLength: 1, maxLength: 16, selector: ({ keyId }) => keyId });
    fc.assert(
      fc.property(sets, (keys) => {
        const dataKey = newDataKey(systemRandom);
        const box = sealKeys(
          keySet(sha256(PASSWORD).slice(0, 20), keys),
          dataKey,
          place,
          new MemoryKeyUses().of,
          systemRandom,
        );
        using opened = openKeys({ dataKey, box, [Symbol.dispose]() {} }, place);
        const plain = (set: readonly { secret: SecureBuffer }[]) =>
          set.map((each) => ({ ...each, secret: toHex(each.secret.getBuffer()) }));
        expect(plain(opened.keys)).toEqual(plain(keys));
      }),
      { numRuns: 50 },
    );
  });
});
