import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { newKeyId, WRAPPER_CASES } from '@wardmesh/vault';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KmsOptions } from '../kms/client.ts';
import { Token } from '../pkcs11/token.ts';
import { CREDENTIALS, KmsEmulator } from '../testing/kms/emulator.ts';
import { ManualClock, MemoryLockout, secretSource, seededRandom } from '../testing/memory.ts';
import { makeSoftHsm, missingForSoftHsm, PIN, SOFTHSM_MODULE, type SoftHsm } from '../testing/soft-hsm.ts';
import { kmsWrapper } from './kms-wrapper.ts';
import { pkcs11Wrapper } from './pkcs11-wrapper.ts';

const missing = missingForSoftHsm();
const random = seededRandom('wrap');
const KEY = utf8('canary: 32 bytes of a store key!');

describe.skipIf(missing !== undefined)('wrapping under a key in a token', () => {
  verifies('CM-KMS-1');
  let hsm: SoftHsm;
  beforeAll(() => {
    hsm = makeSoftHsm('wrapping');
  });
  afterAll(() => hsm.remove());

  const open = async (keyId = newKeyId(random)) => {
    const ways = { pin: secretSource(PIN).source, lockout: new MemoryLockout(), clock: new ManualClock() };
    return pkcs11Wrapper(await Token.open({ module: SOFTHSM_MODULE, label: 'wrapping', ...ways }), keyId, random);
  };

  test.each(WRAPPER_CASES)('$title', async ({ run }) => {
    await run(await open());
  });

  test('outlives the process: the same key opens it, another does not', async () => {
    const keyId = newKeyId(random);
    const wrapped = await (await open(keyId)).wrapKey(KEY, 'store/key');
    using opened = await (await open(keyId)).unwrapKey(wrapped, 'store/key');
    expect(toHex(opened.getBuffer())).toBe(toHex(KEY));
    const other = await open();
    await other.wrapKey(KEY, 'store/key');
    await expect(other.unwrapKey(wrapped, 'store/key')).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    await expect((await open()).unwrapKey(wrapped, 'store/key')).rejects.toMatchObject({
      code: 'VAULT_PROVIDER_UNAVAILABLE',
    });
  });
});

describe('wrapping under a key in AWS KMS', () => {
  verifies('CM-KMS-1');
  const started: KmsEmulator[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
  });

  async function open() {
    const emulator = await KmsEmulator.start();
    started.push(emulator);
    const { KeyMetadata } = emulator.keys.actions.CreateKey!({}) as { KeyMetadata: { Arn: string } };
    const options: KmsOptions = {
      ...{ region: 'eu-central-1', endpoint: emulator.endpoint },
      credentials: async () => CREDENTIALS,
    };
    return { emulator, arn: KeyMetadata.Arn, wrapper: kmsWrapper(options, KeyMetadata.Arn), options };
  }

  test.each(WRAPPER_CASES)('$title', async ({ run }) => {
    await run((await open()).wrapper);
  });

  test('binds what the key is for in the service’s own way, and believes no answer for another key', async () => {
    const { emulator, wrapper, arn } = await open();
    const wrapped = await wrapper.wrapKey(KEY, 'store/key');
    expect(emulator.seen[0]!.request).toMatchObject({
      KeyId: arn,
      EncryptionContext: { 'wardmesh:purpose': 'store/key' },
    });
    const change = (answer: Record<string, unknown>) => ({ ...answer, KeyId: `${arn}0` });
    emulator.faults.push({ action: 'Decrypt', change }, { action: 'Encrypt', change });
    await expect(wrapper.unwrapKey(wrapped, 'store/key')).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    await expect(wrapper.wrapKey(KEY, 'store/key')).rejects.toMatchObject({ code: 'VAULT_PROVIDER_FAULT' });
    emulator.faults.push({ action: 'Decrypt', error: 'AccessDeniedException' });
    await expect(wrapper.unwrapKey(wrapped, 'store/key')).rejects.toMatchObject({ code: 'VAULT_PROVIDER_REFUSED' });
  });

  test('is named by an ARN, which nobody can move', async () => {
    const { options } = await open();
    for (const bad of ['alias/store', '', 'arn:aws:kms:eu-central-1:1:key/x', 'arn:aws:s3:::bucket']) {
      expect(() => kmsWrapper(options, bad)).toThrow(expect.objectContaining({ code: 'VAULT_BAD_INPUT' }));
    }
  });
});
