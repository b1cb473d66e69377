import { verifies } from '@wardmesh/testkit';
import { newWalletId } from '@wardmesh/vault';
import { describe, expect, test } from 'vitest';
import { MemoryFiles, sealingKey, seededRandom } from '../testing/memory.ts';
import { fileRegister, type KeyRecord } from './register.ts';

const walletId = newWalletId(seededRandom('register'));
const place = { network: 'testnet', walletId, kind: 'pkcs11' } as const;
const record: KeyRecord = {
  keyId: `key_${'a'.repeat(32)}`,
  algorithm: 'ed25519',
  state: 'active',
  reference: 'arn:aws:kms:eu-central-1:111122223333:key/x',
  publicKey: `ED${'0A'.repeat(32)}`,
};

describe('the register of provider keys', () => {
  verifies('CM-KMS-1');

  test('reads what it wrote, and nothing where there is nothing', async () => {
    const files = new MemoryFiles();
    const register = fileRegister(files, sealingKey(), place);
    expect(await register.load()).toEqual([]);
    await register.save([record]);
    expect(await fileRegister(files, sealingKey(), place).load()).toEqual([record]);
    expect([...files.files.keys()]).toEqual([`testnet/providers/${walletId}.sealed`]);
  });

  test('shows no key, state or place on the disk', async () => {
    const files = new MemoryFiles();
    await fileRegister(files, sealingKey(), place).save([record]);
    const [bytes] = files.files.values();
    const text = Buffer.from(bytes!).toString('latin1');
    for (const part of ['arn:', 'active', 'ed25519', record.keyId]) expect(text).not.toContain(part);
  });

  test('changed at any byte, or moved to another wallet, network or provider, is not genuine', async () => {
    const files = new MemoryFiles();
    await fileRegister(files, sealingKey(), place).save([record]);
    const [[path, sealed]] = [...files.files] as [[string, Uint8Array]];
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      files.files.set(path, changed);
      await expect(fileRegister(files, sealingKey(), place).load()).rejects.toMatchObject({
        code: 'VAULT_NOT_GENUINE',
      });
    }
    files.files.set(path, sealed);
    const other = newWalletId(seededRandom('other'));
    for (const moved of [
      { ...place, walletId: other },
      { ...place, network: 'mainnet' as const },
      { ...place, kind: 'aws-kms' },
    ]) {
      files.files.set(`${moved.network}/providers/${moved.walletId}.sealed`, sealed);
      await expect(fileRegister(files, sealingKey(), moved).load()).rejects.toMatchObject({
        code: 'VAULT_NOT_GENUINE',
      });
    }
    await expect(fileRegister(files, sealingKey(8), place).load()).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
  });

  test.each([
    ['a state that we do not know', { ...record, state: 'eternal' as 'active' }],
    ['no public key though it is made', { ...record, publicKey: '' }],
    ['a reference beyond every bound', { ...record, reference: 'x'.repeat(2_049) }],
  ])('with %s is refused', async (_name, bad) => {
    const register = fileRegister(new MemoryFiles(), sealingKey(), place);
    await register.save([bad]);
    await expect(register.load()).rejects.toMatchObject({ code: 'VAULT_FORMAT' });
  });

  test('takes no path from anybody', () => {
    const make = (changed: object) => () => fileRegister(new MemoryFiles(), sealingKey(), { ...place, ...changed });
    expect(make({ walletId: '../../x' })).toThrow(expect.objectContaining({ code: 'VAULT_BAD_INPUT' }));
    expect(make({ network: '..' })).toThrow(expect.objectContaining({ code: 'VAULT_BAD_INPUT' }));
  });
});
