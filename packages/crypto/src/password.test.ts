import { argon2Sync, pbkdf2Sync } from 'node:crypto';
import { canonicalize, fromBase64, toBase64, toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultKdf, openWithPassword, type PasswordBlob, passwordKey, sealWithPassword } from './index.ts';

const salt = new Uint8Array(32).fill(9);
const PLAIN = utf8('a secret that lives at rest');
let blob: PasswordBlob;

beforeAll(async () => {
  blob = await sealWithPassword('correct horse', PLAIN, { context: utf8('test') });
});

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

describe('the password KDF', () => {
  test('primitive is Argon2id of RFC 9106 §5.3', () => {
    const tag = argon2Sync('argon2id', {
      message: new Uint8Array(32).fill(1),
      nonce: new Uint8Array(16).fill(2),
      secret: new Uint8Array(8).fill(3),
      associatedData: new Uint8Array(12).fill(4),
      parallelism: 4,
      tagLength: 32,
      memory: 32,
      passes: 3,
    });
    expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });

  test('is Argon2id with 64 MiB, three passes, four lanes and 32 bytes by default', async () => {
    verifies('XR-KDF-1');
    expect(defaultKdf(salt)).toEqual({ kdf: 'argon2id', memoryCost: 65_536, timeCost: 3, parallelism: 4, salt });
    const expected = argon2Sync('argon2id', {
      message: 'pw',
      nonce: salt,
      parallelism: 4,
      tagLength: 32,
      memory: 65_536,
      passes: 3,
    });
    expect(toHex(await passwordKey('pw', defaultKdf(salt)))).toBe(expected.toString('hex'));
    expect(blob.encryption).toMatchObject({
      algorithm: 'aes-256-gcm',
      kdf: 'argon2id',
      kdfParams: { memoryCost: 65_536, timeCost: 3, parallelism: 4 },
    });
  });

  test('is PBKDF2-SHA-256 with 600,000 iterations in FIPS mode', async () => {
    verifies('XR-KDF-2');
    expect(defaultKdf(salt, true)).toEqual({ kdf: 'pbkdf2-sha256', iterations: 600_000, salt });
    const expected = pbkdf2Sync('pw', salt, 600_000, 32, 'sha256').toString('hex');
    expect(toHex(await passwordKey('pw', defaultKdf(salt, true)))).toBe(expected);
    const sealed = await sealWithPassword('pw', PLAIN, { fips: true });
    expect(sealed.encryption).toMatchObject({ kdf: 'pbkdf2-sha256', kdfParams: { iterations: 600_000 } });
    expect(await openWithPassword('pw', sealed)).toEqual(PLAIN);
  });

  test('takes one password for one, however it was typed, and no empty or endless one', async () => {
    const fips = defaultKdf(salt, true);
    expect(await passwordKey('\u00e9', fips)).toEqual(await passwordKey('e\u0301', fips));
    for (const wrong of ['', 'x'.repeat(1_025), undefined, null, 7, {}]) {
      expect(await codeOf(passwordKey(wrong as string, fips))).toBe('CRYPTO_BAD_INPUT');
    }
  });
});

describe('parameters from a file', () => {
  const bend = (kdfParams: object, kdf = 'argon2id') => ({
    ...blob,
    encryption: { ...blob.encryption, kdf, kdfParams: { ...blob.encryption.kdfParams, ...kdfParams } },
  });

  test('are refused where they are weaker than ours or a bomb, before any memory is taken', async () => {
    verifies('XR-KDF-3');
    const started = performance.now();
    for (const wrong of [
      { memoryCost: 65_535 },
      { memoryCost: 8 },
      { memoryCost: 1_048_577 },
      { memoryCost: 2 ** 31 },
      { memoryCost: Number.MAX_SAFE_INTEGER },
      { memoryCost: '65536' },
      { memoryCost: null },
      { memoryCost: 65_536.5 },
      { timeCost: 2 },
      { timeCost: 17 },
      { timeCost: 2 ** 31 },
      { parallelism: 3 },
      { parallelism: 0 },
      { parallelism: 17 },
      { salt: toBase64(new Uint8Array(31)) },
      { salt: toBase64(new Uint8Array(65)) },
    ]) {
      expect(await codeOf(openWithPassword('correct horse', bend(wrong), utf8('test'))), JSON.stringify(wrong)).toBe(
        'CRYPTO_KDF_REFUSED',
      );
    }
    for (const iterations of [599_999, 1, 0, -1, 10_000_001, 2 ** 40, null]) {
      const fips = {
        ...blob,
        encryption: { ...blob.encryption, kdf: 'pbkdf2-sha256', kdfParams: { iterations, salt: toBase64(salt) } },
      };
      expect(await codeOf(openWithPassword('x', fips))).toBe('CRYPTO_KDF_REFUSED');
    }
    expect(await codeOf(openWithPassword('x', bend({}, 'md5')))).toBe('CRYPTO_KDF_REFUSED');
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a password-sealed blob', () => {
  test('has the shape of the seed and opens with the password alone', async () => {
    verifies('XR-CRY-1');
    expect(Object.keys(blob)).toEqual(['version', 'encryption', 'data']);
    expect(fromBase64(blob.data.iv).length).toBe(12);
    expect(fromBase64(blob.data.authTag).length).toBe(16);
    expect(fromBase64(blob.encryption.kdfParams.salt).length).toBe(32);
    expect(await openWithPassword('correct horse', JSON.parse(canonicalize(blob)), utf8('test'))).toEqual(PLAIN);
  });

  test('is not genuine under another password or context, or with a byte changed', async () => {
    expect(await codeOf(openWithPassword('Correct horse', blob, utf8('test')))).toBe('CRYPTO_NOT_GENUINE');
    expect(await codeOf(openWithPassword('correct horse', blob, utf8('other')))).toBe('CRYPTO_NOT_GENUINE');
    for (const member of ['iv', 'authTag', 'ciphertext'] as const) {
      const bytes = fromBase64(blob.data[member]);
      bytes[0]! ^= 1;
      const changed = { ...blob, data: { ...blob.data, [member]: toBase64(bytes) } };
      expect(await codeOf(openWithPassword('correct horse', changed, utf8('test'))), member).toBe('CRYPTO_NOT_GENUINE');
    }
  });

  test('of any other form is refused as such', async () => {
    for (const wrong of [
      undefined,
      null,
      1,
      'x',
      [],
      {},
      { ...blob, version: 2 },
      { ...blob, metadata: {} },
      { ...blob, encryption: { ...blob.encryption, algorithm: 'aes-128-gcm' } },
      { ...blob, data: { ...blob.data, iv: 'AAAA' } },
      { ...blob, data: { ...blob.data, authTag: 'not base64!' } },
      { ...blob, data: { ...blob.data, extra: '' } },
    ]) {
      expect(await codeOf(openWithPassword('correct horse', wrong)), JSON.stringify(wrong)).toBe('CRYPTO_FORMAT');
    }
  });
});
